"""What the student is asked: five prompt types, each with its fixed instruction, input contract and response contract."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, Field, model_validator

from fitsense.contracts.changes import Adaptation, Modification, SafetyAdjustment
from fitsense.contracts.logs import WeekLog
from fitsense.contracts.plan import Day, Plan, Short
from fitsense.contracts.profile import BodyPart, Equipment, Gender, Goal, LeanStrict, Level, Profile, Words
from fitsense.contracts.strictness import Strict, check_contract, dump_compact, parse_json

PromptType = Literal["plan_creation", "plan_modification", "safety_adjustment", "progress_adaptation", "coaching_question"]
PROMPT_TYPES: tuple[PromptType, ...] = get_args(PromptType)
Message = Annotated[str, Field(min_length=1, max_length=600)]

INSTRUCTIONS: dict[PromptType, str] = {
    "plan_creation": "Write this person's weekly workout plan as JSON.",
    "plan_modification": "Answer this request to change the plan with reasoned changes as JSON.",
    "safety_adjustment": "Judge whether this message is safe to train with and answer as JSON.",
    "progress_adaptation": "Adapt next week's training to these logs and answer as JSON.",
    "coaching_question": "Answer this question in at most 150 words, using only the facts given.",
}


class Person(LeanStrict):
    """The short form of a profile that the other four requests carry."""

    age: Annotated[int, Field(ge=13, le=100)]
    gender: Gender
    fitness_level: Level
    goal: Goal
    equipment_access: Equipment
    injuries: Annotated[list[BodyPart], Field(max_length=8)]
    conditions: Annotated[list[Words], Field(max_length=16)]  # and medicines: screening reads both alike
    days_per_week: Annotated[int, Field(ge=1, le=7)]
    workout_duration: Annotated[int, Field(ge=10, le=180)]


class CompactExercise(LeanStrict):
    """One exercise of a compact plan: sets, reps (or minutes as "20 min"), current load in kg where there is one."""

    name: Short
    sets: Annotated[int, Field(ge=1, le=10)]
    reps: Annotated[str, Field(min_length=1, max_length=20)]
    weight_kg: Annotated[float, Field(ge=0, le=600)] | None = None


class CompactDay(Strict):
    """One training day of a compact plan."""

    day: Day
    exercises: Annotated[list[CompactExercise], Field(min_length=1, max_length=10)]


def _check_days(week: list[CompactDay]) -> list[CompactDay]:
    if len({day.day for day in week}) != len(week):
        raise ValueError("each day at most once in a week")
    return week


CompactWeek = Annotated[list[CompactDay], Field(min_length=1, max_length=7), AfterValidator(_check_days)]


class ModificationInput(Strict):
    """`plan_modification`: the person, the current plan, and what they ask for in their own words."""

    person: Person
    plan: CompactWeek
    request: Message


class SafetyInput(Strict):
    """`safety_adjustment`: the person, the current plan, and what they report in their own words."""

    person: Person
    plan: CompactWeek
    message: Message


class AdaptationInput(Strict):
    """`progress_adaptation`: the person, the current plan and zero to four weeks of logs."""

    person: Person
    plan: CompactWeek
    logs: Annotated[list[WeekLog], Field(max_length=4)]


class QuestionInput(Strict):
    """`coaching_question`: the person, the question, and the facts an answer may use."""

    person: Person
    question: Message
    facts: Annotated[list[Annotated[str, Field(min_length=1, max_length=240)]], Field(max_length=8)]


class AdaptExercise(LeanStrict):
    """One exercise of the goal-level compact plan that `fitsense adapt` also takes; loads in kg."""

    name: Short
    sets: Annotated[int, Field(ge=1, le=10)]
    rep_min: Annotated[int, Field(ge=1, le=100)]
    rep_max: Annotated[int, Field(ge=1, le=100)]
    target_rir: Annotated[float, Field(ge=0, le=10)]
    weight_kg: Annotated[float, Field(ge=0, le=600)]
    smallest_step_kg: Annotated[float, Field(gt=0, le=50)]

    @model_validator(mode="after")
    def _ordered(self):
        if self.rep_min > self.rep_max:
            raise ValueError("rep_min must not be over rep_max")
        return self


class AdaptPlan(Strict):
    """A plan as a list of loaded exercises: the second form `fitsense adapt` takes (calories kcal/day)."""

    user: Annotated[str, Field(min_length=1, max_length=80)]
    goal: Goal
    calorie_target: Annotated[int, Field(ge=1000, le=6000)] | None
    sessions_per_week: Annotated[int, Field(ge=1, le=14)]
    exercises: Annotated[list[AdaptExercise], Field(min_length=1, max_length=24)]


INPUTS: dict[PromptType, type[BaseModel]] = {
    "plan_creation": Profile,
    "plan_modification": ModificationInput,
    "safety_adjustment": SafetyInput,
    "progress_adaptation": AdaptationInput,
    "coaching_question": QuestionInput,
}
# Chat is plain text: no contract but its length.
RESPONSES: dict[PromptType, type[BaseModel] | None] = {
    "plan_creation": Plan,
    "plan_modification": Modification,
    "safety_adjustment": SafetyAdjustment,
    "progress_adaptation": Adaptation,
    "coaching_question": None,
}
# Where a request is one sentence or two in the person's own words; the other types are told in numbers and lists.
SPOKEN_FIELDS: dict[PromptType, str] = {
    "plan_modification": "request", "safety_adjustment": "message", "coaching_question": "question"}


class Request(Strict):
    """One question to a coach: its type and its checked input."""

    prompt_type: PromptType
    input: Profile | ModificationInput | SafetyInput | AdaptationInput | QuestionInput


def make_request(prompt_type: PromptType, payload: dict | BaseModel) -> Request:
    """Check a payload against its prompt type's contract and wrap it; raises ContractError."""
    if isinstance(payload, BaseModel):
        payload = payload.model_dump(mode="json")
    return Request(prompt_type=prompt_type, input=check_contract(INPUTS[prompt_type], payload, prompt_type))


def user_turn(request: Request) -> str:
    """The full user turn, the one text in which training, evaluation and app ask: instruction, `Input:`, compact JSON."""
    return f"{INSTRUCTIONS[request.prompt_type]}\nInput:\n{dump_compact(request.input)}"


def spoken_part(prompt_type: PromptType, turn: str) -> str:
    """What of a full user turn is the person's own: the message, request or question; else the whole input, as JSON."""
    payload = turn.partition("\nInput:\n")[2]
    field = SPOKEN_FIELDS.get(prompt_type)
    return parse_json(payload, prompt_type)[field] if field else payload


def person_of(profile: Profile) -> Person:
    """The short form of a profile; medicines stand with the conditions, since they limit training in the same way."""
    said = [*profile.constraints.conditions, *(profile.constraints.medications or [])]
    return Person(age=profile.personal_info.age, gender=profile.personal_info.gender,
                  fitness_level=profile.personal_info.fitness_level, goal=profile.goals[0],
                  equipment_access=profile.preferences.equipment_access, injuries=profile.constraints.injuries,
                  conditions=list(dict.fromkeys(said)), days_per_week=profile.preferences.days_per_week,
                  workout_duration=profile.preferences.workout_duration)


def compact_week(plan: Plan) -> list[CompactDay]:
    """The compact form of a plan's week (names, sets, reps), as the other requests carry it."""
    return [CompactDay(day=session.day, exercises=[
        CompactExercise(name=entry.name, sets=entry.sets, reps=entry.reps or f"{entry.duration} min")
        for entry in session.exercises]) for session in plan.workout_plan.weekly_schedule]
