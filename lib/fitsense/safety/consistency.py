"""Checks that a plan says and does the same for its person: words against limits, its goal, its four weeks, its units.

Words are read by patterns: what they find is wrong, what they miss may still be. Knows nothing of how plans are made.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from fitsense.contracts.plan import ExerciseEntry
from fitsense.knowledge.exercises import Exercise
from fitsense.safety.goals import fit_goals
from fitsense.safety.plan_checks import Case
from fitsense.safety.session_time import work_seconds
from fitsense.safety.violations import Violation, error
from fitsense.safety.wording import normalise_text

MAX_HOLD_S = 240  # two sides of two minutes
MOVEMENT_WORDS: dict[str, re.Pattern] = {flag: re.compile(rf"\b(?:{words})") for flag, words in {
    "deep": r"deep(?:er|ly|est)?\b(?! (?:breath|core))|all the way down|full depth|below parallel|ass to grass|as low as you can",
    "impact": r"jump\w*|hop(?:s|ping)?\b|plyometric\w*|sprint\w*|explosive\w*|burpees?|skipping rope|land(?:ing)? hard",
    "overhead": r"overhead|(?:above|over) your head|behind (?:the|your) neck",
    "spinal_flexion": r"round(?:ing)? (?:your|the) (?:lower )?back|sit-?ups?\b|crunch(?:es)?\b|touch your toes",
    "supine": r"(?:lie|lying|flat) (?:flat )?on (?:your|the) back|supine|face up",
    "prone": r"face[- ]?down|on your (?:front|stomach|belly)",
    "head_down": r"head (?:below|lower than) (?:your|the) (?:heart|hips)|upside down|handstands?|headstands?",
    "breath_hold": r"(?:strain|bear) (?:down|hard)|valsalva|breath hold",
    "fall_risk": r"without (?:any )?support|(?:close your|eyes) (?:eyes|closed)|let go of the",
    "isometric": r"hold (?:it )?(?:for )?as long as you can|max(?:imum|imal)? hold",
}.items()}
_DENIED = re.compile(r"\b(?:no|not|never|nothing|avoid\w*|don't|without|instead of|rather than|leave out|than|less|stop)"
                     r"[^\w.;!?]+(?:[\w'-]+[^\w.;!?]+){0,4}$")
_LEFT_OUT = re.compile(r"[\w'-]*(?: [\w'-]+){0,2} (?:is|are) (?:left out|swapped|replaced|avoided)\b")
_NAMES = re.compile(r"exercises\.\d+\.name$|_exercises\.\d+$|exercises_to_keep\.\d+$|meal_timing")
_GOALS = {"muscle_gain": "muscle gain|building muscle|muscle building|hypertrophy|bulking", "strength_increase": "strength",
          "weight_loss": "weight loss|fat loss|losing weight|slimming|cutting", "endurance_improvement": "endurance",
          "general_fitness": "general fitness", "mobility": "mobility"}
GOAL_WORDS = {goal: re.compile(rf"\b(?:for|towards)\s+(?:{words})(?=\W*$|\s*[,.;]|\s+(?:and|in|with)\b)")
              for goal, words in _GOALS.items()}
_NO_REST = re.compile(r"\b(?:(?:no|without(?: any)?|zero) (?:rest|breaks?|pauses?)|back[- ]to[- ]back|non-?stop)\b")
_REST = r"(?:rest(?:ing|s)?|breaks?|pauses?|between|apart)\b"
_SECONDS = r"(\d+)(?:\s*(?:-|to)\s*\d+)?\s*s(?:ec\w*)?\b"
_REST_SECONDS = re.compile(rf"{_SECONDS}(?: (?:of|to|for|as|a|full|short|easy))* {_REST}|"
                           rf"\b{_REST}:?(?: (?:of|for|only|just|about))* {_SECONDS}")


@lru_cache(maxsize=8192)
def find_contradiction(text: str, flags: frozenset[str]) -> str | None:
    """The movement that a text asks for although it is among those to avoid; None where it asks for none."""
    words = normalise_text(text)
    for flag in sorted(flags & MOVEMENT_WORDS.keys()):
        for match in MOVEMENT_WORDS[flag].finditer(words):
            if not _DENIED.search(words[:match.start()]) and not _LEFT_OUT.match(words, match.end()):
                return flag
    return None


def check_contradictions(case: Case) -> list[Violation]:
    """No line of a plan asks for a movement that its person must avoid: "go deep" for a sore knee."""
    flags, found = case.limits.avoid_flags, []
    for place, text in case.texts if flags else ():
        flag = find_contradiction(text, flags)
        if flag is not None and not _NAMES.search(place):
            found.append(error("limit_movement", place, f"{text!r} asks for what this person must avoid ({flag})"))
    return found


def check_goal(case: Case) -> list[Violation]:
    """Name and overview name no goal but the person's, weight loss not where a deficit would harm."""
    workout = case.plan.workout_plan
    goals = fit_goals(case.profile, case.limits).goals
    return [error("check_goal", f"workout_plan.{key}", f"names {goal.replace('_', ' ')}, not a goal of this person")
            for key in ("name", "overview") for goal, pattern in GOAL_WORDS.items()
            if goal not in goals and pattern.search(normalise_text(getattr(workout, key)))]


def check_deload(case: Case) -> list[Violation]:
    """Load does not rise in all of weeks two, three and four."""
    weeks = case.plan.workout_plan.progression_plan
    if 0 in (weeks.week_2.intensity_increase, weeks.week_3.intensity_increase, weeks.week_4.intensity_increase):
        return []
    return [error("check_deload", "workout_plan.progression_plan.week_4", "load rises every week; one must be easier")]


def check_units(case: Case) -> list[Violation]:
    """Strength work is counted in repetitions or short holds, steady work in minutes."""
    return [error("check_reps", place, f"{session.day}: {entry.name} {wrong}")
            for place, session, entry, exercise in case.entries
            if exercise is not None and (wrong := _name_wrong_unit(entry, exercise))]


def _name_wrong_unit(entry: ExerciseEntry, exercise: Exercise) -> str | None:
    if entry.duration is not None:
        return f"for {entry.duration} minutes on end" if exercise.kind == "strength" else None
    if exercise.dose == "minutes" and not re.search(r"\d\s*(?:s|min)", entry.reps or ""):
        return f"for {entry.reps} repetitions; it is done in minutes"
    is_held = re.search(r"\d\s*(?:s|min)", entry.reps or "") is not None and exercise.dose != "minutes"
    return f"held for {entry.reps}" if is_held and work_seconds(entry.reps or "") > MAX_HOLD_S else None


def check_circuit(case: Case) -> list[Violation]:
    """The short version rests as long as the person needs."""
    said = case.plan.adaptive_recommendations.if_time_constrained.shortened_version.circuit_format
    words, least = normalise_text(said), case.limits.min_rest
    if not _NO_REST.search(words) and all(int(found[1] or found[2]) >= least for found in _REST_SECONDS.finditer(words)):
        return []
    place = "adaptive_recommendations.if_time_constrained.shortened_version.circuit_format"
    return [error("check_min_rest", place, f"{said!r}; at least {least} s of rest")]


CONSISTENCY_CHECKS: tuple[Callable[[Case], list[Violation]], ...] = (
    check_contradictions, check_goal, check_deload, check_units, check_circuit)
