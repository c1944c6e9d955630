"""The guard on plans: each kind of damage is mended, named, and the result verifies."""

import copy
import json

import pytest
from coach_people import make_profile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitsense.coach.conversation import plan_request
from fitsense.coach.guard import guard_answer
from fitsense.coach.kept import count_exercises, share_kept, share_words
from fitsense.contracts.strictness import dump_compact
from fitsense.knowledge.exercises import load_exercises
from fitsense.planning.respond import respond
from fitsense.safety.screening import is_allowed, screen
from fitsense.safety.verifier import verify_answer


@pytest.fixture
def value(plan) -> dict:
    return json.loads(dump_compact(plan))


def first_day(value: dict) -> dict:
    return value["workout_plan"]["weekly_schedule"][0]


def guard(ask_plan, value, finish_reason="stop"):
    text = value if isinstance(value, str) else dump_compact(value)
    guarded = guard_answer(ask_plan, text, finish_reason)
    assert verify_answer(ask_plan, guarded.text) == []
    return guarded, json.loads(guarded.text)


def test_a_plan_that_verifies_goes_out_untouched(ask_plan, value):
    guarded, _ = guard(ask_plan, value)
    assert (guarded.verdict, guarded.text, guarded.repairs) == ("accepted", dump_compact(value), [])


@pytest.mark.parametrize("damage", ["one exercise a day", "the same day again", "a day missing"])
def test_a_safe_week_that_is_no_training_is_filled(ask_plan, value, plan, damage):
    week = value["workout_plan"]["weekly_schedule"]
    if damage == "one exercise a day":
        for day in week:
            day["exercises"] = day["exercises"][:1]
    elif damage == "the same day again":
        week[1]["exercises"] = week[0]["exercises"]
    else:
        week.pop()
    guarded, mended = guard(ask_plan, value)
    assert guarded.verdict in {"repaired", "replaced"}
    sizes = [len(day["exercises"]) for day in mended["workout_plan"]["weekly_schedule"]]
    planned = [len(day.exercises) for day in plan.workout_plan.weekly_schedule]
    assert len(sizes) == len(planned) and all(2 * size >= full for size, full in zip(sizes, planned, strict=True))
    assert first_day(mended)["exercises"] != mended["workout_plan"]["weekly_schedule"][1]["exercises"]


def test_safety_lines_are_the_rules_own(ask_plan, value, plan):
    value["workout_plan"]["adaptations"] = {"difficulty_adjustment": "lower-back", "referral": None,
                                            "neck_friendly": "home_gym"}
    value["workout_plan"]["overview"] = "Strength-Resistance Workout"
    value["nutrition_suggestions"]["calorie_target"] = 1000
    _, mended = guard(ask_plan, value)
    assert mended["workout_plan"]["adaptations"] == plan.workout_plan.adaptations.model_dump()
    assert mended["workout_plan"]["overview"] == plan.workout_plan.overview


def test_students_own_words_are_kept(ask_plan, value):
    value["workout_plan"]["name"] = "Steady strength for Ana"
    value["nutrition_suggestions"]["calorie_target"] = 5900
    guarded, mended = guard(ask_plan, value)
    assert guarded.verdict == "repaired" and mended["workout_plan"]["name"] == "Steady strength for Ana"


def test_calories_are_the_computed_ones(ask_plan, value, plan):
    value["nutrition_suggestions"]["calorie_target"] = 1000
    guarded, mended = guard(ask_plan, value)
    assert guarded.verdict == "repaired" and guarded.violations
    assert mended["nutrition_suggestions"]["calorie_target"] == plan.nutrition_suggestions.calorie_target
    assert any("calorie target" in repair for repair in guarded.repairs)


def test_a_truncated_plan_is_closed_and_filled(ask_plan, value):
    text = dump_compact(value)
    guarded, mended = guard(ask_plan, text[: int(len(text) * 0.6)], "length")
    assert guarded.verdict == "repaired"
    assert first_day(mended) == first_day(value)
    assert any("broke off" in repair for repair in guarded.repairs)


def test_an_unknown_exercise_is_swapped(ask_plan, value):
    first_day(value)["exercises"][0]["name"] = "Quantum Lunge Deluxe"
    guarded, mended = guard(ask_plan, value)
    assert guarded.verdict == "repaired"
    assert first_day(mended)["exercises"][0]["name"] in load_exercises()
    assert any("Quantum Lunge Deluxe" in repair for repair in guarded.repairs)


def test_a_forbidden_exercise_is_swapped_for_its_own_pattern_where_one_is_allowed(ask_plan, value, profile):
    limits, names = screen(profile), {entry["name"] for entry in first_day(value)["exercises"]}

    def why_not(exercise):
        return is_allowed(exercise, limits, "full_gym", "intermediate")

    allowed_patterns = {
        exercise.pattern
        for exercise in load_exercises().values()
        if exercise.name not in names and why_not(exercise) is None
    }
    forbidden = next(
        exercise
        for exercise in load_exercises().values()
        if why_not(exercise) == "limit_joint_load" and exercise.pattern in allowed_patterns
    )
    first_day(value)["exercises"][0]["name"] = forbidden.name
    guarded, mended = guard(ask_plan, value)
    assert guarded.verdict == "repaired" and forbidden.name not in guarded.text
    assert any(forbidden.name in repair and "swapped" in repair for repair in guarded.repairs)


def test_doubled_entries_are_removed(ask_plan, value):
    exercises = first_day(value)["exercises"]
    value["workout_plan"]["weekly_schedule"][0]["exercises"] = [exercises[0], *exercises]
    guarded, mended = guard(ask_plan, value)
    names = [entry["name"] for entry in first_day(mended)["exercises"]]
    assert guarded.verdict == "repaired" and len(set(names)) == len(names)


def test_a_missing_referral_is_added(ask_plan, value, plan):
    assert plan.workout_plan.adaptations.referral is not None
    value["workout_plan"]["adaptations"]["referral"] = None
    guarded, mended = guard(ask_plan, value)
    assert guarded.verdict == "repaired" and "referral added" in guarded.repairs
    assert mended["workout_plan"]["adaptations"]["referral"] == plan.workout_plan.adaptations.referral


@pytest.mark.parametrize("field, value_written", [("sets", 9), ("rest", 0), ("intensity", "RIR 0"), ("sets", "three")])
def test_doses_come_into_bounds(ask_plan, value, field, value_written):
    for entry in first_day(value)["exercises"]:
        entry[field] = value_written
    guarded, mended = guard(ask_plan, value)
    assert guarded.verdict == "repaired" and guarded.repairs
    assert [entry["name"] for entry in first_day(mended)["exercises"]] == [
        entry["name"] for entry in first_day(value)["exercises"]
    ]


def test_macros_that_do_not_sum_are_replaced(ask_plan, value):
    value["nutrition_suggestions"]["macros"] = {"protein": 50, "carbs": 50, "fat": 50}
    guarded, mended = guard(ask_plan, value)
    assert guarded.verdict == "repaired" and sum(mended["nutrition_suggestions"]["macros"].values()) == 100


def test_surplus_days_are_left_out(ask_plan, value):
    schedule = value["workout_plan"]["weekly_schedule"]
    taken = {session["day"] for session in schedule}
    free = next(day for day in ("Saturday", "Sunday", "Tuesday", "Thursday") if day not in taken)
    schedule.append({**schedule[0], "day": free})
    guarded, mended = guard(ask_plan, value)
    assert len(mended["workout_plan"]["weekly_schedule"]) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I would rather not.",
        "{}",
        "[1,2]",
        '{"workout_plan":' * 20,
        "{" * 5000,
        "\u0000",
        '{"workout_plan":{"weekly_schedule":[{"day":3}]}}',
        '{"a":' + "9" * 5000 + "}",
    ],
)
def test_what_holds_no_plan_is_replaced_by_the_planner(ask_plan, value, text):
    guarded, mended = guard(ask_plan, text)
    assert guarded.verdict == "replaced" and mended == value and guarded.violations
    assert "planner" in guarded.repairs[-1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_ends_in_a_plan_that_verifies(ask_plan, plan, data):
    value = json.loads(dump_compact(plan))
    for _ in range(data.draw(st.integers(1, 4))):
        node = value
        while isinstance(node, (dict, list)) and node:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(node[key], (dict, list)) or data.draw(st.booleans()):
                node[key] = data.draw(
                    st.one_of(st.none(), st.integers(-5, 9999), st.text(max_size=12), st.just([]), st.just({}))
                )
                break
            node = node[key]
    text = dump_compact(value)
    guard(ask_plan, text[: data.draw(st.integers(1, len(text)))])


def test_share_kept_counts_what_the_student_wrote(value):
    assert share_kept(value, value) == 1.0 and share_kept({}, value) == 0.0
    n_all = sum(len(day["exercises"]) for day in value["workout_plan"]["weekly_schedule"])
    assert count_exercises(value, value) == (n_all, n_all) and count_exercises({}, value) == (0, n_all)
    assert share_words("rest two minutes", "rest three minutes") == pytest.approx(0.67)


def test_an_entry_under_another_name_counts_for_nothing(value):
    written = copy.deepcopy(value)
    for day in written["workout_plan"]["weekly_schedule"]:
        for entry in day["exercises"]:
            entry["name"] = f"Not {entry['name']}"
    assert count_exercises(written, value)[0] == 0 and share_kept(written, value) < 0.5
    settled = {"workout_plan": {"overview": value["workout_plan"]["overview"]},
               "nutrition_suggestions": value["nutrition_suggestions"]}
    assert share_kept(settled, value) == 0.0


def test_an_unrelated_plan_is_not_kept(ask_plan, value):
    other = make_profile(personal_info__fitness_level="beginner", personal_info__age=24,
                         preferences__equipment_access="no_equipment", preferences__days_per_week=3)
    written = json.loads(respond(plan_request(other)))
    assert share_kept(written, value) < 0.45


def test_what_was_kept_is_counted_by_session_and_entry(ask_plan, value):
    days = value["workout_plan"]["weekly_schedule"]
    n_all = sum(len(day["exercises"]) for day in days)
    first_day(value)["exercises"][0]["name"] = "Quantum Lunge Deluxe"
    guarded, _ = guard(ask_plan, value)
    assert (guarded.n_exercises_kept, guarded.n_exercises) == (n_all - 1, n_all) and 0.8 < guarded.kept < 1
    for entry in days[1]["exercises"]:
        entry["name"] = "Moon Press"
    guarded, _ = guard(ask_plan, value)
    assert guarded.n_exercises_kept == n_all - 1 - len(days[1]["exercises"])
    guarded, _ = guard(ask_plan, "{}")
    assert (guarded.kept, guarded.n_exercises_kept, guarded.n_exercises) == (0.0, 0, n_all)


def heart_request():
    person = make_profile(constraints__conditions=["heart disease"], constraints__medications=["insulin"],
                          constraints__allergies=["nuts", "milk"])
    return plan_request(person)


@pytest.mark.parametrize("is_broken", [False, True])
def test_what_nothing_can_verify_is_the_rules_own(is_broken):
    request = heart_request()
    rules = json.loads(respond(request))
    said = copy.deepcopy(rules)
    said["workout_plan"]["adaptations"]["difficulty_adjustment"] = "Harder than you think."
    said["workout_plan"]["overview"] = "A warm-up, then give it what you have."
    said["workout_plan"]["progression_plan"]["week_4"] = {"intensity_increase": 10,
                                                          "exercise_progressions": ["Heavier than ever on every lift"]}
    said["nutrition_suggestions"] = {**said["nutrition_suggestions"], "macros": {"protein": 40, "carbs": 15, "fat": 45},
                                     "meal_timing": {"pre_workout": "Black coffee alone", "post_workout": "Nothing"}}
    advice = said["adaptive_recommendations"]
    advice["if_too_easy"]["increase_weight"], advice["if_too_difficult"]["reduce_weight"] = 10, 0
    advice["if_time_constrained"]["shortened_version"]["circuit_format"] = "20 rounds without rest"
    for day in said["workout_plan"]["weekly_schedule"]:
        day["focus"] = "Pain and glory"
        day["exercises"][0] |= {"notes": "Heavier each set, breathe later"}
    if is_broken:
        said["workout_plan"]["adaptations"]["referral"] = "None needed."
        first_day(said)["exercises"][0]["rest"] = 0
    guarded, mended = guard(request, said)
    assert guarded.verdict == "repaired" and guarded.repairs
    for key in ("adaptations", "progression_plan", "overview"):
        assert mended["workout_plan"][key] == rules["workout_plan"][key], key
    assert mended["nutrition_suggestions"] == rules["nutrition_suggestions"]
    assert mended["adaptive_recommendations"] == rules["adaptive_recommendations"]
    for words in ("Pain and glory", "Heavier each set", "without rest"):
        assert words not in guarded.text


def test_recommended_names_are_real_allowed_and_in_the_week():
    request = heart_request()
    rules = json.loads(respond(request))
    said = copy.deepcopy(rules)
    said["adaptive_recommendations"]["if_too_easy"]["add_exercises"] = ["Burpees", "Sprint intervals",
                                                                        "Heavy deadlift singles"]
    version = said["adaptive_recommendations"]["if_time_constrained"]["shortened_version"]
    version["exercises_to_keep"] = ["Box Jump"]
    said["nutrition_suggestions"]["meal_timing"] = {"pre_workout": "Milk with almonds",
                                                    "post_workout": "Skip food, fast until morning."}
    first_day(said)["exercises"][0]["notes"] = "Go until you cannot move."
    assert {"check_unknown_exercise", "check_meals", "check_min_rir"} <= {
        item.rule_id for item in verify_answer(request, dump_compact(said))}
    _, mended = guard(request, said)
    assert mended["adaptive_recommendations"] == rules["adaptive_recommendations"]
    assert mended["nutrition_suggestions"] == rules["nutrition_suggestions"]
    assert first_day(mended)["exercises"][0]["notes"] in load_exercises()[first_day(mended)["exercises"][0]["name"]].cues


def test_four_weeks_name_only_exercises_of_the_week(ask_plan, value, plan):
    lift = first_day(value)["exercises"][0]
    assert lift["name"] in value["workout_plan"]["progression_plan"]["week_1"]["exercise_progressions"][0]
    for day in value["workout_plan"]["weekly_schedule"]:
        day["exercises"] = [entry for entry in day["exercises"] if entry["name"] != lift["name"]]
    _, mended = guard(ask_plan, value)
    names = {entry["name"] for day in mended["workout_plan"]["weekly_schedule"] for entry in day["exercises"]}
    said = mended["workout_plan"]["progression_plan"]["week_1"]["exercise_progressions"]
    assert lift["name"] not in names and said == ["Learn each exercise; log every set."]
