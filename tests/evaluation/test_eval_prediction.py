"""Samples, the two copying systems, and predictions that survive a kill."""

import json

import pytest

from fitsense.artifacts import read_jsonl
from fitsense.evaluation.baselines import find_nearest
from fitsense.evaluation.prediction import (
    CACHE,
    Asked,
    Decoding,
    answer_as_nearest,
    answer_as_teacher,
    answer_behind_guard,
    answer_samples,
    answer_together,
    batch_asked,
    sample_for,
    write_predictions,
)
from fitsense.evaluation.records import NEEDS_ESCALATION, RecordError, check_disjoint_users, expected_triage, request_of
from fitsense.evaluation.sampling import sample_records, share_out, spread_records
from fitsense.params import EvaluationParams, PerSystem

DECODING = Decoding(grammar=False, max_new_tokens_plan=50, max_new_tokens_short=20, batch_size=2)
KEYS = {"record_id", "user_id", "system", "prompt_type", "reference", "raw_text", "finish_reason", "n_tokens",
        "latency_s"}


def ask_all(system, student, records, decoding, folder):
    return answer_together([Asked(system, record, decoding) for record in records], student, folder)


def test_a_record_reads_back_into_its_request(build):
    records = build.records(1)
    assert request_of(records[0]).input.personal_info.age == 30
    assert expected_triage(records[2]) == "proceed" and expected_triage(records[0]) is None
    records[2]["context"]["expected_safety_constraints"] = {"triage": "later"}
    with pytest.raises(RecordError, match="r0-3.*triage.*later"):
        expected_triage(records[2])


def test_a_sample_is_spread_and_always_the_same(build):
    records = build.records(12)
    sampled = sample_records(records, 3, 8)
    assert sampled == sample_records(records[::-1], 3, 8)
    kinds = [record["context"]["prompt_type"] for record in sampled]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "plan_creation": 3, "plan_modification": 2, "safety_adjustment": 2, "progress_adaptation": 2,
        "coaching_question": 2}
    plans = [record for record in sampled if record["context"]["prompt_type"] == "plan_creation"]
    assert len({record["context"]["slice_tags"]["goal_type"] for record in plans}) == 3
    assert [record["context"]["user_id"] for record in plans] != [0, 1, 2]


def test_a_safety_sample_has_every_triage_class(build):
    safety = [record for record in build.records(12) if record["context"]["prompt_type"] == "safety_adjustment"]
    assert len({expected_triage(record) for record in spread_records(safety, 4)}) == 4
    assert [expected_triage(record) in NEEDS_ESCALATION for record in spread_records(safety, 2)] == [False, True]
    assert spread_records(safety, 99) and len(spread_records(safety, 0)) == 0


def test_what_is_left_over_goes_to_safety_first(build):
    assert share_out(5, build.records(3)) == {"safety_adjustment": 2, "plan_modification": 1, "progress_adaptation": 1,
                                              "coaching_question": 1}
    assert sum(share_out(1000, build.records(3)).values()) == 12


def test_answers_resume_after_a_kill_in_mid_line(build, tmp_path):
    records, first = build.records(2), build.student("{}")
    whole = ask_all("student", first, records, DECODING, tmp_path)
    assert first.asked == 10 and all(set(prediction) >= KEYS for prediction in whole)
    lines = (tmp_path / CACHE).read_text().splitlines(keepends=True)
    (tmp_path / CACHE).write_text("".join(lines[:3]) + lines[3][:25])
    second = build.student("{}")
    assert ask_all("student", second, records, DECODING, tmp_path) == whole
    assert second.asked == 4
    assert all(json.loads(line) for line in (tmp_path / CACHE).read_text().splitlines())


@pytest.mark.parametrize("change", ["weights", "decoding", "system", "request"])
def test_nothing_else_inherits_an_answer(build, tmp_path, change):
    records = build.records(1)
    ask_all("student", build.student("old"), records, DECODING, tmp_path)
    student = build.student("new", fingerprint="adapter-b" if change == "weights" else "adapter-a")
    decoding = Decoding(True, 50, 20, 2) if change == "decoding" else DECODING
    if change == "request":
        records[0]["instruction"] = records[0]["instruction"].replace('"age":30', '"age":31')
    found = ask_all("base" if change == "system" else "student", student, records, decoding, tmp_path)
    assert student.asked == (1 if change == "request" else 5)
    assert found[0]["raw_text"] == "new"


def test_plans_and_short_answers_are_batched_apart(build):
    decoding = Decoding(True, 50, 20, 4)
    batches = batch_asked([Asked("student", record, decoding) for record in build.records(3)])
    assert sorted(map(len, batches)) == [3, 4, 4, 4]
    assert all(len({one.is_plan for one in batch}) == 1 for batch in batches)


def test_systems_that_share_weights_share_batches(build, tmp_path):
    params = EvaluationParams(n_plans=PerSystem(base=0, student=2, student_grammar=2),
                              n_short=PerSystem(base=0, student=4, student_grammar=4), batch_size=10)
    student = build.student("{}")
    answers = answer_samples({"student": False, "student_grammar": True}, student, build.records(3), params, tmp_path)
    assert {system: len(found) for system, found in answers.items()} == {"student": 6, "student_grammar": 6}
    assert {prediction["batch_size"] for found in answers.values() for prediction in found} == {4, 8}
    assert len({prediction["fingerprint"] for found in answers.values() for prediction in found}) == 2


def test_a_smaller_sample_lies_within_a_larger_one(build):
    params = EvaluationParams(n_plans=PerSystem(base=1, student=9, student_grammar=4),
                              n_short=PerSystem(base=5, student=30, student_grammar=12))
    records = build.records(20)
    asked = {system: {record["record_id"] for record in sample_for(system, records, params)}
             for system in ("base", "student", "student_grammar")}
    assert {system: len(found) for system, found in asked.items()} == {"base": 6, "student": 39, "student_grammar": 16}
    assert asked["base"] < asked["student"] and asked["student_grammar"] < asked["student"]


def test_nearest_picks_the_obvious_neighbour(build):
    plan, asked = build.plan(), build.profile(personal_info={"age": 70, "weight_kg": 60.0}, goals=["mobility"])
    far = build.profile(personal_info={"age": 20, "weight_kg": 95.0}, goals=["muscle_gain"])
    near = build.profile(personal_info={"age": 72, "weight_kg": 61.0}, goals=["mobility"])
    body = {"person": build.person, "plan": build.week}
    training = [build.record("t1", 1, "plan_creation", far, "far"),
                build.record("t2", 2, "plan_creation", near, "near"),
                build.record("t3", 3, "plan_modification", body | {"request": "I hate squats, swap them"}, "squats"),
                build.record("t4", 4, "plan_modification", body | {"request": "Only two days a week now"}, "days")]
    records = [build.record("q1", 9, "plan_creation", asked, plan),
               build.record("q2", 9, "plan_modification", body | {"request": "Can I train two days a week?"}, "x"),
               build.safety("q3", 9, "All fine", "proceed")]
    found = find_nearest(records, training)
    assert {key: value["record_id"] for key, value in found.items()} == {"q1": "t2", "q2": "t4"}
    assert [p["raw_text"] for p in answer_as_nearest(records, training)] == ["near", "days", ""]


def test_teacher_guard_and_the_written_order(build, tmp_path):
    class Shown:
        text, verdict, violations, repairs = "safe", "repaired", [], ["days cut"]

    records = build.records(1)
    student = ask_all("student_grammar", build.student("raw"), records, DECODING, tmp_path)
    seen = []
    guarded = answer_behind_guard(student, records, lambda *asked: seen.append(asked) or Shown)
    assert {(p["system"], p["raw_text"], p["verdict"]) for p in guarded} == {("student_guarded", "safe", "repaired")}
    assert [text for _, text, _ in seen] == ["raw"] * 5 and student[0]["raw_text"] == "raw"
    path = write_predictions(tmp_path, [*answer_as_teacher(records), *guarded, *student])
    written = read_jsonl(path)
    assert [p["system"] for p in written[::5]] == ["student_grammar", "student_guarded", "teacher"]
    assert [p["raw_text"] for p in written[10:]] == [p["reference"] for p in written[10:]]


def test_shared_users_are_refused(build):
    records = build.records(2)
    assert check_disjoint_users(records[:5], records[5:]) == 1
    with pytest.raises(RecordError, match="also in train.jsonl"):
        check_disjoint_users(records, records[5:])
