"""Grafting: keep every part of a student's answer that is whole, and fill the rest from the planner's own answer.

The verifier decides: a part stays only if the answer with it in place has no violation. So a result always verifies
as long as the planner's answer does. Knows contracts and the verifier's door; knows no rule of its own.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Check = Callable[[BaseModel], list[Any]]  # an answer in, its violations out


def try_contract(contract: type[Model], value: Any) -> Model | None:
    """Validate plain JSON against a contract; None where it breaks it."""
    try:
        return contract.model_validate(value)
    except ValidationError:
        return None


def take_valid(reference: Model, value: Any, place: str, notes: list[str]) -> Model:
    """Return `value` as the reference's contract, each broken field taken from the reference and named in `notes`."""
    contract = type(reference)
    whole = try_contract(contract, value)
    if whole is not None:
        return whole
    if not isinstance(value, dict):
        notes.append(f"{place}: missing or unusable, the planner's used")
        return reference
    merged = reference
    for key in contract.model_fields:
        merged = _take_field(merged, key, value, f"{place}.{key}", notes)
    return merged


def _take_field(merged: Model, key: str, value: dict, place: str, notes: list[str]) -> Model:
    inner = getattr(merged, key)
    if isinstance(inner, BaseModel):
        return with_field(merged, key, take_valid(inner, value.get(key), place, notes))
    if key not in value:
        if inner is not None:
            notes.append(f"{place}: missing, the planner's used")
        return merged
    taken = try_contract(type(merged), {**merged.model_dump(), key: value[key]})
    if taken is None:
        notes.append(f"{place}: {_shorten(value[key])} is not allowed there, the planner's used")
        return merged
    return taken


def with_field(model: Model, path: str, value: Any) -> Model:
    """A copy of a frozen model with one field, named by a dotted path, replaced."""
    key, _, rest = path.partition(".")
    inner = with_field(getattr(model, key), rest, value) if rest else value
    return model.model_copy(update={key: inner})


def get_field(model: BaseModel, path: str) -> Any:
    """The field a dotted path names."""
    for key in path.split("."):
        model = getattr(model, key)
    return model


def graft_fields(base: Model, student: Model, paths: tuple[str, ...], check: Check, notes: list[str]) -> Model:
    """Put the student's fields into `base` one by one, keeping each only if the result has no violation."""
    for path in paths:
        value = get_field(student, path)
        if value == get_field(base, path):
            continue
        trial = with_field(base, path, value)
        violations = check(trial)
        if violations:
            notes.append(f"{path}: {violations[0].reason}; the planner's used")
        else:
            base = trial
    return base


def graft_items(
    base: Model, path: str, items: list, check: Check, name_item: Callable[[Any], str], notes: list[str]
) -> Model:
    """Build the list at `path` from `items` one by one, leaving out and naming those that bring a violation."""
    kept: list = []
    base = with_field(base, path, kept)
    already = {violation.rule_id for violation in check(base)}
    for item in items:
        trial = with_field(base, path, [*kept, item])
        fresh = [violation for violation in check(trial) if violation.rule_id not in already]
        if fresh:
            notes.append(f"{name_item(item)} left out: {fresh[0].reason}")
        else:
            kept, base = [*kept, item], trial
    return base


def _shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
