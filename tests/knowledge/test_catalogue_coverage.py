"""The catalogue has something for everybody, says nothing twice, and its easier forms are easier on the joints.

Coverage is asked of the planner's pools, not of the catalogue alone: an exercise in no pool helps nobody.
"""

from dataclasses import replace

import pytest

from fitsense.contracts.profile import BODY_PARTS
from fitsense.contracts.requests import Person
from fitsense.knowledge.exercises import Exercise, load_exercises
from fitsense.planning.facts import MOST_LENGTH
from fitsense.planning.tables import load_tables
from fitsense.safety.screening import ACCESS_ORDER, Limits, is_allowed, screen_person

CATALOGUE = load_exercises()
PATTERNS = sorted({exercise.pattern for exercise in CATALOGUE.values()})
# Patterns closed to an injured part on purpose, or out of reach of some people: why nothing is offered.
CLOSED_TO_INJURED = {
    ("vertical_push", "shoulder"): "every form goes overhead; rotation, low raises and neutral presses come instead"
}
CLOSED_TO_OTHERS = {
    ("lunge", "wheelchair"): "needs standing on the legs",
    ("carry", "wheelchair"): "needs walking or marching on the legs",
    ("vertical_push", "epilepsy"): "nothing overhead while seizures are not known to be controlled",
}
# Age and conditions, in their own words, of people for whom the catalogue must not be thin.
PEOPLE = {
    "pregnancy": (32, ["pregnant, 24 weeks"]),
    "osteoporosis": (67, ["osteoporosis"]),
    "spine fracture": (70, ["vertebral fracture"]),
    "hypertension": (55, ["high blood pressure, not controlled"]),
    "heart": (60, ["heart disease"]),
    "glaucoma": (60, ["glaucoma"]),
    "balance": (60, ["parkinson's"]),
    "hernia": (45, ["hernia"]),
    "epilepsy": (30, ["epilepsy, not controlled"]),
    "very old": (80, []),
    "wheelchair": (40, ["wheelchair user"]),
}
# Last words of a name that people say about other things: requests are read by the last word of a name as well.
EVERYDAY = {*BODY_PARTS, "back", "arm", "leg", "foot", "head", "out", "down", "in", "off", "on", "over", "day", "set"}


def limits_for(name: str) -> Limits:
    """The limits of one of PEOPLE, uninjured, with an hour to train, once more than gentle movement is cleared."""
    age, conditions = PEOPLE[name]
    limits = screen_person(Person(
        age=age, gender="female", fitness_level="beginner", goal="general_fitness", equipment_access="full_gym", injuries=[],
        conditions=conditions, days_per_week=3, workout_duration=60))
    return replace(limits, max_intensity="moderate") if limits.max_intensity == "low" else limits


def limits_of_injury(part: str) -> Limits:
    """The limits of a healthy young beginner with one injured part."""
    return screen_person(Person(
        age=32, gender="male", fitness_level="beginner", goal="general_fitness", equipment_access="full_gym", injuries=[part],
        conditions=[], days_per_week=3, workout_duration=60))


def list_allowed(pattern: str, limits: Limits, access: str) -> list[str]:
    """What a beginner may do of a pattern, in the planner's order."""
    pool = map(CATALOGUE.get, load_tables()["pools"][pattern])
    return [exercise.name for exercise in pool if is_allowed(exercise, limits, access, "beginner") is None]


def count_allowed(limits: Limits, access: str) -> int:
    return sum(is_allowed(exercise, limits, access, "beginner") is None for exercise in CATALOGUE.values())


@pytest.mark.parametrize("part", BODY_PARTS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_injured_beginner_finds_every_pattern_that_is_not_closed(pattern, part):
    for access in ACCESS_ORDER:
        found = list_allowed(pattern, limits_of_injury(part), access)
        assert bool(found) != ((pattern, part) in CLOSED_TO_INJURED), (pattern, part, access, found)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_people_with_conditions_find_every_pattern_that_is_not_closed(pattern, name):
    for access in ACCESS_ORDER:
        found = list_allowed(pattern, limits_for(name), access)
        assert bool(found) != ((pattern, name) in CLOSED_TO_OTHERS), (pattern, name, access, found)


@pytest.mark.parametrize("part", BODY_PARTS)
def test_a_hurting_joint_has_choice_a_gentle_hold_and_gentle_movement(part):
    limits = limits_of_injury(part)
    allowed = [exercise for exercise in CATALOGUE.values() if is_allowed(exercise, limits, "no_equipment", "beginner") is None]
    used = [exercise for exercise in allowed if exercise.joint_load[part] == 1]
    assert len({exercise.pattern for exercise in allowed}) >= len(PATTERNS) - 1
    assert any("isometric" in exercise.flags for exercise in used), part
    assert sum(exercise.kind == "mobility" for exercise in used) >= 2, part


def test_every_pattern_offers_the_injured_more_than_one_way():
    for pattern in PATTERNS:
        for part in BODY_PARTS:
            if (pattern, part) not in CLOSED_TO_INJURED:
                found = list_allowed(pattern, limits_of_injury(part), "no_equipment")
                assert len(found) >= 2, (pattern, part, found)


def test_the_catalogue_is_large_enough_in_every_kind():
    kinds = [exercise.kind for exercise in CATALOGUE.values()]
    assert len(CATALOGUE) >= 215
    assert kinds.count("balance") >= 10 and kinds.count("mobility") >= 20 and kinds.count("cardio") >= 18
    assert sum(exercise.seated for exercise in CATALOGUE.values()) >= 25


def test_few_means_are_enough_for_pregnancy_and_wheelchair():
    assert count_allowed(limits_for("pregnancy"), "no_equipment") >= 40
    assert count_allowed(limits_for("wheelchair"), "no_equipment") >= 25


def test_pregnancy_shows_nothing_flat_nothing_jarring_and_no_falls():
    limits = limits_for("pregnancy")
    for exercise in CATALOGUE.values():
        if is_allowed(exercise, limits, "full_gym", "advanced") is None:
            assert not {"supine", "prone", "impact", "fall_risk", "breath_hold", "head_down"} & set(exercise.flags)


def test_wheelchair_users_have_a_choice_of_every_upper_body_pattern_with_any_joint_hurting():
    seated = limits_for("wheelchair")
    for pattern in ("horizontal_push", "horizontal_pull", "vertical_pull", "biceps", "triceps", "rotator", "cardio"):
        for part in ("shoulder", "elbow", "wrist", "neck"):
            hurting = limits_of_injury(part)
            both = Limits(seated_only=True, max_joint_load=hurting.max_joint_load,
                          avoid_flags=hurting.avoid_flags | seated.avoid_flags)
            assert len(list_allowed(pattern, both, "no_equipment")) >= 2, (pattern, part)


def follow_easier(exercise: Exercise) -> list[Exercise]:
    """An exercise and its ever easier forms, hardest first."""
    chain = [exercise]
    while chain[-1].easier:
        chain.append(CATALOGUE[chain[-1].easier])
    return chain


def test_an_easier_form_loads_no_working_joint_more_and_adds_no_risk():
    for exercise in CATALOGUE.values():
        for harder, easier in zip(follow_easier(exercise), follow_easier(exercise)[1:], strict=False):
            for part, load in easier.joint_load.items():
                assert load < 2 or load <= harder.joint_load[part], (harder.name, easier.name, part)
            added = set(easier.flags) - set(harder.flags) - {"isometric"}  # a gentle hold may be the easier form
            assert not added, (harder.name, easier.name, added)


def test_harder_forms_lead_to_other_exercises_and_easier_and_harder_do_not_contradict():
    for exercise in CATALOGUE.values():
        assert exercise.name not in (exercise.easier, exercise.harder)
        assert exercise.easier is None or exercise.easier != exercise.harder, exercise.name
        if exercise.harder:
            assert CATALOGUE[exercise.harder] not in follow_easier(exercise), exercise.name


def test_balance_is_graded_from_a_chair_to_one_leg():
    drills = [exercise for exercise in CATALOGUE.values() if exercise.kind == "balance"]
    assert all(follow_easier(drill)[-1].seated for drill in drills)
    assert all("fall_risk" not in drill.flags for drill in drills if drill.name.startswith(("Supported", "Seated")))
    assert all("fall_risk" in drill.flags for drill in drills if not drill.name.startswith(("Supported", "Seated")))


def test_unsupported_lunges_and_anchored_pulls_are_a_fall_risk():
    for exercise in CATALOGUE.values():
        held = any(word in " ".join(exercise.cues) for word in ("Hold", "wall"))
        if exercise.pattern == "lunge" and not held:
            assert "fall_risk" in exercise.flags, exercise.name
        if "before leaning" in " ".join(exercise.cues):
            assert "fall_risk" in exercise.flags, exercise.name


def test_holds_are_flagged_and_have_no_mechanic():
    for exercise in CATALOGUE.values():
        hold = exercise.kind == "strength" and exercise.dose == "seconds" and exercise.pattern != "carry"
        if exercise.kind == "strength":
            assert hold == ("isometric" in exercise.flags), exercise.name
        if hold or exercise.kind != "strength":
            assert exercise.mechanic == "none", exercise.name


def test_mechanic_agrees_with_pattern_and_joints():
    for exercise in CATALOGUE.values():
        if exercise.pattern in ("lunge", "carry"):
            assert exercise.mechanic == "compound", exercise.name
        if exercise.pattern in ("biceps", "lateral_raise", "calf", "hip_abduction"):
            assert exercise.mechanic != "compound", exercise.name
        if exercise.mechanic == "compound":
            assert sum(load > 0 for load in exercise.joint_load.values()) >= 2, exercise.name


def test_no_two_rows_share_their_cues():
    said: dict[tuple[str, ...], str] = {}
    for exercise in CATALOGUE.values():
        cues = tuple(sorted(exercise.cues))
        assert cues not in said, (exercise.name, said.get(cues))
        said[cues] = exercise.name


def test_words_are_short_and_told_in_full():
    for exercise in CATALOGUE.values():
        assert all(len(line.split()) <= 8 for line in [*exercise.cues, exercise.mistake]), exercise.name
        assert len(set(exercise.cues)) == len(exercise.cues) and exercise.mistake not in exercise.cues
        told = f"{exercise.name}: {'; '.join(exercise.cues)}. Common mistake: {exercise.mistake}."
        assert len(told) <= MOST_LENGTH, exercise.name


def test_names_are_short_titles_that_no_request_means_by_chance():
    for name in CATALOGUE:
        words = name.replace("-", " ").split()
        assert len(name) <= 40 and all(word[0].isupper() or word in ("to", "and") or word[0].isdigit() for word in words), name
        assert words[-1].lower() not in EVERYDAY, name


def test_every_exercise_of_a_pool_has_its_pattern():
    for pattern, names in load_tables()["pools"].items():
        assert len(names) == len(set(names)), pattern
        assert {CATALOGUE[name].pattern for name in names} == {pattern.removeprefix("easy_")}
