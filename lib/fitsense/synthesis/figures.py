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
from fitsense.contracts.requests import PROMPT_TYPES
from fitsense.plots import INK, MUTED, PALETTE, new_figure
from fitsense.synthesis.rows import sleep_target
from fitsense.synthesis.world import World

AGE_STEP = 5
TRIAGE_COLOURS = {"proceed": PALETTE[2], "modify": PALETTE[5], "stop_and_refer": PALETTE[4], "emergency": PALETTE[1]}
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
    """One person's days: weight, food, sleep, and training (volume a week, best set of the main lift)."""
    life = world.lives[user_id]
    figure, axes = new_figure(2, 2, width=11, height=6)
    _draw_log(axes[0], life.weight, life.n_days, PALETTE[0], "Body mass, kg")
    _draw_log(axes[1], life.calories, life.n_days, PALETTE[4], "Calories eaten, kcal/day",
              world.plans[user_id].nutrition_suggestions.calorie_target)
    person = world.people[user_id - 1]
    _draw_log(axes[2], life.sleep, life.n_days, PALETTE[3], "Sleep, hours", sleep_target(person))
    _draw_training(axes[3], world, user_id)
    info = person.profile.personal_info
    figure.suptitle(f"User {user_id}: {info.age}, {info.gender}, {info.fitness_level}, "
                    f"{person.profile.goals[0].replace('_', ' ')}", x=0.01, ha="left", color=INK)
    return figure


def explore_life(world: World, user_id: int) -> Figure:
    """`draw_life` for a widget: taken out of pyplot's list, so that it is shown once."""
    figure = draw_life(world, user_id)
    plt.close(figure)
    return figure


def _draw_log(ax: Axes, log: dict, n_days: int, colour: str, title: str, target: float | None = None) -> None:
    ax.set(title=title, xlim=(-1, n_days), xlabel="day")
    if not log:
        ax.set_yticks([])
        ax.text(0.5, 0.5, "not written down", transform=ax.transAxes, ha="center", color=MUTED)
        return
    series = pd.Series(log).reindex(range(n_days))
    ax.plot(series.index, series, "o", color=colour, markersize=3, alpha=0.45)
    ax.plot(series.index, series.rolling(14, min_periods=2, center=True).mean(), color=colour, linewidth=2)
    if target:
        ax.axhline(target, color=MUTED, linestyle="--", linewidth=1)
        ax.annotate("target", (n_days, target), ha="right", va="bottom", color=MUTED, fontsize=8)


def _draw_training(ax: Axes, world: World, user_id: int) -> None:
    """Sets a week as bars; estimated one-repetition maximum (Epley) of the most-trained lift as a line."""
    life, lifts = world.lives[user_id], lift_history(world, user_id)
    sets = Counter()
    for session in life.sessions:
        sets[session.week] += sum(len(done) for done in session.sets)
    ax.bar([week * 7 + 3 for week in sets], list(sets.values()), width=5.5, color=PALETTE[5], alpha=0.6)
    ax.set(title="Sets a week", xlim=(-1, life.n_days), xlabel="day")
    if len(lifts):
        name = lifts.name.mode().iloc[0]
        one = lifts[lifts.name == name]
        twin = ax.twinx()
        twin.plot(one.day, one.e1rm, "o-", color=PALETTE[1], markersize=3)
        twin.grid(visible=False)
        twin.set_ylabel("kg, one repetition", color=PALETTE[1])
        ax.set_title(f"Sets a week, and best {name}")


def lift_history(world: World, user_id: int) -> pd.DataFrame:
    """Best estimated one-repetition maximum (kg, Epley, reps + reserve) of each lift and day."""
    week, rows = world.plans[user_id].workout_plan.weekly_schedule, []
    for session in world.lives[user_id].sessions:
        for entry, done in zip(week[session.plan_day].exercises, session.sets, strict=True):
            best = [one.weight_kg * (1 + (one.reps + one.rir) / 30) for one in done if one.weight_kg > 0]
            rows += [(session.day, entry.name, max(best))] if best else []
    return pd.DataFrame(rows, columns=["day", "name", "e1rm"])


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
