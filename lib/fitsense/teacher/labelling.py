"""Labelling: ask the teacher every query once, keep every reply on disk at once, check, and write the results.

A reply is cached under a hash of everything that shapes it, so a killed run asks nothing twice and ends in the same
bytes. Checks run anew each time: a stricter rule never hides behind an old verdict.
"""

import hashlib
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tqdm.auto import tqdm

from fitsense.artifacts import append_jsonl, read_jsonl_prefix, write_json, write_jsonl
from fitsense.contracts.requests import Request, make_request
from fitsense.params import TeacherParams
from fitsense.teacher.checking import Checked, check_answer
from fitsense.teacher.ledger import Ledger, price_tokens
from fitsense.teacher.protocol import RequestFailed, Teacher, TeacherAnswer, TeacherError

CACHE_FILE = ".answers.jsonl"  # hidden: not an output, kept only where answers cost money
MAX_FAILURES_IN_A_ROW = 5


def label_queries(queries: list[dict], teacher: Teacher, folder: Path, params: TeacherParams | None = None) -> dict:
    """Label every query and write responses.jsonl, rejected.jsonl and ledger.json into `folder`; return the ledger.

    responses.jsonl has one row a query, sorted by query_id, `status` accepted or rejected; rejected.jsonl has the
    refused ones with the reason of every attempt. Raises TeacherError when the teacher stops answering altogether or
    the rows do not add up.
    """
    params = params or TeacherParams()
    cache = AnswerCache(folder / CACHE_FILE, teacher, params.max_tokens)
    ledger, rows, rejected, in_a_row = Ledger(teacher, params), [], [], 0
    with tqdm(sorted(queries, key=_query_id), desc="labelling", unit="query") as progress:
        for query in progress:
            row, attempts = label_query(query, teacher, cache, params)
            in_a_row = 0 if any(attempt["answered"] for attempt in attempts) else in_a_row + 1
            if in_a_row >= MAX_FAILURES_IN_A_ROW:
                raise TeacherError(f"teacher {teacher.model_name}: {in_a_row} requests in a row failed, last with "
                                   f"{attempts[-1]['reason']}; run again to go on: answers so far are kept")
            rows.append(row)
            if row["status"] == "rejected":
                rejected.append({"query_id": row["query_id"], "prompt_type": query["prompt_type"],
                                 "reason": row["error"], "attempts": list(map(strip_cache, attempts)),
                                 "raw_response": row["raw_response"]})
            ledger.add(query["prompt_type"], row, attempts)
            progress.set_postfix_str(ledger.cost_line(), refresh=False)
    reconcile(queries, rows, rejected)
    write_jsonl(folder / "responses.jsonl", rows)
    write_jsonl(folder / "rejected.jsonl", rejected)
    write_json(folder / "ledger.json", summary := ledger.summarise())
    if teacher.deterministic:
        cache.path.unlink(missing_ok=True)
    return summary


def label_query(query: dict, teacher: Teacher, cache: "AnswerCache", params: TeacherParams) -> tuple[dict, list[dict]]:
    """Ask until an answer passes or attempts run out; return the responses.jsonl row and one entry an attempt."""
    request = make_request(query["prompt_type"], query["input"])
    attempts, refusal, answer, checked = [], "", None, Checked("", "never asked")
    for _ in range(1 if teacher.deterministic else params.max_attempts):
        try:
            answer, cached = cache.ask(request, refusal, len(attempts))
        except RequestFailed as error:
            attempts.append({"answered": False, "reason": str(error), "tokens": None, "cached": False})
            answer, checked = None, Checked("", f"no answer: {error}")
            break
        checked = check_answer(request, answer)
        refusal = checked.error or ""
        attempts.append({"answered": True, "reason": checked.error, "tokens": answer.tokens, "cached": cached})
        if checked.error is None:
            break
    return make_row(query["query_id"], teacher, params, answer, checked, attempts), attempts


def make_row(query_id: str, teacher: Teacher, params: TeacherParams, answer: TeacherAnswer | None, checked: Checked,
             attempts: list[dict]) -> dict:
    """One row of responses.jsonl; tokens and cost are those of all attempts, in US dollars."""
    accepted = checked.error is None
    tokens = sum_tokens(attempts)
    return {
        "query_id": query_id, "provider": teacher.provider, "model_name": teacher.model_name,
        "attempt_count": len(attempts), "latency_ms": answer.latency_ms if answer else None, "tokens": tokens,
        "cost": price_tokens(tokens, params), "status": "accepted" if accepted else "rejected",
        "response_text": checked.text if accepted else None, "raw_response": answer.raw if answer else None,
        "error": checked.error, "safety_flags": checked.flags,
        "post_validation": {"valid": accepted, "violations": checked.violations}}


def sum_tokens(attempts: list[dict]) -> dict[str, int] | None:
    """Tokens of all attempts together; None where the provider counts none."""
    counted = [attempt["tokens"] for attempt in attempts if attempt["tokens"]]
    return {key: sum(tokens[key] for tokens in counted) for key in ("prompt", "completion")} if counted else None


def strip_cache(attempt: dict) -> dict:
    """An attempt without where its answer came from: that differs after a kill, and files must not."""
    return {key: value for key, value in attempt.items() if key != "cached"}


def reconcile(queries: list[dict], rows: list[dict], rejected: list[dict]) -> None:
    """Check that queries = accepted + rejected, each query once; raises TeacherError naming what is missing."""
    accepted = Counter(row["status"] for row in rows)["accepted"]
    asked, answered = Counter(map(_query_id, queries)), Counter(map(_query_id, rows))
    if asked != answered or max(asked.values(), default=1) > 1:
        odd = sorted((asked - answered) | (answered - asked)) or [key for key, n in asked.items() if n > 1]
        raise TeacherError(f"responses.jsonl: rows do not match queries.jsonl one to one, such as {odd[0]}")
    if accepted + len(rejected) != len(queries):
        raise TeacherError(f"responses.jsonl: {len(queries)} queries, {accepted} accepted + {len(rejected)} rejected")


def _query_id(row: dict) -> str:
    return row["query_id"]


class AnswerCache:
    """Replies on disk, one line each, flushed before the next is asked for."""

    def __init__(self, path: Path, teacher: Teacher, max_tokens: int):
        self.path, self._teacher = path, teacher
        self._shape = [teacher.provider, teacher.model_name, teacher.fingerprint, str(max_tokens)]
        self._kept = {record["key"]: record["answer"] for record in read_jsonl_prefix(path)}

    def ask(self, request: Request, refusal: str, attempt: int) -> tuple[TeacherAnswer, bool]:
        """Answer from disk, else from the teacher; returns (answer, whether it was on disk)."""
        key = self.make_key(self._teacher.read_prompt(request, refusal), attempt)
        if key in self._kept:
            return TeacherAnswer(**self._kept[key]), True
        answer = self._teacher.answer(request, refusal)
        self._kept[key] = asdict(answer)
        append_jsonl(self.path, {"key": key, "answer": self._kept[key]})
        return answer, False

    def make_key(self, prompt: str, attempt: int) -> str:
        """sha256 of everything that shapes an answer: prompt, provider, model, fingerprint, max_tokens, attempt."""
        return hashlib.sha256("\0".join([*self._shape, str(attempt), prompt]).encode()).hexdigest()
