"""Arms: one person's twelve weeks on a plan that stays, on one with its printed progression, or on one adapted to the logs.

The same person, days, nights and dice in every arm; only what they are told to lift and eat differs. The adapted arm is the
engine's own `adapt`, week by week, on everything that was done. Assumptions are in ASSUMPTIONS. Units: kg, kcal/day.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from fitsense.contracts.plan import Plan
from fitsense.contracts.requests import AdaptationInput, CompactDay, compact_week, make_request, person_of
from fitsense.contracts.strictness import ContractError
from fitsense.planning.adapt import adapt
from fitsense.planning.applying import apply_to_week
from fitsense.synthesis.body import WEEK, BodyDays, draw_body_days, move_mass
from fitsense.synthesis.diary import misjudge
from fitsense.synthesis.dice import make_generator, read_yaml
from fitsense.synthesis.events import draw_events, list_effects
from fitsense.synthesis.life import draw_sheet
from fitsense.synthesis.lifting import SetTable, Sheet, choose_loads, do_sets, list_patterns, list_rows, round_loads
from fitsense.synthesis.people import SimulatedPerson
from fitsense.synthesis.strength import build_strength, judge_form, judge_recovery, stimulate, tire

Arm = Literal["fixed", "printed", "adapted"]
ARMS: tuple[Arm, ...] = get_args(Arm)
N_WEEKS, MOST_LOG_WEEKS = 12, 4
EASY_FROM_RIR, LEAST_SHARE, RIR_OF_LEAST = 4.0, 0.3, 8.0
ODDS_A_MISSED_SET, ODDS_A_SET_LESS = 0.5, 0.6
ASSUMPTIONS = (
    "a set with up to 4 repetitions in reserve counts whole (Robinson 2024); beyond, less and less, 0.3 at 8 (ours)",
    "sets that miss their repetitions put people off: half a unit of log-odds of coming where all of them do (ours)",
    "a shorter plan brings people back: 0.6 of log-odds where all its sets were taken off (ours)",
    "fixed: loads of the first week for twelve; printed: the plan's own percentages, blind to what was done; "
    "adapted: the engine's changes each week, a deload lasting one week; people do as they are told",
    "everything done is written down, reserve a repetition off; first loads are what the person's strength and plan ask for",
)


@dataclass(frozen=True)
class Weeks:
    """What twelve weeks came to: sessions done and planned, mean gain of the trained patterns (a share), share of sets that
    missed their repetitions, and the gain at the end of each week."""

    went: int
    planned: int
    gain: float
    missed: float
    weekly_gain: tuple[float, ...]


@dataclass(frozen=True)
class Setting:
    """What is the same in every arm: the plan as arrays, body and events' effects over the days, what comes easily."""

    sheet: Sheet
    body: BodyDays
    effects: dict[str, np.ndarray]
    ease: np.ndarray


def live_weeks(person: SimulatedPerson, plan: Plan, arm: Arm, seed: int) -> Weeks:
    """Live twelve weeks on one arm."""
    setting, course = _draw_setting(person, plan, seed), _Course(plan, arm, person)
    raw, done = np.zeros((N_WEEKS * WEEK, len(list_patterns()))), []
    gains, trained, eaten = [], np.unique(setting.sheet.pattern[setting.sheet.seconds == 0]), setting.body.eaten.copy()
    for week in range(N_WEEKS):
        eaten[week * WEEK:] += course.calorie_change
        fitness, ability = _respond(person, setting, raw, eaten)
        one = _live_week(person, setting, course, week, fitness, ability, raw, seed)
        done.append(one)
        later, _ = _respond(person, setting, raw, eaten)
        gains.append(float(later[min(week * WEEK + WEEK, len(later) - 1), trained].mean() - 1) if len(trained) else 0.0)
        mass = move_mass(person.profile.personal_info.weight_kg, eaten, float(setting.body.needed[0]))
        course.go_on(week, one, setting, mass, eaten)
    missed = [share for one in done for share in one.missed]
    return Weeks(sum(len(one.plan_day) for one in done), N_WEEKS * len(setting.sheet.first), gains[-1],
                 float(np.mean(missed)) if missed else 0.0, tuple(gains))


@dataclass(frozen=True)
class _WeekDone:
    """One week: days of the plan done, (session, entry) rows, their sets, and for each set whether it missed its repetitions."""

    plan_day: np.ndarray
    session: np.ndarray
    entry: np.ndarray
    sets: SetTable
    missed: np.ndarray


class _Course:
    """What somebody is told for the week to come: sets, repetitions, loads, calories; and what that does to turning up."""

    def __init__(self, plan: Plan, arm: Arm, person: SimulatedPerson):
        self.plan, self.arm, self.person = plan, arm, person_of(person.profile)
        self.week: list[CompactDay] = compact_week(plan)
        self.after_deload: list[CompactDay] | None = None
        self.n_sets_at_first = sum(one.sets for day in self.week for one in day.exercises)
        self.logs: list[dict] = []
        self.calorie_change, self.odds = 0, 0.0

    def take_loads(self, loads: np.ndarray) -> None:
        """The first loads, one an entry of the plan in order."""
        numbers = iter(loads.tolist())
        self.week = [day.model_copy(update={"exercises": [
            one.model_copy(update={"weight_kg": load or None}) for one, load in zip(day.exercises, numbers, strict=False)]})
            for day in self.week]

    def read_loads(self) -> np.ndarray:
        """The loads told, kg, one an entry in order (0: none)."""
        return np.array([one.weight_kg or 0.0 for day in self.week for one in day.exercises])

    def fit_sheet(self, sheet: Sheet) -> Sheet:
        """The sheet with the sets and repetitions that are told now."""
        entries = [one for day in self.week for one in day.exercises]
        numbers = [[int(number) for number in re.findall(r"\d+", one.reps)] or [10] for one in entries]
        return replace(sheet, n_sets=np.array([one.sets for one in entries]), low=np.array([one[0] for one in numbers]),
                       high=np.array([max(one[0], one[min(1, len(one) - 1)]) for one in numbers]))

    def go_on(self, week: int, done: _WeekDone, setting: Setting, mass: np.ndarray, eaten: np.ndarray) -> None:
        """Take in a week and settle the next one."""
        self.calorie_change = 0
        self.odds = -ODDS_A_MISSED_SET * (float(done.missed.mean()) if len(done.missed) else 0.0)
        if self.arm == "printed":
            step = getattr(self.plan.workout_plan.progression_plan, f"week_{(week + 1) % 4 + 1}").intensity_increase
            self.take_loads(self.read_loads() * (1 + step / 100))
        if self.arm == "adapted":
            self.logs = [*self.logs, _write_log(week, done, setting, self.week, mass, eaten)][-MOST_LOG_WEEKS:]
            self._adapt()
        n_sets = sum(one.sets for day in self.week for one in day.exercises)
        self.odds += ODDS_A_SET_LESS * max(0.0, 1 - n_sets / self.n_sets_at_first)

    def _adapt(self) -> None:
        given = {"person": self.person.model_dump(mode="json"), "logs": self.logs,
                 "plan": [day.model_dump(mode="json") for day in self.week]}
        request: AdaptationInput = make_request("progress_adaptation", given).input
        answer = adapt(request)
        self.calorie_change = answer.calorie_change
        before, self.week = self.week, self.after_deload or self.week
        self.after_deload = None
        if answer.deload:
            self.after_deload = before
            self.logs = []  # a new start: the hard weeks are dealt with
        try:
            self.week = apply_to_week(self.week, answer.changes)
        except ContractError as error:
            raise ValueError(f"adapt gave changes that its own plan refuses: {error}") from error


def _draw_setting(person: SimulatedPerson, plan: Plan, seed: int) -> Setting:
    rng, n_days = make_generator(seed, person.user_id, "arms"), N_WEEKS * WEEK
    effects = list_effects(draw_events(rng, n_days), n_days)
    aim = plan.nutrition_suggestions.calorie_target or person.profile.derived.energy_need
    body = draw_body_days(rng, person, aim, np.arange(n_days) % WEEK >= 5, effects)
    sheet = draw_sheet(rng, person, plan)
    return Setting(sheet, body, effects, rng.uniform(0.9, 1.3, len(sheet.n_sets)))


def _respond(person: SimulatedPerson, setting: Setting, raw: np.ndarray, eaten: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fitness and the strength of each day, (n_days, n_patterns), after the stimuli so far."""
    recovery = judge_recovery(setting.body.sleep, eaten, setting.body.needed, setting.effects["recovery"])
    most = read_yaml("life.yaml")["strength"]["most_gain"][person.profile.personal_info.fitness_level]
    fitness = build_strength(raw * (recovery * person.traits.response)[:, None], most)
    return fitness, fitness * (1 - tire(raw)) * judge_form(setting.body.sleep, setting.effects["form"])[:, None]


def _live_week(person: SimulatedPerson, setting: Setting, course: _Course, week: int, fitness: np.ndarray, ability: np.ndarray,
               raw: np.ndarray, seed: int) -> _WeekDone:
    """Turn up or not, do the sets, and leave their stimulus in `raw`."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(person.user_id, 200 + week)))  # the same in every arm
    sheet = course.fit_sheet(setting.sheet)
    everything = np.arange(len(sheet.n_sets))
    if week == 0:
        course.take_loads(choose_loads(sheet, everything, np.ones(len(everything))))
    usual = np.clip(person.traits.adherence, 0.03, 0.98)
    days = week * WEEK + sheet.weekday
    odds = np.log(usual / (1 - usual)) + course.odds + rng.normal(0, 0.45)
    went = rng.random(WEEK)[sheet.weekday] < setting.effects["attendance"][days] / (1 + np.exp(-odds))
    plan_day = np.flatnonzero(went)
    session, entry = list_rows(sheet, plan_day)
    when, pattern = days[plan_day][session], sheet.pattern[entry]
    loads = round_loads(sheet, entry, course.read_loads()[entry])
    sets = do_sets(rng, sheet, entry, ability[when, pattern], loads, setting.ease)
    counted, share = sets.reps >= 0, np.interp(sets.rir, [EASY_FROM_RIR, RIR_OF_LEAST], [1.0, LEAST_SHARE])
    worth = np.zeros_like(raw)
    np.add.at(worth, (when[sets.row][counted], pattern[sets.row][counted]), share[counted])
    raw += stimulate(worth)
    missed = (sets.reps < sheet.low[entry[sets.row]])[counted]
    return _WeekDone(plan_day, session, entry, replace(sets, rir=misjudge(rng, sets.rir)), missed)


def _write_log(week: int, done: _WeekDone, setting: Setting, told: list[CompactDay], mass: np.ndarray,
               eaten: np.ndarray) -> dict:
    """The week as `adapt` reads it: every counted set, and the averages."""
    names, span = [one.name for day in told for one in day.exercises], slice(week * WEEK, week * WEEK + WEEK)
    sessions = [{"day": told[day].day, "exercises": []} for day in done.plan_day.tolist()]
    for row, (session, entry) in enumerate(zip(done.session.tolist(), done.entry.tolist(), strict=True)):
        mine = np.flatnonzero((done.sets.row == row) & (done.sets.reps >= 0))
        if len(mine):
            sets = [{"reps": int(done.sets.reps[i]), "weight_kg": float(done.sets.weight[i]), "rir": float(done.sets.rir[i])}
                    for i in mine]
            sessions[session]["exercises"].append({"name": names[entry], "sets": sets})
    return {"week": week + 1, "sessions_planned": len(told), "sessions": sessions,
            "sleep_hours_avg": round(float(setting.body.sleep[span].mean()), 1),
            "calories_avg": int(eaten[span].mean()), "bodyweight_kg": round(float(mass[span].mean()), 1)}
