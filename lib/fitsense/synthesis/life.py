"""Life: what a simulated person does with their plan: events, nights, food, weight and sessions, day by day.

Strength grows with the sessions done and fades without; loads, repetitions and reserve follow from it; what is kept is what
the person wrote down, beside the truth it came from. Units: kg, kcal/day, hours, seconds, minutes. Knows nothing of tables.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from fitsense.contracts.plan import Plan
from fitsense.params import SynthesisParams
from fitsense.synthesis.body import WEEK, BodyDays, draw_body_days
from fitsense.synthesis.diary import DayLog, choose_written, misjudge, write_diary
from fitsense.synthesis.dice import make_generator, read_yaml
from fitsense.synthesis.events import Event, draw_events, list_effects, list_niggles
from fitsense.synthesis.lifting import SetTable, Sheet, choose_loads, do_sets, list_patterns, list_rows, write_sheet
from fitsense.synthesis.people import SimulatedPerson
from fitsense.synthesis.strength import build_strength, judge_form, judge_recovery, stimulate, tire


@dataclass(frozen=True)
class SetDone:
    """One set as written down: reps or seconds, the load in kg (0: body weight), repetitions in reserve."""

    reps: int | None
    seconds: int | None
    weight_kg: float
    rir: float


@dataclass(frozen=True)
class SessionDone:
    """One session as written down; `sets` holds, for each planned exercise in order, the sets done."""

    day: int
    week: int
    plan_day: int
    duration_min: int
    effort: float
    sets: tuple[tuple[SetDone, ...], ...]


@dataclass(frozen=True)
class Training:
    """Sessions written down as arrays in order of day, their exercises as (session, entry) rows, their sets."""

    day: np.ndarray
    plan_day: np.ndarray
    minutes: np.ndarray
    effort: np.ndarray
    session: np.ndarray
    entry: np.ndarray
    sets: SetTable

    def read_sessions(self, first: int, last: int) -> list[SessionDone]:
        """The sessions on days first..last (inclusive), in order."""
        low, high = np.searchsorted(self.day, (first, last + 1)).tolist()
        return [self._read_session(index) for index in range(low, high)]

    def _read_session(self, index: int) -> SessionDone:
        first, last = np.searchsorted(self.session, (index, index + 1)).tolist()
        rows = [self._read_row(row) for row in range(first, last)]
        day = int(self.day[index])
        return SessionDone(day, day // WEEK, int(self.plan_day[index]), int(self.minutes[index]), float(self.effort[index]),
                           tuple(rows))

    def _read_row(self, row: int) -> tuple[SetDone, ...]:
        first, last = np.searchsorted(self.sets.row, (row, row + 1)).tolist()
        columns = (self.sets.reps, self.sets.seconds, self.sets.weight, self.sets.rir)
        done = zip(*(column[first:last].tolist() for column in columns), strict=True)
        return tuple(SetDone(None if reps < 0 else reps, None if seconds < 0 else seconds, weight, rir)
                     for reps, seconds, weight, rir in done)


@dataclass(frozen=True)
class Life:
    """A person's days from the first, 0: events, what was (`body`, `fitness`: days x patterns, `went`: sessions done), and
    what was written down (`training`, `sleep`, `calories`, `weight`)."""

    start: date
    n_days: int
    events: tuple[Event, ...]
    body: BodyDays
    fitness: np.ndarray
    went: int
    planned: int
    training: Training
    sleep: DayLog
    calories: DayLog
    weight: DayLog

    def date_of(self, day: int) -> date:
        """The calendar date of a day index."""
        return self.start + timedelta(days=day)

    @cached_property
    def sessions(self) -> list[SessionDone]:
        """Every session written down, in order."""
        return self.training.read_sessions(0, self.n_days)

    def read_week(self, week: int) -> list[SessionDone]:
        """The sessions of a week (0-based)."""
        return self.training.read_sessions(week * WEEK, week * WEEK + WEEK - 1)


def live_days(person: SimulatedPerson, plan: Plan, params: SynthesisParams, seed: int) -> Life:
    """Simulate a person's days on a plan, from their own stream of random numbers."""
    rng = make_generator(seed, person.user_id, "life")
    start, n_days = date.fromisoformat(params.start_date), params.n_days
    events, weekend = draw_events(rng, n_days), (start.weekday() + np.arange(n_days)) % WEEK >= 5
    effects = list_effects(events, n_days)
    target = plan.nutrition_suggestions.calorie_target
    body = draw_body_days(rng, person, target or person.profile.derived.energy_need, weekend, effects)
    sheet = draw_sheet(rng, person, plan)
    day, plan_day, planned = _attend(rng, person, sheet, start.weekday(), effects["attendance"])
    fitness, ability = _respond(person, sheet, day, plan_day, body, effects, list_niggles(events, n_days))
    training = _train(rng, person, sheet, day, plan_day, fitness, ability)
    logs = write_diary(rng, person, body, target is not None)
    return Life(start, n_days, events, body, fitness, len(day), planned, training, **logs)


def draw_sheet(rng: np.random.Generator, person: SimulatedPerson, plan: Plan) -> Sheet:
    """The plan as arrays, with what this person is good and bad at."""
    spread = read_yaml("life.yaml")["pattern_log_sd"]
    return write_sheet(person, plan, np.exp(rng.normal(0, spread, len(list_patterns()))))


def _attend(rng: np.random.Generator, person: SimulatedPerson, sheet: Sheet, first_weekday: int,
            factor: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """(days, days of the plan) of the sessions done, in order, and how many were planned."""
    table, n_days = read_yaml("life.yaml")["attendance"], len(factor)
    n_weeks = -(-n_days // WEEK)
    usual = np.clip(person.traits.adherence, 0.03, 0.98)
    odds = np.log(usual / (1 - usual)) + rng.normal(0, table["week_sd"], n_weeks) + table["slope_per_week"] * np.arange(n_weeks)
    day = ((sheet.weekday - first_weekday) % WEEK)[None, :] + WEEK * np.arange(n_weeks)[:, None]
    chance = np.repeat(1 / (1 + np.exp(-odds)), len(sheet.weekday))
    order = np.argsort(day.ravel(), kind="stable")
    day, plan_day, chance = day.ravel()[order], np.tile(np.arange(len(sheet.weekday)), n_weeks)[order], chance[order]
    inside = day < n_days
    went = inside & (rng.random(len(day)) < chance * factor[np.minimum(day, n_days - 1)])
    return day[went], plan_day[went], int(inside.sum())


def _respond(person: SimulatedPerson, sheet: Sheet, day: np.ndarray, plan_day: np.ndarray, body: BodyDays,
             effects: dict[str, np.ndarray], niggles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fitness (n_days, n_patterns) and the strength of each day and pattern, both relative to day 0."""
    raw = np.zeros((len(body.sleep), len(list_patterns())))
    raw[day] = list_stimuli(sheet)[plan_day]
    recovery = judge_recovery(body.sleep, body.eaten, body.needed, effects["recovery"])
    level = read_yaml("life.yaml")["strength"]["most_gain"][person.profile.personal_info.fitness_level]
    fitness = build_strength(raw * (recovery * person.traits.response)[:, None], level)
    form = judge_form(body.sleep, effects["form"])[:, None] * niggles[:, _list_lower().astype(int)]
    return fitness, fitness * (1 - tire(raw)) * form


def list_stimuli(sheet: Sheet) -> np.ndarray:
    """The stimulus of each day of the plan on each pattern, (n_plan_days, n_patterns)."""
    days = np.repeat(np.arange(len(sheet.first)), sheet.n_entries)
    n_sets = np.zeros((len(sheet.first), len(list_patterns())))
    np.add.at(n_sets, (days, sheet.pattern), sheet.n_sets * (sheet.seconds == 0))
    return stimulate(n_sets)


def _list_lower() -> np.ndarray:
    lower = read_yaml("life.yaml")["lower_body"]
    return np.array([pattern in lower for pattern in list_patterns()])


def _train(rng: np.random.Generator, person: SimulatedPerson, sheet: Sheet, day: np.ndarray, plan_day: np.ndarray,
           fitness: np.ndarray, ability: np.ndarray) -> Training:
    """Do the sessions, write most of them down."""
    table = read_yaml("life.yaml")["strength"]
    form = 1 + rng.normal(0, table["form_sd"], len(day))
    ease = rng.uniform(0.9, 1.3, len(sheet.n_sets))
    taste = 1 + rng.normal(0, table["own_choice_sd"])
    kept = choose_written(rng, person, len(day))
    day, plan_day, form = day[kept], plan_day[kept], form[kept]
    session, entry = list_rows(sheet, plan_day)
    pattern, when = sheet.pattern[entry], day[session]
    loads = choose_loads(sheet, entry, fitness[when, pattern] * taste)
    sets = do_sets(rng, sheet, entry, ability[when, pattern] * form[session], loads, ease)
    of_set = session[sets.row]
    spare = np.bincount(of_set, sets.rir, len(day)) / np.maximum(np.bincount(of_set, minlength=len(day)), 1)
    effort = np.clip(np.round((10 - spare + rng.normal(0, 0.5, len(day))) * 2) / 2, 1, 10)
    minutes = np.maximum(5, np.round(sheet.minutes[plan_day] * rng.uniform(0.85, 1.15, len(day)))).astype(int)
    written = SetTable(sets.row, sets.number, sets.reps, sets.seconds, sets.weight, misjudge(rng, sets.rir))
    return Training(day, plan_day, minutes, effort, session, entry, written)
