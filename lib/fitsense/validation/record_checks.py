"""Checks on the distillation records: keys, contracts, safety, labels that belong to their questions, and the split."""

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd
import pandera.pandas as pa

from fitsense.contracts.changes import MAX_CHAT_WORDS
from fitsense.contracts.requests import PROMPT_TYPES, RESPONSES, Request, make_request, user_turn
from fitsense.contracts.strictness import ContractError, load_contract, parse_json
from fitsense.safety.verifier import verify_answer
from fitsense.validation.checks import Check, make_check
from fitsense.validation.loading import SPLITS, Material
from fitsense.validation.matching import answer_fits, find_wrong_tags, read_person

RECORD_KEYS = ("record_id", "instruction", "context", "response", "metadata")
CONTEXT_KEYS = ("query_id", "user_id", "prompt_type", "slice_tags", "scenario_id", "expected_safety_constraints")
METADATA_KEYS = ("provider", "model_name", "n_tokens")
SLICE_TAGS = ("age_band", "sex", "goal_type", "activity_level", "condition_flag")
MIN_LABEL_MATCH = 0.95  # language-model teachers round calories now and then; shuffled labels fall far below


@dataclass(frozen=True)
class Examined:
    """One record of a split after reading it closely; `faults` by check name, `fits` as matching.answer_fits says."""

    split: str
    record: dict
    request: Request | None = None
    faults: dict[str, str] = field(default_factory=dict)
    fits: bool | None = None

    @property
    def context(self) -> dict:
        """The record's context."""
        return self.record["context"]

    @property
    def conforms(self) -> bool:
        """Whether request and response keep their contracts and the safety rules."""
        return not any(name.startswith(("records.request", "records.response")) for name in self.faults)


PER_RECORD = {
    "records.request_contract": "every user turn is a valid request in the one written form",
    "records.response_contract": "every response keeps its prompt type's contract",
    "records.response_safety": "no response breaks a safety rule",
    "records.slice_tags": "tags agree with the input they describe",
    "records.match_tables": "age and sex asked about are those of the person in the tables",
}


def check_records(material: Material, examined: list[Examined]) -> list[Check]:
    """All checks on records: shape first, then each record, then labels by prompt type, then the split."""
    checks = [check_shape(material)]
    for name, holds in PER_RECORD.items():
        faults = [f"{one.record['record_id']}: {one.faults[name]}" for one in examined if name in one.faults]
        checks.append(make_check(name, len(examined), faults, holds))
    return checks + check_labels(examined) + check_split(material)


def check_shape(material: Material) -> Check:
    """Keys, kinds and uniqueness of every record, by a pandera schema over the flattened records."""
    broken = [f"{split}: {sorted(record)}" for split, record in material.placed if not has_keys(record)]
    if broken:
        return make_check("records.keys", len(material.placed), broken, "")
    frame = pd.DataFrame([{**r, **r["context"], **r["metadata"]} for _, r in material.placed])
    text = pa.Column(checks=pa.Check(lambda s: s.map(lambda v: isinstance(v, str) and bool(v)), name="is text"))
    whole = pa.Column(checks=pa.Check(lambda s: pd.api.types.is_integer_dtype(s), name="is whole number"))
    schema = pa.DataFrameSchema({"record_id": text, "instruction": text, "response": text, "query_id": text,
                                 "user_id": whole, "n_tokens": whole, "provider": text, "model_name": text,
                                 "prompt_type": pa.Column(checks=pa.Check.isin(PROMPT_TYPES))})
    try:
        schema.validate(frame, lazy=True)
        faults = []
    except pa.errors.SchemaErrors as error:
        faults = [f"{row.column}: {row.check} ({row.failure_case})" for row in error.failure_cases.itertuples()]
    return make_check("records.keys", len(frame), faults, "keys and kinds as published")


def has_keys(record: dict) -> bool:
    """Whether a record has exactly the published keys, in context, tags and metadata too."""
    return (tuple(record) == RECORD_KEYS and set(CONTEXT_KEYS) <= set(record["context"])
            and tuple(record["context"]["slice_tags"]) == SLICE_TAGS and set(METADATA_KEYS) <= set(record["metadata"]))


def examine_records(material: Material) -> list[Examined]:
    """Read every record of the three splits closely, once, for all reports; malformed ones are skipped."""
    columns = ["user_id", "age", "gender"]
    people = material.tables["user_profiles"].reindex(columns=columns).itertuples(index=False, name=None)
    known = {user: (age, gender) for user, age, gender in people}
    return [examine(split, record, known) for split, record in material.placed if has_keys(record)]


def examine(split: str, record: dict, known: dict[int, tuple]) -> Examined:
    """Read one record: its request back from the user turn, its response by contract, safety and fit.

    `known` is (age, gender) by user id, as the tables have them.
    """
    faults: dict[str, str] = {}
    kind, text = record["context"]["prompt_type"], record["response"]
    try:
        request = read_request(kind, record["instruction"])
    except ContractError as error:
        return Examined(split, record, None, {"records.request_contract": str(error)})
    if wrong := find_wrong_tags(request, record["context"]["slice_tags"]):
        faults["records.slice_tags"] = ", ".join(wrong)
    asked, listed = read_person(request), known.get(record["context"]["user_id"])
    if listed is not None and asked != listed:
        faults["records.match_tables"] = f"asks about {asked}, user_profiles has {listed}"
    try:
        read_response(kind, text)
    except ContractError as error:
        return Examined(split, record, request, faults | {"records.response_contract": str(error)}, False)
    errors = [found for found in verify_answer(request, text) if found.severity == "error"]
    if errors:
        faults["records.response_safety"] = f"{errors[0].rule_id} at {errors[0].place}"
    return Examined(split, record, request, faults, answer_fits(request, text))


def read_request(kind: str, turn: str) -> Request:
    """The request behind a full user turn; raises ContractError unless it is exactly what user_turn writes."""
    _, marker, payload = turn.partition("\nInput:\n")
    request = make_request(kind, parse_json(payload, kind))
    if not marker or user_turn(request) != turn:
        raise ContractError("instruction", turn[:60], "exactly the text that contracts.requests.user_turn writes")
    return request


def read_response(kind: str, text: str) -> None:
    """Check a response by its contract; raises ContractError."""
    if RESPONSES[kind] is not None:
        load_contract(RESPONSES[kind], text, kind)
    elif not 0 < len(text.split()) <= MAX_CHAT_WORDS:
        raise ContractError(kind, f"{len(text.split())} words", f"1 to {MAX_CHAT_WORDS} words")


def check_labels(examined: list[Examined]) -> list[Check]:
    """Per prompt type, `records.labels_match.<type>`: answers carry the marks of their own questions."""
    checks = []
    for kind in PROMPT_TYPES:
        judged = [one for one in examined if one.context["prompt_type"] == kind and one.fits is not None]
        strangers = [one.record["record_id"] for one in judged if not one.fits]
        rate = 1 - len(strangers) / len(judged) if judged else 1.0
        detail = f"{rate:.1%} of answers fit their question (at least {MIN_LABEL_MATCH:.0%})"
        if strangers:
            detail += f"; not: {', '.join(strangers[:3])}"
        checks.append(Check(f"records.labels_match.{kind}", rate >= MIN_LABEL_MATCH, len(judged), detail))
    return checks


def check_split(material: Material) -> list[Check]:
    """No shared user, no doubled record, no empty split, all_records the union, users known to the tables."""
    placed = [(split, record) for split, record in material.placed if has_keys(record)]
    homes: dict[int, set[str]] = {}
    for split, record in placed:
        homes.setdefault(record["context"]["user_id"], set()).add(split)
    ids = Counter(record["record_id"] for _, record in placed)
    queries = Counter(record["context"]["query_id"] for _, record in placed)
    pairs = Counter((record["instruction"], record["response"]) for _, record in placed)
    listed = Counter(record.get("record_id") for record in material.records["all_records"])
    known = set(material.tables["users"]["user_id"])
    return [
        make_check("split.users_disjoint", len(homes), [f"user {user} in {', '.join(sorted(found))}"
                                                        for user, found in sorted(homes.items()) if len(found) > 1],
                   "no user is in two splits"),
        make_check("split.records_unique", len(placed), [f"{key} {n} times" for key, n in ids.items() if n > 1]
                   + [f"{n} records hold the same question and answer: {turn[:60]!r}" for (turn, _), n in pairs.items() if n > 1],
                   "no record twice"),
        make_check("split.queries_unique", len(placed), [f"{key} answered {n} times" for key, n in queries.items() if n > 1],
                   "no question twice"),
        make_check("split.union", sum(listed.values()), [f"{key} on one side only" for key in
                                                         sorted(map(str, (listed - ids) | (ids - listed)))],
                   "all_records is the union of the splits"),
        make_check("split.nonempty", len(SPLITS), [s for s in SPLITS if not material.records[s]],
                   "every split has records"),
        make_check("records.users_known", len(homes), [f"user {user}" for user in sorted(homes) if user not in known],
                   "every user is in the users table"),
    ]
