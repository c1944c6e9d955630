"""Queries: what simulated people ask, one record a question, each input checked by its contract.

One question of each of the five types a person, in turn. The expected triage class is a message's label or its scenario's,
never what the triage code says; the other expectations are the limits that screening finds.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import BODY_PARTS
from fitsense.contracts.requests import INSTRUCTIONS, PROMPT_TYPES, PromptType, compact_week, make_request, person_of
from fitsense.contracts.strictness import dump_compact
from fitsense.params import SynthesisParams
from fitsense.planning.facts import retrieve_facts
from fitsense.safety.screening import Limits
from fitsense.synthesis.dice import make_generator, pick_one, pick_weighted, read_yaml
from fitsense.synthesis.life import Life
from fitsense.synthesis.logs import add_loads, count_full_weeks, cut_sizes, dump_week, write_weeks
from fitsense.synthesis.messages import choose_report
from fitsense.synthesis.people import SimulatedPerson
from fitsense.synthesis.phrasing import Situation, compose, greet

N_LOG_WEEKS = {0: 6, 1: 26, 2: 34, 3: 20, 4: 14}
MAX_LOG_CHARACTERS = 2050  # about 800 tokens of SmolLM2
SHORTER_MINUTES = (10, 15, 20, 25, 30, 40, 45, 60)


@dataclass(frozen=True)
class Asker:
    """Someone with a plan and a life on it, about to ask; `seed` is the world's."""

    person: SimulatedPerson
    plan: Plan
    life: Life
    seed: int = 0

    @cached_property
    def exercises(self) -> list[str]:
        """The names in the plan, in order, each once."""
        names = [entry.name for day in self.plan.workout_plan.weekly_schedule for entry in day.exercises]
        return list(dict.fromkeys(names))

    @cached_property
    def short_form(self) -> dict:
        """The person as the other four requests carry them."""
        return person_of(self.person.profile).model_dump(mode="json")

    @cached_property
    def week(self) -> list[dict]:
        """The plan in its compact form."""
        return dump_week(compact_week(self.plan))

    @cached_property
    def situation(self) -> Situation:
        """What small talk may mention."""
        info, weighed = self.person.profile.personal_info, self.life.weight
        weight = float(weighed.values[-1]) if len(weighed) else info.weight_kg
        return Situation(count_full_weeks(self.life), info.age, weight, info.training_years or 0)


@dataclass(frozen=True)
class Question:
    """A question before it becomes a record: scenario slug, input payload, what its answer must keep, and what it is about."""

    scenario: str
    payload: dict
    expected: dict
    about: str


def write_queries(asker: Asker, params: SynthesisParams, seed: int) -> list[dict]:
    """Write a person's questions, cycling through the five types in a fixed order."""
    rng = make_generator(seed, asker.person.user_id, "questions")
    records = []
    for number in range(params.questions_per_user):
        prompt_type, turn = PROMPT_TYPES[number % len(PROMPT_TYPES)], number // len(PROMPT_TYPES)
        if prompt_type == "safety_adjustment":
            n_turns = -(-params.questions_per_user // len(PROMPT_TYPES))
            turn += (asker.person.user_id - 1) * n_turns  # the number of this report among everybody's
        records.append(write_record(asker.person, prompt_type, ASK[prompt_type](rng, asker, turn), number + 1))
    return records


def write_record(person: SimulatedPerson, prompt_type: PromptType, question: Question, number: int) -> dict:
    """One line of queries.jsonl; raises ContractError where the input breaks its contract."""
    request = make_request(prompt_type, question.payload)
    return {"query_id": f"q-{person.user_id:06d}-{number}", "user_id": person.user_id, "scenario_id": question.scenario,
            "prompt_type": prompt_type, "slice_tags": person.slice_tags,
            "expected_safety_constraints": question.expected,
            "context_summary": f"{summarise(person)}; {question.about}", "instruction": INSTRUCTIONS[prompt_type],
            "input": request.input.model_dump(mode="json")}


def summarise(person: SimulatedPerson) -> str:
    """One line for a reader: who asks."""
    info, liked = person.profile.personal_info, person.profile.preferences
    health = [part.replace("_", " ") + " injury" for part in person.health.injuries]
    health += [words for _, words in person.health.conditions]
    return (f"{info.age}-year-old {info.gender}, {info.fitness_level}, {', '.join(person.profile.goals)}, "
            f"{liked.equipment_access}, {liked.days_per_week} x {liked.workout_duration} min, "
            f"{'; '.join(health) or 'no health limits'}").replace("_", " ")


def expected_limits(limits: Limits) -> dict:
    """What any answer to a person with these limits must keep, readable."""
    return {"avoid": sorted(limits.avoid_flags),
            "joints": {part: limits.max_joint_load[part] for part in BODY_PARTS if part in limits.max_joint_load},
            "max_intensity": limits.max_intensity, "min_rir": limits.min_rir, "seated_only": limits.seated_only,
            "referral": limits.referral is not None, "calorie_number": limits.allow_calorie_number,
            "calorie_deficit": limits.allow_deficit}


def ask_for_plan(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """The whole profile, derived numbers included."""
    goal, flag = asker.person.profile.goals[0].replace("_", "-"), asker.person.health.flag
    return Question(f"plan-{goal}-{flag}", asker.person.profile.model_dump(mode="json"), expected_limits(asker.person.limits),
                    "wants a weekly plan")


def ask_for_change(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """A request to change the plan, in one of several voices."""
    table = read_yaml("requests.yaml")
    kinds = {kind: row["weight"] for kind, row in table["modification"].items() if _can_ask(kind, asker)}
    kind = pick_weighted(rng, kinds)
    core = _fill_slots(rng, pick_one(rng, table["modification"][kind]["say"]), asker)
    payload = {"person": asker.short_form, "plan": asker.week, "request": compose(rng, core, asker.situation)}
    about = f"wants the plan changed: {kind.replace('-', ' ')}"
    return Question(f"modify-{kind}", payload, expected_limits(asker.person.limits), about)


def _can_ask(kind: str, asker: Asker) -> bool:
    liked = asker.person.profile.preferences
    if kind == "fewer-days":
        return len(asker.plan.workout_plan.weekly_schedule) > 1
    if kind == "less-time":
        return liked.workout_duration > SHORTER_MINUTES[0]
    return kind != "injury" or len(asker.person.health.injuries) < len(BODY_PARTS)


def _fill_slots(rng: np.random.Generator, text: str, asker: Asker) -> str:
    """Fill every slot with something that is true of this person; all dice are thrown whatever the text needs."""
    table, liked = read_yaml("requests.yaml"), asker.person.profile.preferences
    n_days = len(asker.plan.workout_plan.weekly_schedule)
    shorter = [minutes for minutes in SHORTER_MINUTES if minutes < liked.workout_duration] or [SHORTER_MINUTES[0]]
    parts = [part for part in BODY_PARTS if part not in asker.person.health.injuries] or list(BODY_PARTS)
    days = int(rng.integers(1, max(2, n_days)))
    text = text.replace("{days} days", "{days} day") if days == 1 else text
    return text.format(days=days, minutes=pick_one(rng, shorter), exercise=pick_one(rng, asker.exercises),
                         part=pick_one(rng, parts).replace("_", " "), area=pick_one(rng, table["areas"]),
                         equipment=pick_one(rng, table["equipment"][liked.equipment_access]))


def report_safety(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """A report of how they feel; its label or the scenario table says which triage class it must get."""
    report = choose_report(asker.seed, turn, asker.person)
    text = report.text
    if report.scenario.partition("-")[2] in _list_scenarios():
        text = greet(rng, _fill_slots(rng, text, asker))
    payload = {"person": asker.short_form, "plan": asker.week, "message": text}
    about = f"reports something for {report.triage.replace('_', ' ')}"
    return Question(report.scenario, payload, {"triage": report.triage}, about)


@cache
def _list_scenarios() -> frozenset[str]:
    return frozenset(row["id"] for row in read_yaml("safety_messages.yaml")["scenarios"])


def send_logs(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """The plan and zero to four of the last whole weeks as they were written down."""
    n_full = count_full_weeks(asker.life)
    end = n_full - turn % n_full
    n_weeks = min(pick_weighted(rng, N_LOG_WEEKS), end)
    payload = {"person": asker.short_form, "plan": add_loads(asker.week, asker.plan, asker.life, end), "logs": []}
    room = MAX_LOG_CHARACTERS - len(dump_compact(payload))
    for logs in cut_sizes(write_weeks(rng, asker.plan, asker.life, end - n_weeks, end)):
        payload["logs"] = logs
        if len(dump_compact(logs)) - len("[]") <= room:
            break
    done = sum(len(week["sessions"]) for week in payload["logs"])
    planned = sum(week["sessions_planned"] for week in payload["logs"])
    return Question(f"progress-weeks-{len(payload['logs'])}", payload, expected_limits(asker.person.limits),
                    f"{len(payload['logs'])} weeks of logs, {done} of {planned} sessions written down")


def ask_coach(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """A question in plain words with the facts an answer may use."""
    table = read_yaml("requests.yaml")["coaching"]
    theme = pick_weighted(rng, {name: row["weight"] for name, row in table.items()})
    text = compose(rng, _fill_slots(rng, pick_one(rng, table[theme]["say"]), asker), asker.situation)
    facts = retrieve_facts(text, person_of(asker.person.profile), compact_week(asker.plan), asker.person.limits)
    payload = {"person": asker.short_form, "question": text, "facts": facts}
    return Question(f"coaching-{theme}", payload, expected_limits(asker.person.limits), f"asks about {theme}")


ASK = {"plan_creation": ask_for_plan, "plan_modification": ask_for_change, "safety_adjustment": report_safety,
       "progress_adaptation": send_logs, "coaching_question": ask_coach}
