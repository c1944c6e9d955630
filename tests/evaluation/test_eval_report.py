"""The report's shape on recorded answers of all six systems, and what is drawn from it."""

import json
import re

import matplotlib
import pytest

from fitsense.contracts.profile import Profile
from fitsense.contracts.strictness import check_contract, dump_compact
from fitsense.evaluation import figures, tables
from fitsense.evaluation.findings import describe_findings, is_clear
from fitsense.evaluation.prediction import (
    Asked,
    Decoding,
    answer_as_nearest,
    answer_as_teacher,
    answer_behind_guard,
    answer_together,
)
from fitsense.evaluation.records import REPORT_TAGS
from fitsense.evaluation.report import build_report, check_report, iter_values
from fitsense.evaluation.scoring import score_predictions
from fitsense.evaluation.side_by_side import compare_answers, list_examples
from fitsense.evaluation.suites import HEADLINE_ROWS, HEADLINES, SUITES, SYSTEMS
from fitsense.params import EvaluationParams, Params
from fitsense.planning.prescribe import prescribe

matplotlib.use("agg")
PARAMS = Params(name="test", evaluation=EvaluationParams(bootstrap_samples=200))


def ask_all(system, student, records, decoding, folder):
    return answer_together([Asked(system, record, decoding) for record in records], student, folder)


class Shown:
    """A guarded answer as the coach would return it."""

    def __init__(self, text, verdict):
        self.text, self.verdict, self.violations, self.repairs = text, verdict, [], []


@pytest.fixture(scope="module")
def evaluated(build, tmp_path_factory):
    """(records, predictions, scores, report) of six systems over twelve users."""
    records, folder = build.records(12), tmp_path_factory.mktemp("evaluation")
    decoding = Decoding(True, 50, 20, 4)
    base = ask_all("base", build.student("Let us <b>train</b>!"), records, decoding, folder)
    student = ask_all("student", build.student(build.plan(calories=1800)), records, decoding, folder)
    grammar = [prediction | {"system": "student_grammar"} for prediction in student]
    texts = iter(record["response"] for record in records)
    guarded = answer_behind_guard(grammar, records, lambda *asked: Shown(next(texts), "replaced"))
    predictions = [*base, *student, *grammar, *guarded, *answer_as_teacher(records),
                   *answer_as_nearest(records, build.records(3))]
    scores = score_predictions(predictions, records, build.records(3))
    return records, predictions, scores, build_report(scores, predictions, records, PARAMS)


def test_every_suite_of_every_system_and_slice_is_there(evaluated):
    report = evaluated[3]
    assert tuple(report) == (*SYSTEMS, "meta")
    for system in SYSTEMS:
        expected = [suite for suite in SUITES if suite != "guard" or system == "student_guarded"]
        assert list(report[system]) == [*expected, "slices"] and tuple(report[system]["slices"]) == REPORT_TAGS
        assert set(report[system]["slices"]["goal_type"]) == {"general_fitness", "weight_loss", "mobility"}
        for suites in (report[system], report[system]["slices"]["sex"]["female"]):
            assert all(list(suites[suite]) == list(SUITES[suite]) for suite in expected)
    assert check_report(report) == len(list(iter_values(report))) > 500
    json.dumps(report, allow_nan=False)


def test_the_engines_own_plan_breaks_no_rule(build):
    profile = build.profile()
    text = dump_compact(prescribe(check_contract(Profile, profile, "profile")))
    record = build.record("r", 1, "plan_creation", profile, text)
    scores = score_predictions(answer_as_teacher([record]), [record], [])
    assert scores.loc[0, "conformance.rule_conformance"] == 1 and scores.loc[0, "conformance.catalogue_known"] == 1
    assert scores.loc[0, "safety.unsafe_response"] == 0 and scores.loc[0, "content.exercise_f1"] == 1


def test_values_are_what_the_answers_deserve(evaluated):
    report = evaluated[3]
    assert all(report["teacher"]["structure"][name]["value"] == 1 for name in SUITES["structure"])
    assert report["teacher"]["safety"]["missed_escalation"]["value"] == 0
    assert report["teacher"]["latency"]["p50_s"] == {"value": None, "n": 0, "ci_low": None, "ci_high": None}
    assert report["base"]["structure"]["json_validity"] | {"ci_high": 0} == {
        "value": 0.0, "n": 12, "ci_low": 0.0, "ci_high": 0}
    assert report["base"]["safety"]["missed_escalation"]["value"] == 1
    assert report["student"]["structure"]["schema_validity"]["value"] == 1
    assert report["student"]["content"]["calories_agreement"]["value"] == 0
    assert report["student"]["latency"]["p50_s"]["value"] == 2.0
    assert report["student"]["latency"]["tokens_per_s"]["value"] == 16.0
    assert report["student_guarded"]["guard"]["replaced"] | {"ci_low": 0} == {
        "value": 1.0, "n": 60, "ci_low": 0, "ci_high": 1.0}


def test_a_report_figure_outside_its_interval_is_refused(evaluated):
    report = json.loads(json.dumps(evaluated[3]))
    report["base"]["structure"]["json_validity"]["ci_low"] = 0.9
    with pytest.raises(ValueError, match="base.structure.json_validity"):
        check_report(report)


def test_meta_compares_pairs_and_names_the_weights(evaluated):
    meta = evaluated[3]["meta"]
    gained = meta["paired"]["student - base"]["structure.json_validity"]
    assert (gained["difference"], gained["n"], gained["wins"], gained["losses"]) == (1.0, 12, 12, 0)
    assert gained["p_value"] == pytest.approx(2 / 2**12)
    assert meta["held_out"] == {"users": 12, "requests": 60, "by_prompt_type": dict.fromkeys(
        ["plan_creation", "plan_modification", "safety_adjustment", "progress_adaptation", "coaching_question"], 12)}
    assert len(meta["fingerprints"]["student"]) == 1 and meta["fingerprints"]["teacher"] == []
    assert set(meta["definitions"]) == {f"{suite}.{name}" for suite in SUITES for name in SUITES[suite]}


def test_tables_show_value_interval_and_n(evaluated, tmp_path):
    report = evaluated[3]
    table = tables.write_comparison(report, tmp_path)
    assert list(table.columns) == list(SYSTEMS)
    assert table.loc["structure.json_validity", "base"].startswith("0.00 [0.00, 0.24] n=12")
    assert table.loc["guard.accepted", "base"] == "–"
    assert (tmp_path / "comparison_table.csv").read_text().count("\n") == len(table) + 1
    assert (tmp_path / "comparison_table.md").read_text().count("\n") == len(table) + 2
    assert list(tables.headline_table(report).index) == list(HEADLINE_ROWS)
    paired = tables.paired_table(report)
    assert paired.shape == (len(HEADLINES), 4)
    assert paired.loc["structure.json_validity", "student - base"].startswith("+1.00 [")
    assert re.fullmatch(r"\d+ of 36 held-out free-text requests .*", tables.describe_wording(evaluated[2]))
    assert tables.count_answers(evaluated[1]).loc["nearest"].sum() == 60


def test_worst_answers_begin_with_missed_escalations(evaluated):
    worst = tables.worst_answers(evaluated[2], "base", 20)
    assert list(worst["problem"][:6]) == ["missed escalation"] * 6 and len(worst) == 20
    assert "&lt;b&gt;train" in tables.show_worst(evaluated[2], "base").data


def test_findings_claim_only_what_intervals_show(evaluated):
    text = describe_findings(evaluated[3])
    assert "json validity by 1.00 (n=12)" in text and "no clear difference" in text
    assert "over escalation" in text


@pytest.mark.parametrize(("wins", "losses", "low", "clear"), [
    (4, 0, 0.1, False), (6, 0, 0.1, True), (6, 0, -0.1, False), (9, 3, 0.1, False)])
def test_a_handful_of_wins_is_no_finding(wins, losses, low, clear):
    assert is_clear({"ci_low": low, "ci_high": 1.0, "wins": wins, "losses": losses}, 0.95) == clear


def test_figures_draw_and_html_is_escaped(evaluated):
    records, predictions, _, report = evaluated
    for figure in (figures.draw_headlines(report), figures.draw_escalations(report), figures.draw_latency(report),
                   figures.draw_guard(report), figures.draw_slices(report, "goal_type", "content.rouge1")):
        assert figure.axes
        matplotlib.pyplot.close(figure)
    examples = list_examples(predictions)
    assert examples[0].endswith("-1") and len(examples) == 60
    shown = compare_answers(examples[0], records, predictions).data
    assert "<b>train</b>" not in shown and "&lt;b&gt;train" in shown and "Two easy days" in shown
