"""Reasons: every session, exercise and number of a plan has one, and its rule stands in the catalogue."""

from planning_people import make_profile, spread_profiles

from fitsense.knowledge.rules import load_rules
from fitsense.planning.explain import explain_plan, list_left_out
from fitsense.planning.prescribe import prescribe
from fitsense.planning.selection import select_for
from fitsense.safety.goals import fit_goals
from fitsense.safety.screening import screen

NUMBERS = ("sets", "intensity", "rest")
PARTS = ("workout_plan.weekly_schedule", "nutrition_suggestions.calorie_target", "nutrition_suggestions.macros",
         "nutrition_suggestions.meal_timing", *(f"workout_plan.progression_plan.week_{number}" for number in (1, 2, 3, 4)))


def list_wanted(plan) -> set[str]:
    """Every place that must have a reason."""
    wanted = set(PARTS)
    for index, session in enumerate(plan.workout_plan.weekly_schedule):
        day = f"workout_plan.weekly_schedule.{index}"
        wanted |= {day, f"{day}.duration", f"{day}.intensity_level"}
        for number, entry in enumerate(session.exercises):
            place = f"{day}.exercises.{number}"
            wanted |= {place, *(f"{place}.{kind}" for kind in NUMBERS)}
            wanted.add(f"{place}.{'reps' if entry.reps is not None else 'duration'}")
    return wanted


def test_every_exercise_and_number_of_200_plans_has_a_reason_with_a_known_rule():
    rules = load_rules()
    for profile in spread_profiles(200):
        plan = prescribe(profile)
        reasons = explain_plan(profile, plan)
        assert list_wanted(plan) <= {reason.place for reason in reasons}
        for reason in reasons:
            rule = rules[reason.rule_id]
            assert (reason.tier, reason.source) == (rule.tier, rule.source)
            assert reason.sentence.endswith(".") and reason.sentence[0] == reason.sentence[0].upper()
            assert len(reason.sentence) <= 240 and "()" not in reason.sentence


def test_reasons_are_the_same_every_time_and_name_what_screening_asked_for():
    profile = make_profile(conditions=["high blood pressure, not controlled"], injuries=["knee"], goals=["strength_increase"])
    plan = prescribe(profile)
    reasons = explain_plan(profile, plan)
    assert reasons == explain_plan(profile, plan)
    told = {reason.place.rsplit(".", 1)[-1]: reason.rule_id for reason in reasons}
    assert told["intensity_level"] == "screen_hypertension_uncontrolled" and told["knee_friendly"] == "injury_knee"
    efforts = {reason.rule_id for reason in reasons if reason.place.endswith(".intensity")}
    assert "screen_hypertension_uncontrolled" in efforts


def test_every_reason_for_a_limit_is_one_the_limits_have():
    for profile in spread_profiles(100):
        asked = {rule_id for rule_id, _ in screen(profile).reasons}
        told = {reason.rule_id for reason in explain_plan(profile, prescribe(profile))}
        screened = {rule_id for rule_id in told if rule_id.startswith(("screen_", "injury_"))}
        assert screened - {"screen_short_session"} <= asked | {f"injury_{part}" for part in profile.constraints.injuries}


def test_what_is_left_out_names_its_rule():
    left = list_left_out(select_for(make_profile(level="intermediate", injuries=["shoulder"])))
    names = [name for (rule_id, _), names in left.items() if rule_id == "injury_shoulder" for name in names]
    assert "Barbell Overhead Press" in names and not list_left_out(select_for(make_profile(level="intermediate")))


def test_weight_loss_waits_where_a_deficit_would_harm():
    told = make_profile(goals=["weight_loss", "mobility"], conditions=["pregnant 24 weeks"])
    assert fit_goals(told).goals == ["general_fitness", "mobility"]
    assert fit_goals(make_profile(goals=["weight_loss"])).goals == ["weight_loss"]
    reasons = explain_plan(told, prescribe(told))
    assert any(reason.place == "workout_plan.name" and reason.rule_id == "screen_pregnancy" for reason in reasons)


def told_of(ending, **fields):
    profile = make_profile(**fields)
    return next(reason for reason in explain_plan(profile, prescribe(profile)) if reason.place.endswith(ending))


def test_reasons_are_true_where_a_care_plan_decides():
    assert "light snack" not in told_of("meal_timing", conditions=["type 1 diabetes"]).sentence
    for condition in ("kidney disease", "type 1 diabetes"):
        assert "grams per kg" not in told_of("macros", conditions=[condition]).sentence
    assert told_of("macros", conditions=["phenylketonuria"]).rule_id == "screen_unrecognised"


def test_a_gentle_day_is_low_for_its_cause_and_not_to_recover():
    reason = told_of("intensity_level", conditions=["chest tightness, not checked"])
    assert reason.rule_id == "screen_chest_symptoms" and "recover" not in reason.sentence


def test_light_loads_are_said_to_be_light():
    for fields in ({"conditions": ["osteoporosis"], "age": 60}, {"age": 13}):
        told = told_of("exercises.0.reps", level="advanced", goals=["strength_increase"], **fields).sentence
        assert "light" in told and "heavy" not in told
