"""Screening: conditions in people's own words, minimal pairs, combination, age and BMI, what nobody recognised."""

import copy

import pytest

from fitsense.cli import PLAIN_PROFILE
from fitsense.contracts.profile import BODY_PARTS, Profile
from fitsense.contracts.requests import person_of
from fitsense.contracts.strictness import check_contract
from fitsense.knowledge.exercises import load_exercises
from fitsense.knowledge.rules import load_rules
from fitsense.safety.screening import INTENSITY_ORDER, is_allowed, load_screening, screen, screen_person


def make_profile(**changes) -> Profile:
    """A plain profile; keys of any of its parts may be changed."""
    value = copy.deepcopy(PLAIN_PROFILE)
    for key, new in changes.items():
        part = next(part for part in ("personal_info", "preferences", "constraints") if key in value[part]
                    or (part == "constraints" and key in ("medications", "diet")))
        value[part][key] = new
    return check_contract(Profile, value, "profile")


def rules_of(*conditions: str, **more) -> set[str]:
    """The rule ids that conditions in words bring."""
    return {rule for rule, _ in screen(make_profile(conditions=list(conditions), **more)).reasons}


@pytest.mark.parametrize(("words", "rule"), [
    ("high blood pressure, controlled", "screen_hypertension"),
    ("high blood pressure, not controlled", "screen_hypertension_uncontrolled"),
    ("high blood pressure, not sure if it is controlled", "screen_hypertension_uncontrolled"),
    ("high blood pressure", "screen_hypertension_uncontrolled"),
    ("hypertension, well managed with tablets", "screen_hypertension"),
    ("my blood pressure isn't under control", "screen_hypertension_uncontrolled"),
    ("asthma, well controlled", "screen_asthma"),
    ("asthma", "screen_asthma_uncontrolled"),
    ("Type 1 diabetic", "screen_diabetes_type_1"),
    ("type 2 diabetes", "screen_diabetes_type_2"),
    ("diabetes, not well controlled", "screen_diabetes_uncontrolled"),
    ("pregnant 24 weeks", "screen_pregnancy"),
    ("pregnant, placenta praevia", "screen_pregnancy_contraindicated"),
    ("post-partum 8 weeks", "screen_postpartum"),
    ("breastfeeding", "screen_postpartum"),
    ("osteoporosis", "screen_osteoporosis"),
    ("history of anorexia", "screen_eating_disorder"),
    ("epilepsy, controlled", "screen_epilepsy"),
    ("epilepsy", "screen_epilepsy_uncontrolled"),
    ("wheelchair user", "screen_wheelchair"),
    ("surgery 3 weeks ago", "screen_surgery"),
    ("gallbladder surgery, surgeon cleared me", "screen_surgery_cleared"),
    ("chest tightness on hard climbs, not checked yet", "screen_chest_symptoms"),
    ("chest tightness, cleared by my cardiologist", "screen_chest_symptoms_cleared"),
    ("heart attack in 2019", "screen_heart_disease"),
    ("I get dizzy spells", "screen_chest_symptoms"),
    ("torn meniscus", "injury_knee"),
    ("frozen shoulder", "injury_shoulder"),
    ("slipped disc", "injury_lower_back"),
])
def test_words_bring_their_rule(words, rule):
    assert rule in rules_of(words)
    assert not screen(make_profile(conditions=[words])).unrecognised


@pytest.mark.parametrize("words", ["none", "No", "n/a", "no known conditions", "no asthma, diabetes or gout",
                                   "family history of heart disease", "my wife is pregnant", "hay fever", "anxiety"])
def test_nothing_of_their_own_means_no_limits(words):
    limits = screen(make_profile(conditions=[words]))
    assert (limits.referral, limits.max_intensity, limits.unrecognised) == (None, "high", ())


def test_denial_does_not_hide_what_follows():
    assert "screen_hypertension_uncontrolled" in rules_of("no asthma, high blood pressure")


@pytest.mark.parametrize(("medicine", "rule"), [
    ("bisoprolol", "screen_beta_blocker"), ("a beta-blocker", "screen_beta_blocker"),
    ("warfarin", "screen_blood_thinner"), ("insulin", "screen_insulin"), ("nitroglycerin", "screen_heart_disease"),
    ("ramipril 5 mg", "screen_hypertension_uncontrolled")])
def test_medicines_bring_their_rule(medicine, rule):
    assert rule in {found for found, _ in screen(make_profile(medications=[medicine])).reasons}


def test_medicine_only_suggests_what_the_person_did_not_name():
    named = rules_of("high blood pressure, controlled", medications=["ramipril"])
    assert "screen_hypertension" in named and "screen_hypertension_uncontrolled" not in named


def test_unrecognised_words_make_it_more_careful_and_are_quoted():
    limits = screen(make_profile(conditions=["zorblitis"]))
    assert limits.unrecognised == ("zorblitis",)
    assert (limits.min_rir, limits.max_intensity) == (3, "moderate")
    assert "zorblitis" in limits.referral


def test_a_warning_sign_among_the_conditions_means_gentle_movement_only():
    limits = screen(make_profile(conditions=["numb between my legs since the deadlifts"]))
    assert limits.max_intensity == "low" and "warning sign" in limits.referral


def test_everyday_words_said_in_passing_mean_nothing():
    plain = make_profile(time_restrictions="whenever it fits, not on Mondays", preferred_activities=["breast stroke"])
    assert screen(plain) == screen(make_profile())
    assert "screen_pregnancy" in rules_of(preferred_activities=["prenatal yoga"])


@pytest.mark.parametrize("part", BODY_PARTS)
def test_injury_limits_its_part(part):
    limits = screen(make_profile(injuries=[part]))
    assert limits.max_joint_load[part] <= 1
    allowed = [e for e in load_exercises().values() if is_allowed(e, limits, "full_gym", "advanced") is None]
    assert allowed and all(e.joint_load[part] <= 1 for e in allowed)


def test_shoulder_injury_rules_out_overhead_but_not_rows():
    limits = screen(make_profile(injuries=["shoulder"]))
    overhead = [e for e in load_exercises().values() if "overhead" in e.flags]
    assert overhead and all(is_allowed(e, limits, "full_gym", "advanced") for e in overhead)


@pytest.mark.parametrize(("change", "field", "expected"), [
    ({"age": 17}, "allow_calorie_number", False), ({"age": 18}, "allow_calorie_number", True),
    ({"age": 64}, "require_balance", False), ({"age": 65}, "require_balance", True),
    ({"age": 75}, "max_intensity", "moderate"), ({"weight_kg": 54}, "allow_deficit", False),
    ({"weight_kg": 56}, "allow_deficit", True), ({"weight_kg": 50}, "allow_calorie_number", False),
    ({"conditions": ["pregnant"]}, "allow_deficit", False), ({"conditions": ["pregnant"]}, "max_intensity", "moderate"),
    ({"conditions": ["eating disorder history"]}, "allow_calorie_number", False),
    ({"conditions": ["wheelchair user"]}, "seated_only", True)])
def test_bands_and_conditions_set_their_field(change, field, expected):
    assert getattr(screen(make_profile(**change)), field) == expected


def test_combination_is_the_most_restrictive():
    first = screen(make_profile(conditions=["asthma"], injuries=["knee"]))
    second = screen(make_profile(conditions=["heart disease"]))
    both = screen(make_profile(conditions=["asthma", "heart disease"], injuries=["knee"]))
    assert both.avoid_flags >= first.avoid_flags | second.avoid_flags
    assert both.min_rir == max(first.min_rir, second.min_rir)
    assert INTENSITY_ORDER.index(both.max_intensity) == min(
        INTENSITY_ORDER.index(first.max_intensity), INTENSITY_ORDER.index(second.max_intensity))
    assert both.max_joint_load["knee"] == 1 and both.referral


@pytest.mark.parametrize(("words", "minutes", "parts"), [
    ("asthma, controlled", 20, (10, 3)), ("coronary disease", 30, (10, 10)), ("high blood pressure", 25, (8, 8)),
    ("copd", 45, (10, 8)), ("none", 10, (3, 2))])
def test_a_warm_up_that_a_rule_asks_for_is_not_shortened(words, minutes, parts):
    limits = screen(make_profile(conditions=[words], workout_duration=minutes))
    assert (limits.warm_up_min, limits.cool_down_min) == parts
    assert "screen_short_session" not in {rule for rule, _ in limits.reasons} and limits.max_intensity != "low"


@pytest.mark.parametrize(("words", "minutes"), [
    ("asthma, controlled", 15), ("heart disease", 10), ("coronary disease", 25), ("high blood pressure", 20), ("stroke", 20)])
def test_a_session_too_short_for_its_warm_up_is_gentle_and_says_so_first(words, minutes):
    limits = screen(make_profile(conditions=[words], workout_duration=minutes))
    assert limits.max_intensity == "low" and limits.min_rir >= 4
    assert limits.reasons[0][0] == "screen_short_session" and "too short" in limits.reasons[0][1]
    assert minutes - limits.warm_up_min - limits.cool_down_min >= minutes // 2


def test_no_reason_names_minutes_of_warm_up():
    table = load_screening()
    rows = [*table["words"], *table["age_bands"], *table["bmi_bands"], table["short_session"]]
    assert not [row["say"] for row in rows if "minute" in row.get("say", "") or "long warm-up" in row.get("say", "")]


@pytest.mark.parametrize(("words", "rule"), [
    ("breastfeeding my daughter", "screen_postpartum"), ("gave birth to my son 6 weeks ago", "screen_postpartum"),
    ("pregnant, training with my partner", "screen_pregnancy"), ("angina, my wife drives me to appointments",
    "screen_heart_disease"),
    ("heart attack in March, my daughter helps me train", "screen_heart_disease"), ("asthma like my mother",
    "screen_asthma_uncontrolled"),
    ("my husband has asthma and I have diabetes", "screen_diabetes_type_2"), ("my dad has angina; asthma",
    "screen_asthma_uncontrolled"),
    ("my partner found me collapsed", "screen_chest_symptoms"), ("epilepsy, my husband is always with me",
    "screen_epilepsy_uncontrolled"),
    ("family history of stroke, I have angina", "screen_heart_disease"),
    ("they found osteoporosis in my hips", "screen_osteoporosis")])
def test_somebody_else_in_an_entry_does_not_hide_ones_own_condition(words, rule):
    limits = screen(make_profile(conditions=[words]))
    assert rule in {found for found, _ in limits.reasons} and not limits.unrecognised


@pytest.mark.parametrize("words", [
    "my wife is pregnant and diabetic", "family history of stroke and heart disease",
    "family history of diabetes but I have none",
    "heart disease runs in my family", "my sister has epilepsy", "my wife is pregnant, she is due in May",
    "family history of heart disease, diabetes"])
def test_what_only_somebody_else_has_means_no_limits(words):
    limits = screen(make_profile(conditions=[words]))
    assert (limits.reasons, limits.referral, limits.unrecognised) == ((), None, ())


@pytest.mark.parametrize(("words", "rule"), [
    ("never fully recovered from a stroke", "screen_stroke"), ("not had my heart condition checked yet",
    "screen_heart_disease"),
    ("without medication my blood pressure is 180", "screen_hypertension_uncontrolled"),
    ("no problem except high blood pressure", "screen_hypertension_uncontrolled"),
    ("no issues apart from asthma", "screen_asthma_uncontrolled"), ("never had my blood pressure checked",
    "screen_hypertension_uncontrolled"),
    ("no problems since my heart attack", "screen_heart_disease"), ("healthy other than epilepsy",
    "screen_epilepsy_uncontrolled"),
    ("I don't take my blood pressure tablets", "screen_hypertension_uncontrolled"), ("no medication for my diabetes",
    "screen_diabetes_type_2")])
def test_a_denial_reaches_no_further_than_it_denies(words, rule):
    assert rule in rules_of(words)


@pytest.mark.parametrize("words", ["not pregnant", "not had any heart problems", "never had asthma", "never smoked",
                                   "without any problems", "don't have diabetes", "no diabetes, no medication"])
def test_a_plain_denial_means_no_limits(words):
    limits = screen(make_profile(conditions=[words]))
    assert (limits.reasons, limits.referral, limits.unrecognised) == ((), None, ())


@pytest.mark.parametrize(("words", "unknown"), [
    ("anxiety, myasthenia gravis", "myasthenia gravis"), ("myasthenia gravis, anxiety", "myasthenia gravis"),
    ("asthma, brain fog", "brain fog"), ("hay fever, scleroderma, acne", "scleroderma")])
def test_an_unknown_condition_beside_a_known_one_is_unrecognised(words, unknown):
    limits = screen(make_profile(conditions=[words]))
    assert limits.unrecognised == (unknown,) and limits.min_rir >= 3 and unknown in limits.referral


@pytest.mark.parametrize(("words", "rule"), [
    ("knee surgery 5 weeks ago, waiting to be cleared", "screen_surgery"), ("knee surgery 5 weeks ago, get cleared next week",
    "screen_surgery"),
    ("knee surgery 5 weeks ago, surgeon says not ok to exercise yet", "screen_surgery"),
    ("hip replacement in spring, will be cleared in May", "screen_surgery"), ("hernia surgery, surgeon sees me next month",
    "screen_surgery"),
    ("knee surgery 5 weeks ago, surgeon cleared me", "screen_surgery_cleared"),
    ("chest tightness on stairs, started 2 years ago, still get it", "screen_chest_symptoms"),
    ("fainted 4 years ago, never checked", "screen_chest_symptoms"), ("dizzy since 3 years ago", "screen_chest_symptoms"),
    ("dizzy spells three years ago, all gone", "screen_chest_symptoms_cleared")])
def test_cleared_and_long_past_mean_what_they_say(words, rule):
    assert rule in rules_of(words)


def test_surgery_long_past_without_trouble_since_is_over():
    assert rules_of("gallbladder surgery 3 years ago, no problems since") == set()


@pytest.mark.parametrize("words", ["pregnant 24 weeks", "pregnant, placenta praevia", "breastfeeding",
"gave birth 2 months ago"])
def test_no_calorie_number_in_pregnancy_and_after_birth(words):
    limits = screen(make_profile(conditions=[words]))
    assert not limits.allow_calorie_number and "no calorie number" in " ".join(say for _, say in limits.reasons)


def test_short_form_screens_as_the_profile_does():
    profile = make_profile(conditions=["pregnant 24 weeks"], injuries=["wrist"])
    assert screen_person(person_of(profile)) == screen(profile)


def test_levels_and_equipment():
    limits = screen(make_profile())
    catalogue = load_exercises().values()
    advanced = next(e for e in catalogue if e.level == "advanced")
    plain = next(e for e in catalogue if e.level == "beginner" and e.access == "no_equipment")
    machine = next(e for e in catalogue if e.access == "full_gym" and e.level == "beginner")
    assert is_allowed(advanced, limits, "full_gym", "beginner") == "limit_level"
    assert is_allowed(plain, limits, "full_gym", "advanced") is None
    assert is_allowed(machine, limits, "home_gym", "advanced") == "limit_equipment"


def test_every_row_has_a_rule_and_flags_of_the_catalogue():
    table, rules = load_screening(), load_rules()
    flags = {flag for exercise in load_exercises().values() for flag in exercise.flags}
    rows = [*table["words"], *table["injury_words"], *table["injuries"].values(), *table["age_bands"],
            *table["bmi_bands"], table["bmi_beginner"], table["unrecognised"], table["warning_sign"], table["short_session"]]
    for row in rows:
        assert row["rule_id"] in rules, row["rule_id"]
        assert set(row.get("avoid", [])) <= flags, row["rule_id"]
