"""Figures of one exchange: what the week trains, and how much of it the student wrote itself.

Data in, matplotlib Figure out; saves nothing.
"""

from collections import Counter

from matplotlib.figure import Figure

from fitsense.app.tables import describe_exercises
from fitsense.contracts.plan import Plan, iter_entries
from fitsense.knowledge.exercises import find_exercise
from fitsense.plots import GRID, MUTED, PALETTE, new_figure


def draw_exchange(plan: Plan, guard: dict) -> Figure:
    """Draw the sets a muscle gets in the week, beside the guard's account of the answer."""
    figure, (left, right) = new_figure(2, width=10, height=4.2)
    sets = count_direct_sets(plan)
    left.barh(list(sets)[::-1], list(sets.values())[::-1], color=PALETTE[0])
    left.set(title="Direct sets a week by muscle", xlabel="sets")
    left.grid(axis="y", visible=False)
    kept = guard["kept"]
    right.barh(["answer"], [kept], color=PALETTE[2], label="as the answering coach wrote it")
    right.barh(["answer"], [1 - kept], left=[kept], color=GRID, label="put right by the guard")
    right.set(
        title=f"The guard's verdict: {guard['verdict']}",
        xlim=(0, 1),
        xlabel="share of the answer's fields",
        ylim=(-1, 1),
    )
    right.set_yticks([])
    right.grid(visible=False)
    right.text(0.02, 0, f"{kept:.0%}", va="center", weight="bold", size=16)
    right.legend(loc="upper left")
    right.text(
        0,
        -0.75,
        f"exercises kept: {describe_exercises(guard)}; violations in the raw answer: "
        f"{len(guard['violations'])}; repairs: {len(guard['repairs'])}",
        color=MUTED,
    )
    return figure


def count_direct_sets(plan: Plan) -> dict[str, int]:
    """Strength sets a week for each muscle trained directly, most first, then by name."""
    counted: Counter = Counter()
    for _, entry in iter_entries(plan):
        exercise = find_exercise(entry.name)
        for muscle in exercise.primary if exercise and exercise.kind == "strength" else []:
            counted[muscle] += entry.sets
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
