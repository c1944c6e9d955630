"""Recommendations: what to do when the plan is too hard, too easy or too long, with exercises this person may do.

Knows nothing of how the week was fitted.
"""

from fitsense.contracts.plan import (
    AdaptiveRecommendations,
    IfTimeConstrained,
    IfTooDifficult,
    IfTooEasy,
    ShortenedVersion,
)
from fitsense.knowledge.exercises import Exercise, load_exercises
from fitsense.planning.fitting import Fitted
from fitsense.planning.selection import Selector
from fitsense.planning.splits import is_gentle

MOST_NAMES = 2
ADDITIONS = ("carry", "lunge", "vertical_pull", "calf", "rotator")
CAREFUL_ADDITIONS = ("core", "calf", "rotator", "hip_abduction", "vertical_pull")  # no heavy carries, no lunges
SEATED_ADDITIONS = ("vertical_pull", "biceps", "triceps", "rotator")
REDUCE_PCT, INCREASE_PCT, CAREFUL_INCREASE_PCT = 10, 5, 2


def recommend(selector: Selector, fitted: Fitted, careful: bool) -> AdaptiveRecommendations:
    """The three cases of the contract; every name is one the person may do."""
    chosen = list({pick.exercise.name: pick.exercise for day in fitted.days for pick in day.picks}.values())
    first_day = [pick.exercise.name for pick in fitted.days[0].picks]
    rest = max(30, selector.limits.min_rest)
    return AdaptiveRecommendations(
        if_too_difficult=IfTooDifficult(reduce_weight=REDUCE_PCT, modify_exercises=list_easier(chosen, selector)),
        if_too_easy=IfTooEasy(
            increase_weight=0 if is_gentle(selector) else CAREFUL_INCREASE_PCT if careful else INCREASE_PCT,
            add_exercises=list_additions(chosen, selector, careful),
        ),
        if_time_constrained=IfTimeConstrained(
            shortened_version=ShortenedVersion(
                exercises_to_keep=first_day[:MOST_NAMES], circuit_format=f"2 rounds, {rest} s between exercises"
            )
        ),
    )


def list_easier(chosen: list[Exercise], selector: Selector) -> list[str]:
    """Easier forms of the plan's exercises that the person may do; the plan's own first exercise where none is."""
    easier = [load_exercises()[exercise.easier] for exercise in chosen if exercise.easier]
    names = [exercise.name for exercise in easier if selector.allows(exercise)]
    return list(dict.fromkeys(names))[:MOST_NAMES] or [chosen[0].name]


def list_additions(chosen: list[Exercise], selector: Selector, careful: bool = False) -> list[str]:
    """Exercises to add: from the patterns the week lacks, then core and mobility."""
    used = {exercise.name for exercise in chosen}
    patterns = {exercise.pattern for exercise in chosen}
    lacking = SEATED_ADDITIONS if selector.limits.seated_only else CAREFUL_ADDITIONS if careful else ADDITIONS
    wanted = [*(pattern for pattern in lacking if pattern not in patterns), "core", "mobility", "cardio"]
    if is_gentle(selector):
        wanted = ["easy_cardio", "mobility"]
    pools = [selector.pool(pattern) for pattern in wanted]
    firsts = [next((exercise.name for exercise in pool if exercise.name not in used), None) for pool in pools]
    return list(dict.fromkeys(name for name in firsts if name))[:MOST_NAMES] or [chosen[0].name]
