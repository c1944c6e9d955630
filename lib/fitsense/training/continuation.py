"""Continuing from an adapter that exists: its weights as a start, and the list of what it and its forebears were trained on.

    parent = read_parent(params, held_out)     # None without training.init_adapter; refuses a parent that met held-out people
    start_from(model, parent)                  # copies its weights into a fresh LoRA of the same shape
    write_trained_on(adapter, chosen, parent)  # the list grows from one generation to the next

A request is known by its hash without `derived`, so that a later version of the library does not hide an old acquaintance.
"""

from dataclasses import dataclass
from pathlib import Path

from peft import set_peft_model_state_dict
from safetensors.torch import load_file

from fitsense.artifacts import read_json, write_json
from fitsense.models.adapters import check_adapter
from fitsense.params import Params, ParamsError
from fitsense.training.records import TokenisedRecord, hash_request

TRAINED_ON_FILE = "trained_on.json"  # in the adapter's folder: {"requests": sorted hashes, "tokens": seen in all}
SHAPE = {"lora_r": "r", "lora_alpha": "lora_alpha"}  # our parameter, and its name in PEFT's file


@dataclass(frozen=True)
class Parent:
    """An adapter to go on from: its folder, the requests it has met, and the tokens it has seen."""

    folder: Path
    requests: frozenset[str]
    tokens: int


def hash_requests(records: list[dict]) -> frozenset[str]:
    """The hashes of distillation records' requests."""
    return frozenset(hash_request(record["instruction"]) for record in records)


def read_parent(params: Params, held_out: frozenset[str]) -> Parent | None:
    """The adapter that training.init_adapter names; raises ParamsError where its shape differs or it met a held-out request."""
    if not params.training.init_adapter:
        return None
    folder = Path(params.training.init_adapter)
    check_adapter(folder, params.model)
    config = read_json(folder / "adapter_config.json")
    for ours, theirs in SHAPE.items():
        if getattr(params.training, ours) != config[theirs]:
            raise ParamsError(f"training.{ours}: got {getattr(params.training, ours)}; allowed: {config[theirs]}, as in "
                              f"training.init_adapter {folder}; repair: --set training.{ours}={config[theirs]}")
    seen = _read_met(folder)
    met = held_out & set(seen["requests"])
    if met:
        raise ParamsError(f"training.init_adapter: {folder} was trained on {len(met)} of this run's {len(held_out)} held-out "
                          f"requests; allowed: none; repair: another seed, or --set training.init_adapter=''")
    return Parent(folder, frozenset(seen["requests"]), seen["tokens"])


def _read_met(folder: Path) -> dict:
    if not (folder / TRAINED_ON_FILE).is_file():
        raise ParamsError(f"training.init_adapter: {folder} has no {TRAINED_ON_FILE}, so nobody can tell whom it was trained "
                          f"on; allowed: an adapter that 05 of this version wrote; repair: --set training.init_adapter=''")
    return read_json(folder / TRAINED_ON_FILE)


def leave_out_met(records: list[TokenisedRecord], params: Params) -> list[TokenisedRecord]:
    """The records that the adapter to go on from has not met; all of them where there is none, or none is new to it."""
    if not params.training.init_adapter:
        return records
    met = set(_read_met(Path(params.training.init_adapter))["requests"])
    return [record for record in records if record.request_hash not in met] or records


def start_from(model, parent: Parent) -> None:
    """Copy a parent's weights into a fresh LoRA model; raises ValueError if a matrix finds no place."""
    outcome = set_peft_model_state_dict(model, load_file(parent.folder / "adapter_model.safetensors"))
    if outcome.unexpected_keys:
        raise ValueError(f"{parent.folder}: no place for {outcome.unexpected_keys[:3]}")


def write_trained_on(adapter: Path, chosen: list[TokenisedRecord], n_tokens: int, parent: Parent | None) -> None:
    """Write what an adapter has met: the requests chosen now and its parent's, and all tokens seen."""
    requests = {record.request_hash for record in chosen} | (parent.requests if parent else frozenset())
    write_json(adapter / TRAINED_ON_FILE, {"requests": sorted(requests), "tokens": n_tokens + (parent.tokens if parent else 0)})
