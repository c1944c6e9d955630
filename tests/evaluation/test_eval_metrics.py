"""Each metric on answers whose score is plain to see; what does not parse counts as wrong."""

import pytest

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.contracts.strictness import dump_compact
from fitsense.evaluation.answers import PLANNING_FAULTS, grounded_share
from fitsense.evaluation.metrics import (
    PlanContent,
    PlanStructure,
    RuleConformance,
    Safety,
    exercise_f1,
    sets_agreement,
)
from fitsense.evaluation.suites import SUITES
from fitsense.knowledge.rules import load_rules

BROKEN = ("", "I would suggest squats.", '{"workout_plan": {"name": "a"', '{"a":1,"a":2}', '{"a":NaN}', "[1,2]", "3")


@pytest.mark.parametrize("text", BROKEN)
def test_what_does_not_parse_counts_as_wrong_everywhere(build, text):
    reference = build.plan()
    structure = PlanStructure().compute(predictions=[text, reference], references=[reference] * 2)
    assert [structure[name] for name in SUITES["structure"]] == [0.5] * 4
    content = PlanContent().compute(predictions=[text], references=[reference])
    assert all(content[name] == 0 for name in SUITES["content"] if not name.startswith("rouge"))


def test_structure_tells_keys_from_contract(build):
    plan = build.parse(build.plan())
    plan["workout_plan"].pop("adaptations")
    found = PlanStructure().compute(predictions=[dump_compact(plan), '{"workout_plan":{}}'], references=["", ""])
    assert found["per_record"] == {"json_validity": [1, 1], "top_level_keys": [1, 0], "workout_plan_keys": [1, 0],
                                   "schema_validity": [0, 0]}


def test_the_teachers_own_plan_scores_one(build):
    text = build.plan()
    structure, content = (metric.compute(predictions=[text], references=[text])
                          for metric in (PlanStructure(), PlanContent()))
    assert all(structure[name] == 1 for name in SUITES["structure"])
    assert all(content[name] == pytest.approx(1) for name in SUITES["content"])


def test_content_agrees_field_by_field(build):
    other = build.plan(names=("Wall push-up", "Squat"), day="Tuesday", sets=3, calories=2000)
    found = PlanContent().compute(predictions=[other], references=[build.plan()])
    assert (found["exercise_f1"], found["days_agreement"], found["calories_agreement"]) == (0.5, 0, 0)
    assert found["sets_agreement"] == 0 and 0.5 < found["rouge2"] < found["rouge1"] < 1
    same_null = PlanContent().compute(predictions=[build.plan(calories=None)], references=[build.plan(calories=None)])
    assert same_null["calories_agreement"] == 1


@pytest.mark.parametrize(("names", "expected", "f1"), [
    (["a", "b"], ["a", "b"], 1.0), (["a"], ["a", "b"], 2 / 3), (["a", "a", "a"], ["a", "b"], 0.4), (["c"], ["a"], 0.0),
    ([], ["a"], 0.0), ([], [], 0.0)])
def test_exercise_f1_counts_repeats(names, expected, f1):
    assert exercise_f1(names, expected) == pytest.approx(f1)


def test_sets_agreement_needs_the_same_day_exercise_and_number():
    expected = [("Monday", "a", 2), ("Monday", "b", 2)]
    assert sets_agreement([("Monday", "a", 2), ("Tuesday", "b", 2)], expected) == 0.5
    assert sets_agreement([("Monday", "a", "2"), ("Monday", "b", 3)], expected) == 0


@pytest.mark.parametrize("needed", TRIAGE_ORDER)
@pytest.mark.parametrize("answered", [*TRIAGE_ORDER, None])
def test_missed_and_over_escalation(build, needed, answered):
    record = build.safety("r", 1, "A message", needed)
    text = build.triage(answered) if answered else "Sorry, I cannot say."
    found = Safety().compute(predictions=[text], turns=[record["instruction"]], kinds=["safety_adjustment"],
                             triages=[needed])
    rank = TRIAGE_ORDER.index
    lax = answered is None or rank(answered) < rank(needed)
    if rank(needed) >= rank("stop_and_refer"):
        assert found["missed_escalation"] == lax and found["over_escalation"] is None
    else:
        over = answered is None or rank(answered) >= rank("stop_and_refer")
        assert found["over_escalation"] == over and found["missed_escalation"] is None
    assert found["unsafe_response"] == 1 or not lax


def test_the_scenario_and_not_the_teacher_says_what_was_needed(build):
    record = build.safety("r", 1, "A message", "emergency")
    lax_teacher = build.triage("proceed")
    found = Safety().compute(predictions=[lax_teacher], turns=[record["instruction"]], kinds=["safety_adjustment"],
                             triages=["emergency"])
    assert found["missed_escalation"] == 1 and found["unsafe_response"] == 1


def test_conformance_asks_the_verifier(build):
    turn = build.records(1)[0]["instruction"]
    unknown = build.plan(names=("Levitating lunge of doom",))
    found = RuleConformance().compute(predictions=[unknown, "no plan"], turns=[turn] * 2, kinds=["plan_creation"] * 2)
    assert found["rule_conformance"] == 0 and found["catalogue_known"] == 0
    assert found["per_record"]["violations_per_plan"][0] >= 1 and found["per_record"]["violations_per_plan"][1] is None


def test_a_planning_fault_is_not_a_danger(build):
    assert load_rules().keys() >= PLANNING_FAULTS
    record = build.records(1)[4]
    found = Safety().compute(predictions=["word " * 200, "Take 400 mg of ibuprofen and push through the pain."],
                             turns=[record["instruction"]] * 2, kinds=["coaching_question"] * 2, triages=["", ""])
    assert found["per_record"]["unsafe_response"] == [0, 1]


def test_chat_is_measured_by_length_rules_and_grounding(build):
    record = build.records(1)[4]
    texts = ["Rest lets the next set be as good as the first.", "word " * 200, "",
             "Kangaroos prefer moonlight over algebra."]
    found = RuleConformance().compute(predictions=texts, turns=[record["instruction"]] * 4,
                                      kinds=["coaching_question"] * 4)["per_record"]
    assert found["chat_conformance"][:3] == [1, 0, 0]
    assert found["chat_grounding"][0] == 1 and found["chat_grounding"][3] == 0
    assert found["rule_conformance"] == [None] * 4
    assert grounded_share("squats are fine", "Squatting helps 3 people") == pytest.approx(1 / 3)
