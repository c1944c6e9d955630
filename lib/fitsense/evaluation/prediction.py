"""Predictions: what each system answers to held-out requests, kept batch by batch so that a kill loses one batch.

    answers = answer_samples({"student": False, "student_grammar": True}, student, records, params, stage.dir)
    write_predictions(stage.dir, [*teacher, *nearest, *predictions])

The hidden cache beside predictions.jsonl is keyed by request, system and a fingerprint of weights and decoding, so
another adapter never inherits an answer. Knows no metrics; the coach's guard comes in as a callable.
"""

import gc
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import torch
from tqdm.auto import tqdm

from fitsense import contracts
from fitsense.artifacts import append_jsonl, read_jsonl_prefix, write_jsonl
from fitsense.contracts.requests import Request
from fitsense.evaluation.baselines import find_nearest
from fitsense.evaluation.records import PLAN_TYPE, prompt_type, request_of
from fitsense.evaluation.sampling import sample_records
from fitsense.evaluation.suites import SYSTEMS
from fitsense.models.generation import Generation, Student
from fitsense.params import EvaluationParams
from fitsense.safety.permitted import allowed_names

CACHE = ".predictions.partial.jsonl"
PREDICTIONS = "predictions.jsonl"


@dataclass(frozen=True)
class Decoding:
    """How answers are written: under the grammar (with the exercises the person may do) or free, lengths, batch."""

    grammar: bool
    max_new_tokens_plan: int
    max_new_tokens_short: int
    batch_size: int


def decoding_of(params: EvaluationParams, grammar: bool) -> Decoding:
    """The decoding settings an experiment's parameters ask for."""
    return Decoding(grammar, params.max_new_tokens_plan, params.max_new_tokens_short, params.batch_size)


@dataclass(frozen=True)
class Asked:
    """One held-out record put to one system, to be decoded one way."""

    system: str
    record: dict
    decoding: Decoding

    @property
    def is_plan(self) -> bool:
        """Plans have another length bound than short answers."""
        return prompt_type(self.record) == PLAN_TYPE


def answer_samples(systems: dict[str, bool], student: Student, records: list[dict], params: EvaluationParams,
                   folder: Path) -> dict[str, list[dict]]:
    """Let systems that share weights (name -> under the grammar?) answer their evenly spread samples, resuming after a kill.

    With a batch size over one their requests share batches.
    """
    asked = [Asked(system, record, decoding_of(params, grammar)) for system, grammar in systems.items()
             for record in sample_for(system, records, params)]
    answers = answer_together(asked, student, folder)
    return {system: [answer for answer in answers if answer["system"] == system] for system in systems}


def sample_for(system: str, records: list[dict], params: EvaluationParams) -> list[dict]:
    """A system's sample, drawn from the largest sample of any: a smaller one lies within it, so systems can be paired."""
    n_plans, n_short = params.n_plans.model_dump(), params.n_short.model_dump()
    pool = sample_records(records, max(n_plans.values()), max(n_short.values()))
    return sample_records(pool, n_plans[system], n_short[system])


def answer_together(asked: list[Asked], student: Student, folder: Path) -> list[dict]:
    """Answer everything not answered yet by these weights and settings; each finished batch is flushed to disk."""
    kept = [row for line in read_jsonl_prefix(folder / CACHE) for row in line["batch"]]
    done = {_cache_key(row): row["prediction"] for row in kept}
    prints = {decoding: fingerprint_of(student, decoding) for decoding in {one.decoding for one in asked}}
    keys = [(one.record["record_id"], _turn_digest(one.record), one.system, prints[one.decoding]) for one in asked]
    missing = [one for one, key in zip(asked, keys, strict=True) if key not in done]
    name = " + ".join(sorted({one.system for one in asked}))
    with tqdm(total=len(asked), initial=len(asked) - len(missing), desc=name, unit="answer") as progress:
        for batch in batch_asked(missing):
            batch_id = f"{batch[0].system}/{batch[0].record['record_id']}"
            rows = [{"turn": _turn_digest(one.record),
                     "prediction": _predicted(one.record, one.system, answer, prints[one.decoding], batch_id)}
                    for one, answer in zip(batch, _generate(student, batch), strict=True)]
            append_jsonl(folder / CACHE, {"batch": rows})  # one line: whole or not at all, so that a kill regroups nothing
            done |= {_cache_key(row): row["prediction"] for row in rows}
            progress.update(len(batch))
    return [done[key] | {"reference": one.record["response"]} for one, key in zip(asked, keys, strict=True)]


def batch_asked(asked: list[Asked]) -> list[list[Asked]]:
    """Plans apart from short answers (theirs is another length bound), requests of like length together."""
    batches = []
    for is_plan in (False, True):
        alike = sorted((one for one in asked if one.is_plan == is_plan),
                       key=lambda one: (len(one.record["instruction"]), one.record["record_id"], one.system))
        size = alike[0].decoding.batch_size if alike else 1
        batches += [alike[start:start + size] for start in range(0, len(alike), size)]
    return batches


def answer_as_teacher(records: list[dict]) -> list[dict]:
    """The reference answers themselves, as a system."""
    return [_copied(record, "teacher", record["response"]) for record in records]


def answer_as_nearest(records: list[dict], training: list[dict]) -> list[dict]:
    """The answers given to the most similar training requests, as a system; a type nobody trained on is left empty."""
    texts = {record_id: found["response"] for record_id, found in find_nearest(records, training).items()}
    return [_copied(record, "nearest", texts.get(record["record_id"], "")) for record in records]


def answer_behind_guard(predictions: list[dict], records: list[dict], guard: Callable) -> list[dict]:
    """Put each answer through the coach's guard: text becomes what a person would be shown, `verdict` what was done.

    `guard(request, raw_text, finish_reason)` returns an object with text, verdict, violations, repairs.
    """
    by_id: dict[str, dict] = {record["record_id"]: record for record in records}
    guarded = []
    for prediction in predictions:  # what goes out is whole, so it ends with "stop"; n_tokens stay the student's
        started = time.perf_counter()
        shown = guard(request_of(by_id[prediction["record_id"]]), prediction["raw_text"], prediction["finish_reason"])
        seconds = round(prediction["latency_s"] + time.perf_counter() - started, 3)
        guarded.append(prediction | {"system": "student_guarded", "raw_text": shown.text, "finish_reason": "stop",
                                     "latency_s": seconds, "verdict": shown.verdict, "repairs": list(shown.repairs)})
    return guarded


def write_predictions(folder: Path, predictions: list[dict]) -> Path:
    """Write predictions.jsonl, sorted by system and record; the hidden cache stays, so a second run costs nothing."""
    order = {system: place for place, system in enumerate(SYSTEMS)}
    ordered = sorted(predictions, key=lambda p: (order[p["system"]], p["record_id"]))
    return write_jsonl(folder / PREDICTIONS, ordered)


def fingerprint_of(student: Student, decoding: Decoding) -> str:
    """First 16 hex over the weights' fingerprint and label, every decoding setting, and the code that decodes."""
    facts = {"weights": student.fingerprint, "label": student.label, "code": _decoding_code(), **asdict(decoding)}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


@cache
def _decoding_code() -> str:
    """sha256 over the rooms that shape an answer: requests and schemas, prompt and grammar, the names a grammar allows."""
    package = Path(contracts.__file__).resolve().parents[1]
    files = [path for room in ("contracts", "knowledge", "models", "safety") for path in sorted((package / room).rglob("*"))
             if path.suffix in {".py", ".yaml"}]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def free_memory() -> None:
    """Give back what a model no longer referred to held, before the next one is loaded."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _generate(student: Student, batch: list[Asked]) -> list[Generation]:
    requests: list[Request] = [request_of(one.record) for one in batch]
    decoding = batch[0].decoding
    return student.generate(
        requests, grammar=[one.decoding.grammar for one in batch], batch_size=len(requests), exercise_names=allowed_names,
        max_new_tokens=decoding.max_new_tokens_plan if batch[0].is_plan else decoding.max_new_tokens_short)


def _predicted(record: dict, system: str, answer: Generation, fingerprint: str, batch: str) -> dict:
    return _base_keys(record, system) | {
        "raw_text": answer.text, "finish_reason": answer.finish_reason, "n_tokens": answer.n_tokens,
        "latency_s": answer.latency_s, "batch_size": answer.batch_size, "batch_s": answer.batch_s, "batch": batch,
        "fingerprint": fingerprint}


def _copied(record: dict, system: str, text: str) -> dict:
    return _base_keys(record, system) | {"raw_text": text, "finish_reason": "stop", "n_tokens": None, "latency_s": None}


def _base_keys(record: dict, system: str) -> dict:
    return {"record_id": record["record_id"], "user_id": record["context"]["user_id"], "system": system,
            "prompt_type": prompt_type(record), "reference": record["response"]}


def _turn_digest(record: dict) -> str:
    return hashlib.sha256(record["instruction"].encode()).hexdigest()[:16]


def _cache_key(row: dict) -> tuple:
    kept = row["prediction"]
    return kept["record_id"], row["turn"], kept["system"], kept["fingerprint"]
