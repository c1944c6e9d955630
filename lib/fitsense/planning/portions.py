"""Portions: grams of chosen foods so that a day meets its energy and protein, each near its usual portion.

Least squares with bounds, one food at a time, then whole steps; the weights are heuristic. Knows nothing of people.
"""

from dataclasses import dataclass

from fitsense.knowledge.foods import Food

ENERGY_WEIGHT, PROTEIN_WEIGHT, SHARE_WEIGHT, PORTION_WEIGHT = 100.0, 60.0, 2.0, 0.15
LEAST_PORTION, MOST_PORTION, MOST_GRAMS = 0.5, 1.6, 400
USUAL_KCAL, SMALLEST, LARGEST = 2200, 0.75, 1.5  # portions grow with the target, within these bounds
SWEEPS, STEPS = 40, 30
SMALL_PORTION = 40


@dataclass(frozen=True)
class Target:
    """A day's kcal and grams of protein, and of carbs and fat where the diet leaves them open (else None)."""

    kcal: float
    protein: float
    carbs: float | None = None
    fat: float | None = None

    def list_goals(self) -> list[tuple[str, float, float]]:
        """(field of a food, goal, weight of a relative miss)."""
        goals = [("kcal", self.kcal, ENERGY_WEIGHT), ("protein", self.protein, PROTEIN_WEIGHT)]
        return goals + [(name, goal, SHARE_WEIGHT) for name, goal in (("carbs", self.carbs), ("fat", self.fat)) if goal]


def add_up(foods: list[Food], grams: list[float], name: str) -> float:
    """Sum of kcal, protein, carbs or fat."""
    return sum(getattr(food, name) * weight / 100 for food, weight in zip(foods, grams, strict=True))


def fit_portions(foods: list[Food], target: Target) -> list[int]:
    """Grams for every food, whole steps of 1 or 5 g."""
    scale = min(max(target.kcal / USUAL_KCAL, SMALLEST), LARGEST)
    usual = [food.portion * scale for food in foods]
    bounds = [(LEAST_PORTION * food.portion, max(food.portion, min(MOST_PORTION * food.portion * scale, MOST_GRAMS)))
              for food in foods]
    return _round_steps(foods, _fit_grams(foods, usual, bounds, target), bounds, target)


def _fit_grams(foods: list[Food], usual: list[float], bounds: list[tuple[float, float]], target: Target) -> list[float]:
    """Take foods in turn, each to the grams that miss least while the others stay."""
    goals, grams = target.list_goals(), list(usual)
    rows = [[getattr(food, name) / 100 for name, _, _ in goals] for food in foods]
    sums = [add_up(foods, grams, name) for name, _, _ in goals]
    for _ in range(SWEEPS):
        for at, row in enumerate(rows):
            above, below = PORTION_WEIGHT / usual[at], PORTION_WEIGHT / usual[at] ** 2
            for each, total, (_, goal, weight) in zip(row, sums, goals, strict=True):
                above += weight * each * (goal - total + each * grams[at]) / goal**2
                below += weight * each**2 / goal**2
            best = min(max(above / below, bounds[at][0]), bounds[at][1])
            sums = [total + each * (best - grams[at]) for each, total in zip(row, sums, strict=True)]
            grams[at] = best
    return grams


def _round_steps(foods: list[Food], grams: list[float], bounds: list[tuple], target: Target) -> list[int]:
    """Round to whole steps, then take single steps while they lessen the miss of energy and protein."""
    step = [1 if food.portion < SMALL_PORTION else 5 for food in foods]
    whole = [max(one, round(weight / one) * one) for weight, one in zip(grams, step, strict=True)]
    for _ in range(STEPS):
        now = _miss(foods, whole, target)
        tries = [(_miss(foods, _moved(whole, at, by * step[at]), target), at, by) for at in range(len(foods)) for by in (-1, 1)
                 if bounds[at][0] <= whole[at] + by * step[at] <= bounds[at][1]]
        best = min(tries, default=(now, 0, 0))
        if best[0] >= now - 1e-9:
            break
        whole = _moved(whole, best[1], best[2] * step[best[1]])
    return whole


def _moved(grams: list[int], at: int, by: int) -> list[int]:
    return [*grams[:at], grams[at] + by, *grams[at + 1:]]


def _miss(foods: list[Food], grams: list[int], target: Target) -> float:
    return sum(weight * (add_up(foods, grams, name) / goal - 1) ** 2 for name, goal, weight in target.list_goals()[:2])
