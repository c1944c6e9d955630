"""Queries: what simulated people ask, one record a question, each input checked by its contract.

One question of each of the five types a person, in turn. The expected triage class comes from the scenario table
`safety_messages.yaml`, never from the triage code; the other expectations are the limits that screening finds.
"""

from dataclasses import dataclass

import numpy as np

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import BODY_PARTS
from fitsense.contracts.requests import INSTRUCTIONS, PROMPT_TYPES, PromptType, compact_week, make_request, person_of
from fitsense.contracts.strictness import dump_compact
from fitsense.params import SynthesisParams
from fitsense.planning.facts import retrieve_facts
from fitsense.safety.screening import screen
from fitsense.synthesis.dice import make_generator, pick_one, pick_weighted, read_yaml
from fitsense.synthesis.life import Life
from fitsense.synthesis.logs import count_full_weeks, loaded_week, write_week
from fitsense.synthesis.people import SimulatedPerson

N_LOG_WEEKS = {0: 6, 1: 26, 2: 34, 3: 20, 4: 14}
# Logs are cut until the input fits, then whole weeks, the oldest first: (exercises a session, sets an exercise).
LOG_SIZES = ((3, 3), (3, 2), (2, 2), (2, 1), (1, 1))
MAX_LOG_CHARACTERS = 2050  # about 800 tokens of SmolLM2
SHORTER_MINUTES = (10, 15, 20, 25, 30, 40, 45, 60)


@dataclass(frozen=True)
class Asker:
    """Someone with a plan and a life on it, about to ask."""

    person: SimulatedPerson
    plan: Plan
    life: Life

    @property
    def exercises(self) -> list[str]:
        """The names in the plan, in order, each once."""
        names = [entry.name for day in self.plan.workout_plan.weekly_schedule for entry in day.exercises]
        return list(dict.fromkeys(names))


@dataclass(frozen=True)
class Question:
    """A question before it becomes a record: scenario slug, input payload, and what its answer must keep."""

    scenario: str
    payload: dict
    expected: dict


def write_queries(asker: Asker, params: SynthesisParams, seed: int) -> list[dict]:
    """Write a person's questions, cycling through the five types in a fixed order."""
    rng = make_generator(seed, asker.person.user_id, "questions")
    records = []
    for number in range(params.questions_per_user):
        prompt_type = PROMPT_TYPES[number % len(PROMPT_TYPES)]
        question = ASK[prompt_type](rng, asker, number // len(PROMPT_TYPES))
        records.append(write_record(asker.person, prompt_type, question, number + 1))
    return records


def write_record(person: SimulatedPerson, prompt_type: PromptType, question: Question, number: int) -> dict:
    """One line of queries.jsonl; raises ContractError where the input breaks its contract."""
    request = make_request(prompt_type, question.payload)
    return {"query_id": f"q-{person.user_id:06d}-{number}", "user_id": person.user_id, "scenario_id": question.scenario,
            "prompt_type": prompt_type, "slice_tags": person.slice_tags,
            "expected_safety_constraints": question.expected, "context_summary": summarise(person),
            "instruction": INSTRUCTIONS[prompt_type], "input": request.input.model_dump(mode="json")}


def summarise(person: SimulatedPerson) -> str:
    """One line for a reader: who asks."""
    info, liked = person.profile.personal_info, person.profile.preferences
    health = [part.replace("_", " ") + " injury" for part in person.health.injuries]
    health += [words for _, words in person.health.conditions]
    return (f"{info.age}-year-old {info.gender}, {info.fitness_level}, {', '.join(person.profile.goals)}, "
            f"{liked.equipment_access}, {liked.days_per_week} x {liked.workout_duration} min, "
            f"{'; '.join(health) or 'no health limits'}").replace("_", " ")


def expected_limits(person: SimulatedPerson) -> dict:
    """What any answer to this person must keep, readable, from screening."""
    limits = screen(person.profile)
    return {"avoid": sorted(limits.avoid_flags),
            "joints": {part: limits.max_joint_load[part] for part in BODY_PARTS if part in limits.max_joint_load},
            "max_intensity": limits.max_intensity, "min_rir": limits.min_rir, "seated_only": limits.seated_only,
            "referral": limits.referral is not None, "calorie_number": limits.allow_calorie_number,
            "calorie_deficit": limits.allow_deficit}


def ask_for_plan(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """The whole profile, derived numbers included."""
    goal, flag = asker.person.profile.goals[0].replace("_", "-"), asker.person.health.flag
    return Question(f"plan-{goal}-{flag}", asker.person.profile.model_dump(mode="json"), expected_limits(asker.person))


def ask_for_change(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """A request to change the plan, in one of several voices."""
    table = read_yaml("requests.yaml")
    kinds = {kind: row["weight"] for kind, row in table["modification"].items() if _can_ask(kind, asker)}
    kind = pick_weighted(rng, kinds)
    text = _fill_slots(rng, pick_one(rng, table["modification"][kind]["say"]), asker)
    return Question(f"modify-{kind}", _with_plan(asker) | {"request": text}, expected_limits(asker.person))


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
    filled = text.format(days=days, minutes=pick_one(rng, shorter), exercise=pick_one(rng, asker.exercises),
                         part=pick_one(rng, parts).replace("_", " "), area=pick_one(rng, table["areas"]),
                         equipment=pick_one(rng, table["equipment"][liked.equipment_access]))
    return filled[0].upper() + filled[1:] if text.startswith("{") else filled


def report_safety(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """A report of how they feel; the scenario table says which triage class it must get."""
    table = read_yaml("safety_messages.yaml")
    triage = pick_weighted(rng, {name: table["shares"][name] for name in reversed(TRIAGE_ORDER)})
    rows = [row for row in table["scenarios"] if row["triage"] == triage and _can_say(row, asker.person)]
    row = pick_one(rng, rows)
    text = _fill_slots(rng, pick_one(rng, row["say"]), asker)
    return Question(f"safety-{row['id']}", _with_plan(asker) | {"message": text}, {"triage": triage})


def _can_say(row: dict, person: SimulatedPerson) -> bool:
    """Whether a scenario fits the person: pregnancy, sex, age, wheelchair."""
    info, named = person.profile.personal_info, {name for name, _ in person.health.conditions}
    low, high = row.get("ages", (0, 200))
    return (low <= info.age <= high and row.get("sex", info.gender) == info.gender
            and row.get("for") in (None, *named) and not (row.get("standing") and person.health.uses_wheelchair))


def send_logs(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """The plan and zero to four of the last whole weeks as they were lived."""
    n_full = count_full_weeks(asker.life)
    end = n_full - turn % n_full
    n_weeks = min(pick_weighted(rng, N_LOG_WEEKS), end)
    dice = int(rng.integers(2**32))
    week = [day.model_dump(mode="json") for day in loaded_week(asker.plan, asker.life, end)]
    payload = {"person": person_of(asker.person.profile).model_dump(mode="json"), "plan": week, "logs": []}
    for weeks, size in [(weeks, size) for weeks in range(n_weeks, 0, -1) for size in LOG_SIZES]:
        notes = np.random.default_rng(dice)
        logs = [write_week(notes, asker.plan, asker.life, index, *size) for index in range(end - weeks, end)]
        payload = payload | {"logs": logs}
        if len(dump_compact(payload)) <= MAX_LOG_CHARACTERS:
            break
    return Question(f"progress-weeks-{len(payload['logs'])}", payload, expected_limits(asker.person))


def ask_coach(rng: np.random.Generator, asker: Asker, turn: int) -> Question:
    """A question in plain words with the facts an answer may use."""
    table = read_yaml("requests.yaml")["coaching"]
    theme = pick_weighted(rng, {name: row["weight"] for name, row in table.items()})
    text = _fill_slots(rng, pick_one(rng, table[theme]["say"]), asker)
    person = person_of(asker.person.profile)
    facts = retrieve_facts(text, person, compact_week(asker.plan), screen(asker.person.profile))
    return Question(f"coaching-{theme}", {"person": person.model_dump(mode="json"), "question": text, "facts": facts},
                    expected_limits(asker.person))


def _with_plan(asker: Asker) -> dict:
    week = [day.model_dump(mode="json") for day in compact_week(asker.plan)]
    return {"person": person_of(asker.person.profile).model_dump(mode="json"), "plan": week}


ASK = {"plan_creation": ask_for_plan, "plan_modification": ask_for_change, "safety_adjustment": report_safety,
       "progress_adaptation": send_logs, "coaching_question": ask_coach}
