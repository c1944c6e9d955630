"""Life: what a simulated person does with their plan: sessions, sets, food, sleep and weight, day by day.

Loads follow a hidden strength that grows week by week and dips with short sleep; weight follows what was eaten. Units:
kg, kcal/day, hours, seconds, minutes. The coefficients are plausible choices, not measured. Knows nothing of tables.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from fitsense.contracts.plan import DAYS, ExerciseEntry, Plan, SessionDay
from fitsense.knowledge.exercises import Exercise, load_exercises
from fitsense.params import SynthesisParams
from fitsense.synthesis.dice import make_generator
from fitsense.synthesis.people import SimulatedPerson

# Best single lift of a trained man as a share of body mass, by movement pattern; women's upper and lower body shares.
LIFT_SHARE = {"squat": 1.2, "hinge": 1.3, "lunge": 0.45, "horizontal_push": 0.8, "vertical_push": 0.5,
              "horizontal_pull": 0.75, "vertical_pull": 0.75, "carry": 0.5, "calf": 1.0, "biceps": 0.35,
              "triceps": 0.35, "lateral_raise": 0.14, "rotator": 0.15, "hip_abduction": 0.6, "core": 0.2}
LOWER_BODY = {"squat", "hinge", "lunge", "calf", "hip_abduction"}
UNLOADED_WORDS = ("Band", "Pull-Up")
FAT_KCAL_PER_KG = 7700
LOST_WEEK_CHANCE = 0.06


@dataclass(frozen=True)
class SetDone:
    """One set as done: reps or seconds, the load in kg (0: body weight), repetitions in reserve."""

    reps: int | None
    seconds: int | None
    weight_kg: float
    rir: float


@dataclass(frozen=True)
class SessionDone:
    """One session as done; `sets` holds, for each planned exercise in order, the sets done."""

    day: int
    week: int
    plan_day: int
    duration_min: int
    effort: float
    sets: tuple[tuple[SetDone, ...], ...]


@dataclass
class Life:
    """A person's days: sessions in order of date; logs as {day index: value}; days count from the first day, 0."""

    start: date
    n_days: int
    sessions: list[SessionDone] = field(default_factory=list)
    calories: dict[int, int] = field(default_factory=dict)
    sleep: dict[int, float] = field(default_factory=dict)
    weight: dict[int, float] = field(default_factory=dict)

    def date_of(self, day: int) -> date:
        """The calendar date of a day index."""
        return self.start + timedelta(days=day)


def live_days(person: SimulatedPerson, plan: Plan, params: SynthesisParams, seed: int) -> Life:
    """Simulate a person's days on a plan, from their own stream of random numbers."""
    rng = make_generator(seed, person.user_id, "life")
    life = Life(date.fromisoformat(params.start_date), params.n_days)
    nights = _sleep_nights(rng, person, life)
    life.sleep = _keep_logged(rng, np.round(nights, 1), person.traits.logging)
    intake = _eat_days(rng, person, plan, life)
    if plan.nutrition_suggestions.calorie_target is not None:
        life.calories = _keep_logged(rng, intake.round(-1).astype(int), person.traits.logging * 0.9)
    life.weight = _weigh_days(rng, person, intake)
    life.sessions = _train_weeks(rng, person, plan, life, nights)
    return life


def _weekday(life: Life, day: int) -> int:
    return (life.start.weekday() + day) % 7


def _weekend(life: Life) -> np.ndarray:
    return np.array([_weekday(life, day) >= 5 for day in range(life.n_days)])


def _keep_logged(rng: np.random.Generator, values: np.ndarray, share: float) -> dict:
    kept = rng.random(len(values)) < share
    return {day: value for day, (value, keep) in enumerate(zip(values.tolist(), kept.tolist(), strict=True)) if keep}


def _sleep_nights(rng: np.random.Generator, person: SimulatedPerson, life: Life) -> np.ndarray:
    drift = np.repeat(rng.normal(0, 0.35, life.n_days // 7 + 1), 7)[:life.n_days]
    hours = person.traits.sleep_hours + drift + _weekend(life) * 0.4 + rng.normal(0, 0.7, life.n_days)
    return np.clip(hours, 2.5, 11.5)


def _eat_days(rng: np.random.Generator, person: SimulatedPerson, plan: Plan, life: Life) -> np.ndarray:
    aim = plan.nutrition_suggestions.calorie_target or person.profile.derived.energy_need
    spread = rng.normal(0, 0.09, life.n_days)
    return np.clip(aim * (1 + person.traits.calorie_bias + _weekend(life) * 0.06 + spread), 800, 7000)


def _weigh_days(rng: np.random.Generator, person: SimulatedPerson, intake: np.ndarray) -> dict[int, float]:
    """Body mass after what was eaten (0.8 of the energy gap shows, at most 1 % a week), weighed now and then."""
    start = person.profile.personal_info.weight_kg
    need = person.profile.derived.energy_need * (1 + rng.normal(0, 0.04))
    daily = np.clip(0.8 * (intake - need) / FAT_KCAL_PER_KG, -start * 0.01 / 7, start * 0.01 / 7)
    if any(name == "pregnancy" for name, _ in person.health.conditions):
        daily = np.full(len(intake), 0.4 / 7)
    shown = start + np.cumsum(daily) + rng.normal(0, 0.45, len(intake))
    return _keep_logged(rng, np.round(np.clip(shown, 26, 340), 1), person.traits.logging * 0.45)


def _train_weeks(rng: np.random.Generator, person: SimulatedPerson, plan: Plan, life: Life,
                 nights: np.ndarray) -> list[SessionDone]:
    n_weeks = -(-life.n_days // 7)
    mood = np.clip(person.traits.adherence + rng.normal(0, 0.12, n_weeks), 0.05, 0.98)
    lost = rng.random(n_weeks) < LOST_WEEK_CHANCE
    done = []
    for plan_day, session in enumerate(plan.workout_plan.weekly_schedule):
        offset = (DAYS.index(session.day) - life.start.weekday()) % 7
        days = offset + 7 * np.arange(n_weeks)
        went = (rng.random(n_weeks) < mood) & ~lost & (days < life.n_days)
        done += _train_session(rng, person, session, plan_day, days[went], nights)
    return sorted(done, key=lambda one: (one.day, one.plan_day))


def _train_session(rng: np.random.Generator, person: SimulatedPerson, session: SessionDay, plan_day: int,
                   days: np.ndarray, nights: np.ndarray) -> list[SessionDone]:
    """The same planned session on each of the days it was done."""
    form = rng.normal(0, 0.02, len(days)) + np.clip(nights[days] - 7, -3, 1) * 0.008
    growth = 1 + person.traits.weekly_gain * (days / 7) * np.exp(-days / 400)
    sets = [_do_entry(rng, person, entry, growth, growth * (1 + form)) for entry in session.exercises]
    minutes = np.round(session.duration * rng.uniform(0.85, 1.15, len(days))).astype(int).tolist()
    jitter = rng.normal(0, 0.5, len(days))
    result = []
    for index, day in enumerate(days.tolist()):
        done = tuple(entry[index] for entry in sets)
        spare = float(np.mean([one.rir for entry in done for one in entry]))
        effort = float(np.clip(round((10 - spare + jitter[index]) * 2) / 2, 1, 10))
        result.append(SessionDone(day, day // 7, plan_day, max(5, minutes[index]), effort, done))
    return result


def _do_entry(rng: np.random.Generator, person: SimulatedPerson, entry: ExerciseEntry, growth: np.ndarray,
              ability: np.ndarray) -> list[tuple[SetDone, ...]]:
    """One planned exercise on each day: loads are chosen by `growth`, repetitions follow from `ability` of the day."""
    exercise = load_exercises()[entry.name]
    shape = (len(ability), entry.sets)
    spare = _target_rir(entry.intensity)
    seconds = _seconds(entry)
    if seconds is not None:
        held = np.round(seconds * np.clip(rng.normal(1, 0.07, shape) * ability[:, None], 0.7, 1.3)).astype(int)
        return [tuple(SetDone(None, value, 0.0, float(spare)) for value in row) for row in held.tolist()]
    low, high = _rep_range(entry.reps)
    wanted = (low + high) // 2
    best = _best_lift(person, exercise)
    if best is None:
        loads = np.zeros(len(ability))
        possible = (wanted + spare) * rng.uniform(0.9, 1.3) * ability
    else:
        loads = _choose_loads(best * growth / (1 + (wanted + spare) / 30), exercise)
        possible = 30 * (best * ability / loads - 1)
    possible = possible[:, None] - 0.6 * np.arange(entry.sets) + rng.normal(0, 0.5, shape)
    reps = np.clip(np.round(possible - spare), max(1, low - 3), high)
    left = np.clip(np.round(possible - reps), 0, 8)
    return [tuple(SetDone(int(one), None, load, rest) for one, rest in zip(row, row_left, strict=True))
            for row, row_left, load in zip(reps.tolist(), left.tolist(), loads.tolist(), strict=True)]


def _target_rir(intensity: str) -> int:
    """Repetitions in reserve that the plan asks for: "RIR 3", or 10 minus "RPE 6"; 3 where it says neither."""
    found = re.search(r"(RIR|RPE)\s*(\d+)", intensity)
    if not found:
        return 3
    return int(found[2]) if found[1] == "RIR" else max(0, 10 - int(found[2]))


def _seconds(entry: ExerciseEntry) -> int | None:
    """Seconds of a timed entry; None where repetitions are counted."""
    if entry.duration is not None:
        return entry.duration * 60
    found = re.search(r"(\d+)\s*(s|sec|min)\b", entry.reps or "")
    return None if not found else int(found[1]) * (60 if found[2] == "min" else 1)


def _rep_range(reps: str) -> tuple[int, int]:
    numbers = [int(number) for number in re.findall(r"\d+", reps)] or [10]
    return numbers[0], max(numbers[0], numbers[min(1, len(numbers) - 1)])


def _best_lift(person: SimulatedPerson, exercise: Exercise) -> float | None:
    """The person's best single repetition in kg; None where the exercise carries no counted load."""
    carries = exercise.kind == "strength" and exercise.access != "no_equipment"
    if not carries or any(word in exercise.name for word in UNLOADED_WORDS):
        return None
    info = person.profile.personal_info
    lean = min(info.weight_kg, 27 * (info.height_cm / 100) ** 2)
    lower = exercise.pattern in LOWER_BODY
    sex = {"male": 1.0, "female": 0.75 if lower else 0.6, "other": 0.85}[info.gender]
    tool = 0.55 if exercise.access == "home_gym" else 1.0
    return max(4.0, lean * LIFT_SHARE.get(exercise.pattern, 0.3) * sex * tool * person.traits.strength)


def _choose_loads(loads: np.ndarray, exercise: Exercise) -> np.ndarray:
    """Round to what is in the room: 2.5 kg steps with plates, 1 kg steps with dumbbells (at most 50 kg)."""
    step, most = (2.5, 400.0) if exercise.access == "full_gym" else (1.0, 50.0)
    return np.clip(np.floor(loads / step) * step, step, most)


def week_average(log: dict[int, float], week: int) -> float | None:
    """The mean of a log over one week (0-based); None where nothing was written down."""
    values = [value for day, value in log.items() if day // 7 == week]
    return float(np.mean(values)) if values else None
