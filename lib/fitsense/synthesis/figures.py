"""Figures of the simulated world: who the people are, what one of them lived through, what they all asked.

Each takes data and returns a matplotlib Figure; saves nothing.
"""

from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.contracts.profile import bmi
from fitsense.contracts.requests import PROMPT_TYPES
from fitsense.knowledge.exercises import load_exercises
from fitsense.plots import INK, MUTED, PALETTE, new_figure
from fitsense.synthesis.diary import DayLog
from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.health import Body, list_prevalences
from fitsense.synthesis.life import Life
from fitsense.synthesis.lifting import list_patterns
from fitsense.synthesis.world import World

AGE_STEP = 5
TRIAGE_COLOURS = {"proceed": PALETTE[2], "modify": PALETTE[5], "stop_and_refer": PALETTE[4], "emergency": PALETTE[1]}
EVENT_COLOURS = {"illness": PALETTE[1], "travel": PALETTE[0], "stress": PALETTE[4], "niggle": PALETTE[3]}
TYPE_NAMES = {name: name.replace("_", " ") for name in PROMPT_TYPES}


def draw_population(world: World) -> Figure:
    """Ages by sex as a pyramid, and body mass index by level."""
    profiles = world.tables["user_profiles"]
    figure, (left, right) = new_figure(2, width=11, height=4.2)
    edges = np.arange(10, 91, AGE_STEP)
    for sign, gender, colour in ((-1, "female", PALETTE[3]), (1, "male", PALETTE[0])):
        counts, _ = np.histogram(profiles.loc[profiles.gender == gender, "age"], edges)
        left.barh(edges[:-1], sign * counts, height=AGE_STEP * 0.85, align="edge", color=colour, label=gender)
    left.axvline(0, color=INK, linewidth=0.8)
    left.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    left.set(title="Ages by sex", xlabel="people", ylabel="age, years")
    left.legend(loc="upper right")
    bmi = profiles.assign(bmi=profiles.weight_kg / (profiles.height_cm / 100) ** 2)
    sns.boxplot(bmi, x="fitness_level", y="bmi", hue="fitness_level", order=["beginner", "intermediate", "advanced"],
                ax=right, width=0.5, fliersize=2, legend=False)
    right.set(title="Body mass index by level", xlabel="", ylabel="kg/m²")
    return figure


def draw_health(world: World) -> Figure:
    """How many people have which injury or condition."""
    named = world.tables["user_conditions"].merge(world.tables["conditions"], on="condition_id")
    figure, axes = new_figure(2, width=11, height=5)
    for ax, kind, colour in zip(axes, ("injury", "medical"), (PALETTE[4], PALETTE[0]), strict=True):
        counts = named[named.kind == kind].name.str.removesuffix(" injury").value_counts()
        counts = counts.sort_index().sort_values(ascending=True, kind="stable")
        ax.barh(counts.index.str.replace("_", " "), counts, color=colour, height=0.7)
        ax.bar_label(ax.containers[0], padding=3, color=MUTED)
        people = named[named.kind == kind].user_id.nunique()
        ax.set(title=f"{'Injuries' if kind == 'injury' else 'Conditions'}: {people} of {len(world.people)} people",
               xlabel="people")
        ax.grid(axis="y", visible=False)
    return figure


def draw_wishes(world: World) -> Figure:
    """First goal against equipment, and days against minutes."""
    profiles = [person.profile for person in world.people]
    rows = pd.DataFrame({"goal": [one.goals[0].replace("_", " ") for one in profiles],
                         "equipment": [one.preferences.equipment_access.replace("_", " ") for one in profiles],
                         "days": [one.preferences.days_per_week for one in profiles],
                         "minutes": [one.preferences.workout_duration for one in profiles]})
    figure, (left, right) = new_figure(2, width=11, height=4)
    sns.heatmap(pd.crosstab(rows.goal, rows.equipment), annot=True, fmt="d", cmap="Blues", cbar=False, ax=left)
    left.set(title="First goal and equipment (people)", xlabel="", ylabel="")
    sns.heatmap(pd.crosstab(rows.days, rows.minutes), annot=True, fmt="d", cmap="Greens", cbar=False, ax=right)
    right.set(title="Days a week and minutes a session (people)", xlabel="minutes", ylabel="days")
    right.tick_params(axis="y", rotation=0)
    return figure


def draw_life(world: World, user_id: int) -> Figure:
    """One person's days on one axis of time: strength, weight, sleep, sessions, and the events that got in the way."""
    life, person = world.lives[user_id], world.people[user_id - 1]
    figure, axes = plt.subplots(4, 1, figsize=(11, 8.5), sharex=True, height_ratios=(3, 2, 2, 1))
    _draw_strength(axes[0], world, user_id)
    _draw_log(axes[1], life.weight, life.n_days, PALETTE[0], "Body mass, kg: as weighed, and as it was", life.body.mass)
    _draw_log(axes[2], life.sleep, life.n_days, PALETTE[3], "Sleep, hours: as written down, and as it was", life.body.sleep)
    _draw_sessions(axes[3], life)
    for ax in axes:
        _shade_events(ax, life)
    axes[3].set(xlabel="day", xlim=(-1, life.n_days))
    info = person.profile.personal_info
    figure.suptitle(f"User {user_id}: {info.age}, {info.gender}, {info.fitness_level}, "
                    f"{person.profile.goals[0].replace('_', ' ')}", x=0.01, ha="left", color=INK)
    return figure


def explore_life(world: World, user_id: int) -> Figure:
    """`draw_life` for a widget: taken out of pyplot's list, so that it is shown once."""
    figure = draw_life(world, user_id)
    plt.close(figure)
    return figure


def _draw_log(ax: Axes, log: DayLog, n_days: int, colour: str, title: str, truth: np.ndarray) -> None:
    ax.plot(log.days, log.values, "o", color=colour, markersize=3, alpha=0.5)
    smooth = pd.Series(truth).rolling(7, min_periods=1, center=True).mean()
    ax.plot(range(n_days), smooth, color=colour, linewidth=2)
    ax.set(title=title if len(log) else f"{title} (nothing written down)")


def _draw_strength(ax: Axes, world: World, user_id: int) -> None:
    """Best estimated maximum of the two most-trained lifts (Epley), over the hidden strength that made them."""
    lifts, life = lift_history(world, user_id), world.lives[user_id]
    for name, colour in zip(lifts.name.value_counts(sort=True).index[:2], (PALETTE[1], PALETTE[4]), strict=False):
        one = lifts[lifts.name == name]
        hidden = life.fitness[:, find_pattern(name)]
        ax.plot(one.day, one.e1rm, "o-", color=colour, markersize=3, linewidth=0.8, alpha=0.6, label=f"{name}, logged")
        ax.plot(range(life.n_days), hidden * (one.e1rm / hidden[one.day]).median(), color=colour, linewidth=2,
                label=f"{name}, as it was")
    ax.set(title="Strength: estimated one repetition, kg" + ("" if len(lifts) else " (no counted loads)"))
    if len(lifts):
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def _draw_sessions(ax: Axes, life: Life) -> None:
    ax.bar(life.training.day, life.training.effort, width=0.9, color=PALETTE[5])
    ax.set(title=f"Effort of the sessions written down: {len(life.training.day)}; {life.went} done of {life.planned} planned",
           ylim=(0, 10))


def _shade_events(ax: Axes, life: Life) -> None:
    for event in life.events:
        ax.axvspan(event.day - 0.5, min(event.day + event.n_days, life.n_days) - 0.5, color=EVENT_COLOURS[event.name], alpha=0.15)
        if ax.get_subplotspec().is_first_row():
            ax.annotate(event.name, (event.day, 0.02), xycoords=("data", "axes fraction"), fontsize=8, color=MUTED)


def draw_sources(world: World) -> Figure:
    """The population beside its sources: how many have what, as simulated and as `people.yaml` expects of these very people."""
    rows = [row["name"] for row in read_yaml("people.yaml")["conditions"]]
    bodies = [Body(one.age, one.gender, bmi(person.profile)) for person in world.people
              for one in (person.profile.personal_info,)]
    expected = 100 * np.mean([list_prevalences(body) for body in bodies], axis=0)
    got = [100 * np.mean([person.health.has(name) for person in world.people]) for name in rows]
    figure, (left, right) = new_figure(2, width=11, height=5.5)
    left.barh(np.arange(len(rows)) - 0.2, expected, height=0.4, color=PALETTE[0], label="by the sources")
    left.barh(np.arange(len(rows)) + 0.2, got, height=0.4, color=PALETTE[4], label="simulated")
    left.set_yticks(range(len(rows)), rows)
    left.invert_yaxis()
    left.set(title="Conditions told to a coach", xlabel="% of people; rare cases are added on request")
    left.legend(loc="lower right")
    _draw_age_shares(right, world)
    return figure


def _draw_age_shares(ax: Axes, world: World) -> None:
    bands = read_yaml("people.yaml")["age_bands"]
    ages = np.array([person.profile.personal_info.age for person in world.people])
    names = [f"{low}-{high}" for low, high, _ in bands]
    ax.bar(np.arange(len(bands)) - 0.2, [band[2] for band in bands], width=0.4, color=PALETTE[0], label="table")
    ax.bar(np.arange(len(bands)) + 0.2, [100 * np.mean((ages >= low) & (ages <= high)) for low, high, _ in bands], width=0.4,
           color=PALETTE[4], label="simulated")
    ax.set_xticks(range(len(bands)), names)
    ax.set(title="Ages", ylabel="% of people", xlabel="years")
    ax.legend()


def lift_history(world: World, user_id: int) -> pd.DataFrame:
    """Best estimated one-repetition maximum (kg, Epley, reps + reserve) of each lift and day, as written down."""
    done = world.lives[user_id].training
    names = np.array([entry.name for day in world.plans[user_id].workout_plan.weekly_schedule for entry in day.exercises])
    row = done.sets.row
    sets = pd.DataFrame({"day": done.day[done.session[row]], "name": names[done.entry[row]],
                         "e1rm": done.sets.weight * (1 + (done.sets.reps + done.sets.rir) / 30)})
    return sets[done.sets.weight > 0].groupby(["day", "name"], as_index=False).e1rm.max()


def find_pattern(name: str) -> int:
    """The column of `Life.fitness` of an exercise's movement pattern."""
    return list_patterns().index(load_exercises()[name].pattern)


def draw_questions(world: World) -> Figure:
    """Questions by type, expected triage classes, and scenarios of change requests."""
    figure, axes = new_figure(3, width=12, height=3.8)
    types = Counter(TYPE_NAMES[query["prompt_type"]] for query in world.queries)
    triage = Counter(query["expected_safety_constraints"]["triage"] for query in world.queries
                     if query["prompt_type"] == "safety_adjustment")
    asked = Counter(query["scenario_id"].partition("-")[2].replace("-", " ") for query in world.queries
                    if query["prompt_type"] == "plan_modification")
    _draw_bars(axes[0], {name: types[name] for name in TYPE_NAMES.values()}, "Questions by type", PALETTE[0])
    _draw_bars(axes[1], {name.replace("_", " "): triage[name] for name in TRIAGE_ORDER}, "Expected triage class",
               [TRIAGE_COLOURS[name] for name in TRIAGE_ORDER])
    most_asked = sorted(asked.items(), key=lambda pair: (-pair[1], pair[0]))
    _draw_bars(axes[2], dict(most_asked), "Changes asked for", PALETTE[2])
    return figure


def _draw_bars(ax: Axes, counts: dict[str, int], title: str, colour) -> None:
    ax.barh(list(counts), list(counts.values()), color=colour, height=0.65)
    ax.bar_label(ax.containers[0], padding=3, color=MUTED)
    ax.invert_yaxis()
    ax.set(title=title)
    ax.grid(axis="y", visible=False)
