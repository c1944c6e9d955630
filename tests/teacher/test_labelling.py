"""Labelling by the rules: every query accepted, published keys, same bytes after a kill, rows that add up."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fitsense.artifacts import hash_folder, read_jsonl, write_jsonl
from fitsense.contracts.requests import make_request
from fitsense.params import TeacherParams
from fitsense.teacher.checking import check_answer
from fitsense.teacher.choice import make_teacher
from fitsense.teacher.figures import plot_labelling, plot_triage
from fitsense.teacher.labelling import CACHE_FILE, label_queries, reconcile
from fitsense.teacher.protocol import TeacherError
from fitsense.teacher.rule_based import RuleBasedTeacher

KEYS = ["query_id", "provider", "model_name", "attempt_count", "latency_ms", "tokens", "cost", "status",
        "response_text", "raw_response", "error", "safety_flags", "post_validation"]


def test_rules_answer_every_query(queries, tmp_path):
    ledger = label_queries(queries, RuleBasedTeacher(), tmp_path)
    rows = read_jsonl(tmp_path / "responses.jsonl")
    assert [row["error"] for row in rows] == [None] * len(queries)
    assert [row["query_id"] for row in rows] == sorted(query["query_id"] for query in queries)
    assert all(list(row) == KEYS for row in rows)
    assert all(row["latency_ms"] is None and row["cost"] == 0 and row["post_validation"]["valid"] for row in rows)
    assert (ledger["n_queries"], ledger["n_accepted"], ledger["n_rejected"]) == (10, 10, 0)
    assert (tmp_path / "rejected.jsonl").read_text() == "" and not (tmp_path / CACHE_FILE).exists()


def test_emergency_is_flagged(queries, tmp_path):
    label_queries(queries, RuleBasedTeacher(), tmp_path)
    flags = {row["query_id"]: row["safety_flags"] for row in read_jsonl(tmp_path / "responses.jsonl")}
    assert flags["q-000001-2"] == ["triage:emergency", "see_professional"]


def test_order_of_queries_does_not_matter(queries, tmp_path):
    for name, asked in (("a", queries), ("b", queries[::-1])):
        label_queries(asked, RuleBasedTeacher(), tmp_path / name)
    assert (tmp_path / "a/responses.jsonl").read_bytes() == (tmp_path / "b/responses.jsonl").read_bytes()


KILLED = """
import os, signal, sys
from pathlib import Path
from fitsense.artifacts import read_jsonl
from fitsense.teacher import labelling
from fitsense.teacher.rule_based import RuleBasedTeacher
class Doomed(RuleBasedTeacher):
    asked = 0
    def answer(self, request, refusal=""):
        self.asked += 1
        if self.asked == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(request, refusal)
folder = Path(sys.argv[1])
labelling.label_queries(read_jsonl(folder / "queries.jsonl"), Doomed(), folder)
"""


def test_survives_sigkill_with_the_same_bytes(queries, tmp_path):
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    write_jsonl(killed / "queries.jsonl", queries)
    done = subprocess.run([sys.executable, "-c", KILLED, str(killed)], capture_output=True)
    assert done.returncode == -9, done.stderr.decode()[-500:]
    assert not (killed / "responses.jsonl").exists() and len((killed / CACHE_FILE).read_text().splitlines()) == 4
    with (killed / CACHE_FILE).open("a") as handle:
        handle.write('{"key": "cut off in the mid')
    ledger = label_queries(queries, RuleBasedTeacher(), killed)
    assert ledger["n_from_cache"] == 4
    label_queries(queries, RuleBasedTeacher(), whole)
    same = ("responses.jsonl", "rejected.jsonl")
    assert [(killed / name).read_bytes() for name in same] == [(whole / name).read_bytes() for name in same]
    assert not any(name.startswith(".") for name in hash_folder(killed))


def test_unsafe_answer_is_refused(queries):
    query = next(query for query in queries if query["prompt_type"] == "safety_adjustment")
    request = make_request(query["prompt_type"], query["input"])
    answer = RuleBasedTeacher().answer(request)
    lax = answer.text.replace('"triage":"emergency"', '"triage":"proceed"')
    assert lax != answer.text
    assert check_answer(request, answer).error is None
    assert check_answer(request, replace(answer, text=lax)).error.startswith("safety: ")
    assert check_answer(request, replace(answer, text=answer.text[:-20])).error.startswith("contract: ")
    renamed = answer.text.replace('"triage"', '"class"')
    assert check_answer(request, replace(answer, text=renamed)).error.startswith("contract: ")


def test_written_form_is_made_compact(queries):
    query = queries[1]
    request = make_request(query["prompt_type"], query["input"])
    answer = RuleBasedTeacher().answer(request)
    spaced = replace(answer, text=answer.text.replace('":', '" : ').replace(",\"", " , \""))
    assert check_answer(request, spaced).text == answer.text


def test_rows_that_do_not_add_up_are_loud(queries):
    rows = [{"query_id": query["query_id"], "status": "accepted"} for query in queries]
    reconcile(queries, rows, [])
    with pytest.raises(TeacherError, match="q-000002-4"):
        reconcile(queries, rows[:-1], [])
    with pytest.raises(TeacherError, match="9 accepted"):
        reconcile(queries, [rows[0] | {"status": "rejected"}, *rows[1:]], [])
    with pytest.raises(TeacherError, match="q-000001-0"):
        reconcile([*queries, queries[0]], [*rows, rows[0]], [])


def test_provider_decides_the_teacher():
    assert make_teacher(TeacherParams()).provider == "rule_based"
    params = TeacherParams(provider="openai_compatible", base_url="http://127.0.0.1:9/v1")
    assert make_teacher(params).provider == "openai_compatible"


def test_figures_show_what_happened(queries, tmp_path):
    label_queries(queries, RuleBasedTeacher(), tmp_path)
    rows = read_jsonl(Path(tmp_path) / "responses.jsonl")
    bars = plot_labelling(queries, rows).axes[0].containers
    assert [sum(bar.get_width() for bar in container) for container in bars] == [10, 0]
    assert sum(bar.get_height() for bar in plot_triage(rows).axes[0].patches) == 2
