"""The verifier: a sound plan passes, every rule catches its seeded fault, and no answer makes it raise."""

import copy
import re
from pathlib import Path

import pytest
from test_screening import make_profile

import fitsense.safety
from fitsense.contracts.plan import DAYS, Plan
from fitsense.contracts.requests import PROMPT_TYPES, compact_week, make_request, person_of
from fitsense.contracts.strictness import check_contract, dump_compact
from fitsense.knowledge.exercises import load_exercises
from fitsense.knowledge.rules import load_rules
from fitsense.planning.prescribe import prescribe
from fitsense.safety.consistency import find_contradiction
from fitsense.safety.effort import read_rir
from fitsense.safety.screening import is_allowed, screen_person
from fitsense.safety.text_checks import check_words
from fitsense.safety.verifier import verify_answer, verify_plan, verify_week

GYM = {"equipment_access": "full_gym", "workout_duration": 60}


def first_name(test) -> str:
    """The first exercise of the catalogue that passes a test."""
    return next(exercise.name for exercise in load_exercises().values() if test(exercise))


def found_rules(profile, value: dict) -> set[str]:
    """Rules that a plan (as JSON) breaks for a profile."""
    return {violation.rule_id for violation in verify_plan(profile, check_contract(Plan, value, "plan"))}


def entry_of(value: dict, day: int = 0, index: int = 0) -> dict:
    """One exercise entry of a plan as JSON."""
    return value["workout_plan"]["weekly_schedule"][day]["exercises"][index]


def strength_entry(value: dict) -> dict:
    """The first strength entry of a plan as JSON."""
    return next(entry for session in value["workout_plan"]["weekly_schedule"] for entry in session["exercises"]
                if load_exercises()[entry["name"]].kind == "strength")


def rename(test):
    """A fault: the first entry becomes the first catalogue exercise that passes a test."""
    def seed(value):
        entry_of(value)["name"] = first_name(test)
    return seed


def set_entry(**changes):
    """A fault: fields of the first strength entry."""
    return lambda value: strength_entry(value).update(changes)


def set_path(path: str, new):
    """A fault: the value at a dotted path."""
    def seed(value):
        *steps, last = path.split(".")
        for step in steps:
            value = value[int(step) if step.isdigit() else step]
        value[int(last) if last.isdigit() else last] = new
    return seed


def double_entry(value):
    session = value["workout_plan"]["weekly_schedule"][0]
    session["exercises"].append(copy.deepcopy(session["exercises"][0]))


def add_day(value):
    week = value["workout_plan"]["weekly_schedule"]
    free = next(day for day in DAYS if day not in {session["day"] for session in week})
    week.append({**copy.deepcopy(week[0]), "day": free})


def same_every_day(value):
    week = value["workout_plan"]["weekly_schedule"]
    session = {**copy.deepcopy(week[0]), "exercises": [copy.deepcopy(strength_entry(value))]}
    value["workout_plan"]["weekly_schedule"] = [{**copy.deepcopy(session), "day": day} for day in DAYS[:6]]


def ten_sets_each(value):
    for session in value["workout_plan"]["weekly_schedule"]:
        for entry in session["exercises"]:
            entry.update(sets=10, rest=30)


def drop_balance(value):
    for session in value["workout_plan"]["weekly_schedule"]:
        for entry in session["exercises"]:
            if load_exercises()[entry["name"]].kind == "balance":
                entry["name"] = "Moon Press"


PROGRESS = "workout_plan.progression_plan"
KEEP = "adaptive_recommendations.if_time_constrained.shortened_version.exercises_to_keep"
MEALS = "nutrition_suggestions.meal_timing"
FAULTS = [
    ("check_unknown_exercise", GYM, lambda value: entry_of(value).update(name="Moon Press")),
    ("limit_equipment", {"equipment_access": "no_equipment"},
     rename(lambda e: e.access == "full_gym" and e.level == "beginner")),
    ("limit_level", GYM, rename(lambda e: e.level == "advanced")),
    ("limit_seated", {"conditions": ["wheelchair user"], **GYM},
     rename(lambda e: not e.seated and e.level == "beginner")),
    ("limit_joint_load", {"injuries": ["knee"], **GYM},
     rename(lambda e: e.joint_load["knee"] > 1 and e.level == "beginner")),
    ("limit_movement", {"injuries": ["shoulder"], **GYM}, rename(
        lambda e: "overhead" in e.flags and e.level == "beginner" and e.joint_load["shoulder"] <= 1)),
    ("limit_intensity", {"conditions": ["asthma"], "fitness_level": "advanced", **GYM},
     rename(lambda e: e.kind == "cardio" and e.met > 6)),
    ("check_intensity_cap", {"conditions": ["heart disease"], **GYM},
     set_path("workout_plan.weekly_schedule.0.intensity_level", "high")),
    ("check_min_rir", {"conditions": ["heart disease"], **GYM}, set_entry(intensity="RIR 1")),
    ("check_min_rir", {"conditions": ["heart disease"], **GYM}, set_entry(intensity="RPE 9")),
    ("check_min_rir", GYM, set_entry(intensity="to failure")),
    ("check_min_rest", {"conditions": ["heart disease"], **GYM}, set_entry(sets=2, rest=20)),
    ("check_reps", GYM, set_entry(reps="as many as you like")),
    ("check_reps", GYM, set_entry(reps="0")),
    ("check_least_reps", {"conditions": ["heart disease"], **GYM}, set_entry(sets=2, reps="3-5")),
    ("check_session_minutes", GYM, set_entry(sets=10, rest=600)),
    ("check_session_minutes", GYM, set_path("workout_plan.weekly_schedule.0.duration", 90)),
    ("check_stated_minutes", {"days_per_week": 2, **GYM}, set_path("workout_plan.weekly_schedule.0.duration", 5)),
    ("check_days", GYM, add_day),
    ("check_weekly_sets", GYM, ten_sets_each),
    ("check_duplicate_exercise", GYM, double_entry),
    ("check_repeated_entries", GYM, same_every_day),
    ("check_balance_work", {"age": 70, **GYM}, drop_balance),
    ("check_load_step", GYM, set_path(f"{PROGRESS}.week_2.intensity_increase", 25)),
    ("check_load_step", GYM, set_path(f"{PROGRESS}.week_3.exercise_progressions", ["Add 20% to every lift"])),
    ("check_load_step", GYM, set_path("adaptive_recommendations.if_too_easy.increase_weight", 30)),
    ("limit_movement", {"injuries": ["shoulder"], **GYM}, lambda value: set_path(
        "adaptive_recommendations.if_too_easy.add_exercises", [first_name(
            lambda e: "overhead" in e.flags and e.level == "beginner" and e.joint_load["shoulder"] <= 1)])(value)),
    ("check_calorie_number", {"age": 16}, set_path("nutrition_suggestions.calorie_target", 2200)),
    ("check_calorie_number", {"conditions": ["eating disorder history"]},
     set_path("nutrition_suggestions.calorie_target", 2200)),
    ("check_calorie_deficit", {"weight_kg": 53}, set_path("nutrition_suggestions.calorie_target", 1500)),
    ("check_calorie_floor", {"gender": "female"}, set_path("nutrition_suggestions.calorie_target", 1000)),
    ("check_calorie_need", {"gender": "male"}, set_path("nutrition_suggestions.calorie_target", 5500)),
    ("check_calorie_need", {"gender": "male", "weight_kg": 90}, set_path("nutrition_suggestions.calorie_target", 1550)),
    ("check_macros", {}, set_path("nutrition_suggestions.macros", {"protein": 60, "carbs": 20, "fat": 20})),
    ("check_macros", {}, set_path("nutrition_suggestions.macros", {"protein": 30, "carbs": 60, "fat": 10})),
    ("check_referral", {"conditions": ["heart disease"]}, set_path("workout_plan.adaptations.referral", None)),
    ("check_no_dosing", {}, set_path("workout_plan.overview", "Take 400 mg ibuprofen before you train.")),
    ("check_no_diagnosis", {}, set_path("workout_plan.overview", "You probably have a meniscus tear.")),
    ("check_push_through_pain", {}, set_path("workout_plan.overview", "Push through the pain.")),
    ("check_push_through_pain", GYM, set_entry(notes="Keep going, it will warm up")),
    ("check_min_rir", GYM, set_entry(notes="Go until you cannot move.")),
    ("check_min_rir", GYM, set_entry(notes="Every set to complete exhaustion")),
    ("check_min_rir", {}, set_path(f"{PROGRESS}.week_4.exercise_progressions", ["Test your one-rep max on every lift"])),
    ("check_min_rir", {}, set_path("workout_plan.name", "All-out week")),
    ("check_reps", GYM, set_entry(reps="8 to failure")),
    ("check_unknown_exercise", {}, set_path("adaptive_recommendations.if_too_easy.add_exercises", ["Sprint intervals"])),
    ("check_unknown_exercise", {}, set_path("adaptive_recommendations.if_too_difficult.modify_exercises", ["Moon Press"])),
    ("check_unknown_exercise", {}, set_path(KEEP, ["Heavy deadlift singles"])),
    ("check_referral", {"conditions": ["heart disease"]},
     set_path("workout_plan.adaptations.referral", "None needed.")),
    ("check_referral", {"conditions": ["pregnant 12 weeks"]},
     set_path("workout_plan.adaptations.referral", "Ask a friend if you like.")),
    ("check_meals", {"diet": "vegan"}, set_path(f"{MEALS}.post_workout", "Greek yogurt and honey")),
    ("check_meals", {"medications": ["insulin"]}, set_path(f"{MEALS}.post_workout", "Skip food, fast until morning.")),
    ("check_meals", {}, set_path(f"{MEALS}.pre_workout", "Train on an empty stomach")),
]


@pytest.mark.parametrize(("rule", "person", "seed"), FAULTS,
                         ids=[f"{i}-{rule}" for i, (rule, _, _) in enumerate(FAULTS)])
def test_every_seeded_fault_is_caught_and_only_it_was_wrong(rule, person, seed):
    profile = make_profile(**person)
    value = prescribe(profile).model_dump(mode="json", exclude_none=False)
    value = check_contract(Plan, value, "plan").model_dump(mode="json")
    assert found_rules(profile, value) == set()
    seed(value)
    assert rule in found_rules(profile, value)


PEOPLE = [
    {}, {"age": 13}, {"age": 100}, {"workout_duration": 10, "days_per_week": 7}, {"conditions": ["pregnant 24 weeks"]},
    {"conditions": ["wheelchair user"]}, {"conditions": ["unknown thing"]}, {"injuries": ["knee", "shoulder", "wrist"]},
    {"conditions": ["chest tightness on hard climbs, not checked yet"]}, {"weight_kg": 45}, {"weight_kg": 180}]


@pytest.mark.parametrize("person", PEOPLE, ids=str)
@pytest.mark.parametrize("access", ["full_gym", "home_gym", "no_equipment"])
@pytest.mark.parametrize("level", ["beginner", "intermediate", "advanced"])
def test_the_engine_keeps_every_rule(person, access, level):
    profile = make_profile(equipment_access=access, fitness_level=level, **person)
    plan = prescribe(profile)
    assert verify_plan(profile, plan) == []
    assert verify_week(person_of(profile), compact_week(plan)) == []


def plain_case(**person):
    """A person, their compact week, and the first exercise of Monday's (or the first) session."""
    profile = make_profile(**{**GYM, **person})
    week = compact_week(prescribe(profile))
    return person_of(profile), week, week[0].exercises[0].name


def ask(prompt_type: str, person, week, **more):
    """A request of one of the three types that carry a week."""
    return make_request(prompt_type, {"person": person.model_dump(mode="json"),
                                      "plan": [day.model_dump(mode="json") for day in week], **more})


def change(**more) -> dict:
    """A change with a reason."""
    return {"reason": "as asked", **more}


def rules_in(request, answer) -> set[str]:
    """Rules that an answer (JSON or text) breaks."""
    text = answer if isinstance(answer, str) else dump_compact(answer)
    return {violation.rule_id for violation in verify_answer(request, text)}


def modification(*changes, safety_note="Stop if it hurts.") -> dict:
    """A modification answer."""
    return {"summary": "Done.", "changes": list(changes), "kept": [], "safety_note": safety_note}


def heart_case():
    """A person with a heart condition, their week, its first exercise, and one that is allowed but not in it."""
    person, week, name = plain_case(conditions=["heart disease"])
    limits, taken = screen_person(person), {item.name for day in week for item in day.exercises}
    fresh = first_name(lambda e: is_allowed(e, limits, "full_gym", "beginner") is None and e.kind == "strength"
                       and e.name not in taken)
    return person, week, name, fresh


HOLD = first_name(lambda e: "isometric" in e.flags and e.level == "beginner" and e.kind == "strength")
CHANGES = [
    (None, lambda week, name, fresh: [change(action="swap", exercise=name, replacement=fresh)]),
    (None, lambda week, name, fresh: [change(action="add", day=week[0].day, exercise=fresh, sets=1, reps="10")]),
    (None, lambda week, name, fresh: [change(action="remove", day=week[0].day, exercise=name)]),
    ("check_change_target", lambda week, name, fresh: [change(action="remove", exercise="Moon Press")]),
    ("check_change_target", lambda week, name, fresh: [
        change(action="remove", day=week[0].day, exercise=name),
        change(action="adjust", day=week[0].day, exercise=name, sets=2)]),
    ("check_unknown_exercise", lambda week, name, fresh: [
        change(action="swap", exercise=name, replacement="Moon Press")]),
    ("limit_movement", lambda week, name, fresh: [
        change(action="add", day=week[0].day, exercise=HOLD, sets=1, reps="10")]),
    ("check_duplicate_exercise", lambda week, name, fresh: [
        change(action="add", day=week[0].day, exercise=name, sets=1, reps="10")]),
    ("check_duplicate_exercise", lambda week, name, fresh: [
        change(action="add", day=week[0].day, exercise=fresh, sets=1, reps="10"),
        change(action="swap", day=week[0].day, exercise=name, replacement=fresh)]),
    ("check_min_rest", lambda week, name, fresh: [change(action="adjust", exercise=name, rest=10)]),
    ("check_reps", lambda week, name, fresh: [change(action="adjust", exercise=name, reps="lots")]),
    ("check_least_reps", lambda week, name, fresh: [change(action="adjust", exercise=name, reps="3")]),
    ("check_least_reps", lambda week, name, fresh: [
        change(action="swap", exercise=name, replacement=fresh, sets=2, reps="2-4 each side")]),
    ("check_weekly_sets", lambda week, name, fresh: [
        change(action="add", day=day.day, exercise=fresh, sets=10, reps="10") for day in week]),
    ("check_days", lambda week, name, fresh: [change(action="add", day="Sunday", exercise=fresh, sets=1, reps="10")]),
]


@pytest.mark.parametrize(("rule", "make"), CHANGES, ids=[f"{i}-{rule}" for i, (rule, _) in enumerate(CHANGES)])
def test_changes_are_checked(rule, make):
    person, week, name, fresh = heart_case()
    changes = make(week, name, fresh)
    found = rules_in(ask("plan_modification", person, week, request="more please"), modification(*changes))
    assert found == ({rule} if rule else set())


def test_a_modification_answers_a_warning_sign():
    person, week, _ = plain_case()
    request = ask("plan_modification", person, week, request="my chest hurts when I run, give me more cardio")
    assert "check_missed_escalation" in rules_in(request, modification())
    assert rules_in(request, modification(safety_note="Stop now and call emergency services.")) == set()


def safety_answer(**more) -> dict:
    """A safety answer that fits an emergency, unless changed."""
    return {"triage": "emergency", "message": "Stop now and call emergency services.", "changes": [],
            "stop_signs": ["chest pain"], "see_professional": True, **more}


@pytest.mark.parametrize(("more", "rule"), [
    ({}, None), ({"triage": "modify"}, "check_missed_escalation"), ({"triage": "proceed"}, "check_missed_escalation"),
    ({"message": "Have a rest."}, "check_escalation_words"),
    ({"message": "This is not an emergency; rest today."}, "check_escalation_words"),
    ({"message": "Do not wait: call 112."}, None), ({"see_professional": False}, "check_escalation_words"),
    ({"message": "Call emergency services. You probably have angina."}, "check_no_diagnosis")])
def test_a_safety_answer_is_no_laxer_than_the_message(more, rule):
    person, week, _ = plain_case()
    request = ask("safety_adjustment", person, week, message="crushing chest pain")
    assert rules_in(request, safety_answer(**more)) == ({rule} if rule else set())


def test_an_emergency_adds_nothing():
    person, week, name = plain_case()
    request = ask("safety_adjustment", person, week, message="crushing chest pain")
    more = [change(action="adjust", exercise=name, load_change_pct=5)]
    assert rules_in(request, safety_answer(changes=more)) == {"check_unsafe_change"}


EASING = {"triage": "modify", "message": "Leave out what hurts.", "stop_signs": ["sharp pain"], "see_professional": False}


@pytest.mark.parametrize("message", ["My knee hurts when I squat", "left knee is a bit sore going downstairs"])
@pytest.mark.parametrize(("more", "rule"), [
    (lambda week, name: {"changes": [change(action="adjust", exercise=name, load_change_pct=10)]}, "check_unsafe_change"),
    (lambda week, name: {"changes": [change(action="adjust", exercise=name, sets=9)]}, "check_unsafe_change"),
    (lambda week, name: {"changes": [change(action="adjust", exercise=name, reps="50")]}, "check_unsafe_change"),
    (lambda week, name: {"changes": [change(action="add", day=week[0].day, exercise="Walking Lunge", sets=1, reps="8")]},
     "limit_joint_load"),
    (lambda week, name: {"changes": [change(action="swap", exercise=name, replacement="Walking Lunge")]},
     "limit_joint_load"),
    (lambda week, name: {"stop_signs": []}, "check_escalation_words"),
    (lambda week, name: {"changes": [change(action="adjust", exercise=name, sets=1, load_change_pct=-10)]}, None)])
def test_an_answer_to_pain_adds_nothing_and_spares_the_part(message, more, rule):
    person, week, name = plain_case(fitness_level="advanced")
    request = ask("safety_adjustment", person, week, message=message)
    found = rules_in(request, {**EASING, "changes": [], **more(week, name)})
    assert (rule in found) if rule else found == set()


def test_news_of_a_condition_limits_what_is_swapped_in():
    person, week, name = plain_case(fitness_level="advanced")
    supine = first_name(lambda e: "supine" in e.flags and e.access != "no_equipment" and e.name != name)
    answer = {**EASING, "changes": [change(action="swap", exercise=name, replacement=supine)]}
    assert "limit_movement" in rules_in(ask("safety_adjustment", person, week, message="I just found out I'm pregnant"),
                                        answer)
    assert "limit_movement" not in rules_in(ask("safety_adjustment", person, week, message="my elbow is sore"), answer)


def test_a_modification_for_a_part_that_hurts_spares_it():
    person, week, name = plain_case(fitness_level="advanced")
    request = ask("plan_modification", person, week, request="my knee doesn't like this one, swap it")
    assert "limit_joint_load" in rules_in(request, modification(change(action="swap", exercise=name,
                                                                       replacement="Walking Lunge")))
    more = modification(change(action="adjust", exercise=name, load_change_pct=5))
    assert "check_unsafe_change" in rules_in(request, more)
    assert "check_unsafe_change" not in rules_in(ask("plan_modification", person, week, request="make it harder"), more)


def test_meals_leave_out_what_the_person_is_allergic_to():
    profile = make_profile(conditions=["heart disease"], medications=["insulin"])
    allergic = profile.model_copy(update={"constraints": profile.constraints.model_copy(
        update={"allergies": ["nuts", "milk"]})})
    value = prescribe(allergic).model_dump(mode="json")
    assert found_rules(allergic, value) == set()
    set_path(f"{MEALS}.pre_workout", "Milk with almonds")(value)
    assert found_rules(allergic, value) == {"check_meals"} and found_rules(profile, value) == set()


def test_what_is_kept_when_time_is_short_is_in_the_week():
    profile = make_profile(**GYM)
    plan = prescribe(profile).model_dump(mode="json")
    taken = {entry["name"] for day in plan["workout_plan"]["weekly_schedule"] for entry in day["exercises"]}
    limits = screen_person(person_of(profile))
    fresh = first_name(lambda e: e.name not in taken and is_allowed(e, limits, "full_gym", "beginner") is None)
    request = make_request("plan_creation", profile)
    assert rules_in(request, plan) == set()
    set_path(KEEP, [fresh])(plan)
    assert rules_in(request, plan) == {"check_change_target"}


def test_a_stricter_safety_answer_is_not_a_violation():
    person, week, _ = plain_case()
    assert rules_in(ask("safety_adjustment", person, week, message="my wrist is sore"), safety_answer()) == set()


def adaptation(**more) -> dict:
    """An adaptation that changes nothing, unless changed."""
    return {"assessment": {"adherence": "high", "trend": "steady", "recovery": "good"}, "deload": False, "changes": [],
            "calorie_change": 0, "explanation": "All good.", **more}


@pytest.mark.parametrize(("person", "more", "rule"), [
    ({}, {"calorie_change": -100}, None),
    ({"conditions": ["pregnant"]}, {"calorie_change": -100}, "check_calorie_number"),
    ({"age": 16}, {"calorie_change": 100}, "check_calorie_number")])
def test_an_adaptation_changes_calories_only_where_that_cannot_harm(person, more, rule):
    given, week, _ = plain_case(**person)
    assert rules_in(ask("progress_adaptation", given, week, logs=[]), adaptation(**more)) == ({rule} if rule else set())


def test_a_deload_adds_no_load():
    person, week, name = plain_case()
    answer = adaptation(deload=True, changes=[change(action="adjust", exercise=name, load_change_pct=5)])
    assert rules_in(ask("progress_adaptation", person, week, logs=[]), answer) == {"check_unsafe_change"}


def test_a_warning_sign_in_the_log_is_answered():
    person, week, _ = plain_case()
    request = ask("progress_adaptation", person, week, logs=[
        {"week": 1, "sessions_planned": 3, "sessions": [], "note": "fainted during squats"}])
    assert "check_missed_escalation" in rules_in(request, adaptation())


@pytest.mark.parametrize("note", ["chest pain on the stairs", "knee locked and swelled up", "felt dizzy, nearly passed out"])
@pytest.mark.parametrize("more", [
    lambda name: {"changes": [change(action="adjust", exercise=name, load_change_pct=10)]},
    lambda name: {"changes": [change(action="adjust", exercise=name, sets=9)]}, lambda name: {"calorie_change": -500}])
def test_a_warning_sign_in_the_log_adds_nothing(note, more):
    person, week, name = plain_case()
    request = ask("progress_adaptation", person, week, logs=[
        {"week": 1, "sessions_planned": 3, "sessions": [], "note": note}])
    told = "Stop now and call emergency services, or see a doctor before you train again."
    assert rules_in(request, adaptation(explanation=told)) == set()
    assert "check_unsafe_change" in rules_in(request, adaptation(explanation=told, **more(name)))


@pytest.mark.parametrize(("question", "text", "rule"), [
    ("How many sets?", "Three sets are enough.", None), ("How many sets?", "  ", "contract"),
    ("How many sets?", "word " * 151, "check_chat_length"),
    ("My chest hurts, what now?", "Rest a bit.", "check_missed_escalation"),
    ("My chest hurts, what now?", "Stop and call emergency services.", None),
    ("My knee is swollen and hot", "Ice it.", "check_missed_escalation"),
    ("Headache?", "Take two tablets of aspirin.", "check_no_dosing"),
    ("Insulin?", "Ask your care team before you change your insulin.", None),
    ("Elbow?", "You likely have tendinitis.", "check_no_diagnosis"),
    ("Hard?", "Take every set to failure.", "check_min_rir"), ("Hard?", "Never train to failure.", None),
    ("Hard?", "Training to failure is not needed.", None), ("Food?", "Fast until noon.", "check_meals"),
    ("Food?", "Do not skip meals.", None), ("Hard?", "Walk it off.", "check_push_through_pain"),
    ("Hard?", "No pain, no gain.", "check_push_through_pain"), ("Hard?", "Never train through pain.", None)])
def test_chat_is_checked(question, text, rule):
    person = person_of(make_profile()).model_dump(mode="json")
    request = make_request("coaching_question", {"person": person, "question": question, "facts": []})
    assert rules_in(request, text) == ({rule} if rule else set())


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "{}", "NaN", '{"a":1,"a":2}', "[" * 5000, "\x00", "Sure!"])
@pytest.mark.parametrize("prompt_type", [kind for kind in PROMPT_TYPES if kind != "coaching_question"])
def test_what_does_not_parse_is_one_contract_violation(prompt_type, text):
    person, week, _ = plain_case()
    more = {"plan_modification": {"request": "x"}, "safety_adjustment": {"message": "x"},
            "progress_adaptation": {"logs": []}}
    request = (make_request(prompt_type, make_profile()) if prompt_type == "plan_creation"
               else ask(prompt_type, person, week, **more[prompt_type]))
    assert [violation.rule_id for violation in verify_answer(request, text)] == ["contract"]


def test_a_week_is_checked():
    person, week, name = plain_case()
    assert verify_week(person, week) == []
    doubled = [week[0].model_copy(update={"exercises": [*week[0].exercises, week[0].exercises[0]]}), *week[1:]]
    assert "check_duplicate_exercise" in {violation.rule_id for violation in verify_week(person, doubled)}
    fewer = person.model_copy(update={"days_per_week": 1})
    assert {violation.rule_id for violation in verify_week(fewer, week)} == {"check_days"}
    short = person.model_copy(update={"workout_duration": 10})
    assert "check_session_minutes" in {violation.rule_id for violation in verify_week(short, week)}


def test_no_rule_text_breaks_the_word_checks():
    assert [rule.rule_id for rule in load_rules().values() if check_words("text", rule.text)] == []


def test_every_rule_of_the_verifier_is_known_and_has_a_fault_here():
    room = Path(fitsense.safety.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in room.glob("*.py"))
    rules = set(re.findall(r'"((?:check|limit)_[a-z_]+)"', code))
    assert rules <= set(load_rules())
    here = Path(__file__).read_text(encoding="utf-8").split("def test_every_rule_of_the_verifier", 1)[0]
    for name in ("training_faults.py", "word_faults.py"):
        here += (Path(__file__).parent / name).read_text(encoding="utf-8")
    assert sorted(rule for rule in rules if f'"{rule}"' not in here) == []


@pytest.mark.parametrize(("answer", "missed"), [
    ("This is not an emergency; rest today.", True), ("No ambulance needed.", True), ("Stop and call 112 now.", False),
    ("Do not drive yourself: call an ambulance.", False)])
def test_a_chat_answer_that_plays_an_emergency_down_misses_it(answer, missed):
    person, _, _ = plain_case()
    given = {"person": person.model_dump(mode="json"), "question": "I have crushing chest pain, what now?", "facts": []}
    assert ("check_missed_escalation" in rules_in(make_request("coaching_question", given), answer)) is missed


def test_changes_add_no_day_beyond_the_limits_no_strength_to_gentle_weeks_and_no_time_beyond_the_session():
    person, week, name = plain_case(conditions=["bulimia"], days_per_week=7)
    assert len(week) == 4, "limits.max_days"
    free = next(day for day in DAYS if day not in {day.day for day in week})
    more = [change(action="add", day=free, exercise="Easy Walk" if "Easy Walk" in load_exercises() else name, sets=1, reps="8")]
    assert "check_days" in rules_in(ask("plan_modification", person, week, request="another day"), modification(*more))
    assert "check_days" in {found.rule_id for found in verify_week(person, [*week, week[0].model_copy(update={"day": free})])}
    person, week, name = plain_case(conditions=["blood clot"])
    lift = first_name(lambda e: e.kind == "strength" and is_allowed(e, screen_person(person), "full_gym", "beginner") ==
                      "limit_intensity")
    more = [change(action="add", day=week[0].day, exercise=lift, sets=1, reps="8")]
    assert rules_in(ask("plan_modification", person, week, request="more"), modification(*more)) == {"limit_intensity"}
    person, week, name = plain_case(workout_duration=20)
    longer = [change(action="adjust", exercise=name, day=week[0].day, sets=10, reps="180 s")]
    assert "check_session_minutes" in rules_in(ask("plan_modification", person, week, request="more"), modification(*longer))


@pytest.mark.parametrize(("said", "allowed"), [
    ("40 s work, 60 s rest", True), ("3 rounds, 60 s between exercises", True), ("Rest 60 s after each", True),
    ("2 rounds of 30 s each, 20 s rest", False), ("Rest for 20 s", False), ("One after another, back to back", False),
    ("Non-stop for 10 minutes", False)])
def test_seconds_of_work_are_no_rest(said, allowed):
    profile = make_profile(conditions=["heart disease"], **GYM)
    value = prescribe(profile).model_dump(mode="json")
    set_path("adaptive_recommendations.if_time_constrained.shortened_version.circuit_format", said)(value)
    assert found_rules(profile, value) == (set() if allowed else {"check_min_rest"})


@pytest.mark.parametrize(("text", "flag"), [
    ("Overhead presses are swapped for rows.", None), ("Engage your deep core.", None), ("Take a deep breath.", None),
    ("Jumps are left out.", None), ("Rows are swapped for overhead presses.", "overhead"),
    ("Do not rush. Sink deep into each squat.", "deep"), ("Never go deep.", None)])
def test_a_movement_left_out_is_not_asked_for(text, flag):
    assert find_contradiction(text, frozenset({"overhead", "deep", "impact"})) == flag


def test_a_list_of_what_not_to_do_with_a_medicine_is_no_advice_on_it():
    assert check_words("message", "Do not change, stop or double a medicine on our word.") == []
    assert check_words("message", "Do not worry, take two ibuprofen.")


@pytest.mark.parametrize(("words", "rir"), [
    ("RPE 7–9", 1), ("RPE 7 to 9", 1), ("7-9 RPE", 1), ("1-2 RIR", 1), ("1 to 2 reps in reserve", 1), ("RIR 2–3", 2),
    ("8-12 RIR 2", 2), ("as many reps as possible", 0), ("moderate", None)])
def test_effort_is_read_in_any_order_and_dash(words, rir):
    assert read_rir(words) == rir
