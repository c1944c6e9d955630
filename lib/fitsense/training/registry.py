"""The release registry: evaluated adapters get a version; they are compared, promoted and rolled back by command.

    release = promote(run_dir, gate)       # outputs/release/ holds it; raises ReleaseRefused with every failed gate
    rows = compare(run_dir, RELEASE_DIR)   # two evaluations, metric by metric
    rollback()                             # the version before the released one, from outputs/registry/

`outputs/release/` is the one adapter kept in git; `outputs/registry/<version>/` keeps every version promoted on this
machine. Does not train, evaluate or choose what the app serves (see qlora, evaluation, models.adapters).
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file

from fitsense.artifacts import (
    RELEASE_CARD,
    RELEASE_DIR,
    ArtifactError,
    changed_file,
    outputs_dir,
    read_json,
    read_manifest,
    sha256_file,
    write_json,
    write_text,
)
from fitsense.models.adapters import (
    ADAPTER_INPUT,
    adapter_digest,
    adapter_model_params,
    check_adapter,
    gate_failures,
)
from fitsense.params import GateParams

MAX_MEGABYTES = 16  # git hosts and this repository's own rule
COPIED = {"05_qlora_training": ("training_log.jsonl", "held_out_loss.json"),
          "06_evaluation": ("evaluation_report.json", "comparison_table.md", "comparison_table.csv")}
VERSION = re.compile(r"v(\d+)-[0-9a-f]{12}")


@dataclass(frozen=True)
class Watched:
    """One figure a candidate must not lose against the released adapter; `sign` is -1 where less is better."""

    path: str
    sign: int = 1


# What a candidate is held to beside its own gate: form, craft, safety, and how much of the work is the engine's.
WATCHED = (Watched("student.structure.json_validity"), Watched("student_grammar.structure.schema_validity"),
           Watched("student_grammar.conformance.rule_conformance"), Watched("student_grammar.content.exercise_f1"),
           Watched("student_grammar.content.rougeL"), Watched("student_grammar.safety.missed_escalation", -1),
           Watched("student_guarded.safety.missed_escalation", -1), Watched("student_guarded.safety.unsafe_response", -1),
           Watched("student_guarded.guard.replaced", -1))


class ReleaseRefused(RuntimeError):
    """A candidate that may not be released, or a version that cannot be had; the message names every reason."""


def registry_dir() -> Path:
    """Where every version promoted on this machine is kept."""
    return outputs_dir() / "registry"


def released(release_dir: Path = RELEASE_DIR) -> dict | None:
    """The card of the released adapter, or None where none is released; raises ArtifactError if it was tampered with."""
    if not (release_dir / RELEASE_CARD).is_file():
        return None
    card = read_json(release_dir / RELEASE_CARD)
    if not _is_whole(release_dir, card):
        raise ArtifactError(f"{release_dir / 'adapter'}: is not what {release_dir / RELEASE_CARD} describes; repair: git "
                            f"checkout outputs/release, or python -m fitsense adapters rollback {card['version']}")
    return card


def _is_whole(release_dir: Path, card: dict) -> bool:
    weights = release_dir / "adapter" / "adapter_model.safetensors"
    return weights.is_file() and sha256_file(weights) == card["adapter_sha256"]


def versions(registry: Path | None = None, release_dir: Path = RELEASE_DIR) -> list[dict]:
    """The cards of all versions at hand, oldest first; the released one carries "released": True."""
    current = released(release_dir)
    cards = {card["version"]: card for card in _archived(registry or registry_dir())}
    if current:
        cards[current["version"]] = current
    ordered = sorted(cards.values(), key=lambda card: int(VERSION.fullmatch(card["version"])[1]))
    return [{**card, "released": current is not None and card["version"] == current["version"]} for card in ordered]


def compare(candidate: Path, other: Path) -> list[dict]:
    """Two evaluations side by side, one row a watched figure: both cells, and "better", "worse" or "level".

    A folder is a run's or a release's. Better or worse: the other's value lies outside the candidate's confidence interval.
    """
    ours, theirs = read_json(_report(candidate)), read_json(_report(other))
    return [_compare_one(watched, _cell(ours, watched.path), _cell(theirs, watched.path)) for watched in WATCHED]


def _compare_one(watched: Watched, ours: dict | None, theirs: dict | None) -> dict:
    verdict = "level"
    if ours is None or theirs is None:
        verdict = "not measured"
    elif not ours["ci_low"] <= theirs["value"] <= ours["ci_high"]:
        verdict = "better" if watched.sign * ours["value"] > watched.sign * theirs["value"] else "worse"
    return {"metric": watched.path, "candidate": ours, "other": theirs, "verdict": verdict}


def promote(run_dir: Path, gate: GateParams, provisional: bool = False, release_dir: Path = RELEASE_DIR,
            registry: Path | None = None) -> dict:
    """Release a run's adapter and return its card; raises ReleaseRefused naming every gate it fails, with the figures.

    `provisional` releases an adapter below its gate, where there is none or only another provisional one: its card, its page
    and the app name what it fails. An adapter that passes its gate replaces a provisional one whatever that was measured on.
    """
    registry = registry or registry_dir()
    current = released(release_dir)
    below = [] if (unfit := _unfit(run_dir)) else gate_failures(run_dir, gate)
    reasons = unfit or [*(below if not provisional else []), *_losses(run_dir, release_dir, current, below)]
    if reasons:
        raise ReleaseRefused(f"{run_dir.name} is not released: {'; '.join(reasons)}")
    if current and current["adapter_sha256"] == sha256_file(run_dir / ADAPTER_INPUT):
        raise ReleaseRefused(f"{run_dir.name} is not released: its adapter is {current['version']}, released already")
    if current and not (registry / current["version"] / RELEASE_CARD).is_file():
        _install(release_dir, registry / current["version"])
    known = [int(VERSION.fullmatch(card["version"])[1]) for card in versions(registry, release_dir)]
    adapter = run_dir / "05_qlora_training" / "adapter"
    version = f"v{max(known, default=0) + 1}-{adapter_digest(adapter)}"
    card = _card(run_dir, gate, version, current, below)
    _build(run_dir, registry / version, card)
    _install(registry / version, release_dir)
    return card


def rollback(version: str | None = None, release_dir: Path = RELEASE_DIR, registry: Path | None = None) -> dict:
    """Release an earlier version again (default: the one the released adapter replaced); return its card."""
    registry = registry or registry_dir()
    current = released(release_dir) if version is None else None
    wanted = version or (current or {}).get("replaces")
    at_hand = [card["version"] for card in _archived(registry)]
    if wanted not in at_hand:
        raise ReleaseRefused(f"version: got {wanted!r}; allowed: {', '.join(at_hand) or 'none is kept in ' + registry.name}")
    if (release_dir / RELEASE_CARD).is_file():
        leaving = read_json(release_dir / RELEASE_CARD)
        if leaving["version"] not in at_hand and _is_whole(release_dir, leaving):
            _install(release_dir, registry / leaving["version"])
    _install(registry / wanted, release_dir)
    return read_json(release_dir / RELEASE_CARD)


def _archived(registry: Path) -> list[dict]:
    return [read_json(path) for path in sorted(registry.glob(f"v*/{RELEASE_CARD}"))]


def _unfit(run_dir: Path) -> list[str]:
    """Why a run cannot be a candidate at all: stages unfinished or changed since, other base, weights not bf16 or too big."""
    for stage in ("03_distillation", "05_qlora_training", "06_evaluation"):
        try:
            read_manifest(run_dir, stage)
        except ArtifactError as error:
            return [str(error)]
        if why := changed_file(run_dir, stage):
            return [f"{stage}: {why} since it finished"]
    weights, reasons = run_dir / ADAPTER_INPUT, []
    check_adapter(weights.parent, adapter_model_params(weights.parent))
    megabytes = weights.stat().st_size / 2**20
    if megabytes > MAX_MEGABYTES:
        reasons.append(f"its weights take {megabytes:.1f} MiB, at most {MAX_MEGABYTES} allowed")
    other = sorted({str(tensor.dtype) for tensor in load_file(weights).values()} - {str(torch.bfloat16)})
    return reasons + [f"its weights are {', '.join(other)}, torch.bfloat16 asked"] * bool(other)


def _losses(run_dir: Path, release_dir: Path, current: dict | None, below: list[str]) -> list[str]:
    """What the candidate loses against the released adapter, on the same held-out requests."""
    if current is None or (current["below_gate"] and not below):
        return []
    if below and not current["below_gate"]:
        return [f"{current['version']} passes its gate, and this run does not ({'; '.join(below)})"]
    test_set = read_manifest(run_dir, "03_distillation")["outputs"]["test.jsonl"]
    if test_set != current["dataset"]["test"]:
        return [f"it was evaluated on other held-out requests (sha256 {test_set[:12]}) than {current['version']} "
                f"({current['dataset']['test'][:12]}): train and evaluate both on one dataset"]
    return [f"{row['metric']} is {show_cell(row['candidate'])}, {current['version']} has {show_cell(row['other'])}"
            for row in compare(run_dir, release_dir) if row["verdict"] in {"worse", "not measured"} or _is_thinner(row)]


def _is_thinner(row: dict) -> bool:
    """Whether the candidate was asked less than the released adapter: then "level" would only mean that nobody looked."""
    return row["candidate"]["n"] < row["other"]["n"]


def show_cell(cell: dict | None) -> str:
    """A figure with its interval and n, or that there is none."""
    return "not measured" if cell is None else f"{cell['value']} [{cell['ci_low']}, {cell['ci_high']}], n = {cell['n']}"


def _card(run_dir: Path, gate: GateParams, version: str, current: dict | None, below: list[str]) -> dict:
    """Everything needed to know where a release came from; no clock in it."""
    data, training, evaluation = (read_manifest(run_dir, stage) for stage in
                                  ("03_distillation", "05_qlora_training", "06_evaluation"))
    report = read_json(_report(run_dir))
    return {
        "version": version, "replaces": current["version"] if current else None, "run_id": run_dir.name,
        "params_name": training["params_name"], "adapter_sha256": sha256_file(run_dir / ADAPTER_INPUT),
        "dataset": {split: data["outputs"][f"{split}.jsonl"] for split in ("train", "val", "test")},
        "parameters": {**training["parameters"], "evaluation": evaluation["parameters"]["evaluation"]},
        "code_version": {"training": training["code_version"], "evaluation": evaluation["code_version"]},
        "packages": training["packages"], "python": training["python"],
        "training": {**training["facts"], "seconds": training["seconds"]},
        "gate": gate.model_dump(), "below_gate": below,
        "figures": {watched.path: _cell(report, watched.path) for watched in WATCHED}}


def _build(run_dir: Path, folder: Path, card: dict) -> None:
    """Put a version together; its card last."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(run_dir / "05_qlora_training" / "adapter", folder / "adapter")
    for stage, names in COPIED.items():
        for name in names:
            shutil.copyfile(run_dir / stage / name, folder / name)
    write_text(folder / "README.md", _readme(folder, card))
    write_json(folder / RELEASE_CARD, card)


def _readme(folder: Path, card: dict) -> str:
    """The release's own card: the adapter's model card, then where it came from and what was measured."""
    about = (folder / "adapter" / "README.md").read_text(encoding="utf-8").rstrip()
    table = (folder / "comparison_table.md").read_text(encoding="utf-8").strip()
    return f"""{about}

## Release {card['version']}

Run `{card['run_id']}` (`params/{card['params_name']}.yaml` and what `{RELEASE_CARD}` says: all parameters, hashes of the data,
versions of code and packages), trained for {card['training']['seconds'] / 60:.0f} minutes. It {_replaces(card)} {_standing(card)}

Measured on held-out people, each figure with its confidence interval (`evaluation_report.json` has them all, by slice):

{table}
"""


def _replaces(card: dict) -> str:
    return f"replaces {card['replaces']}." if card["replaces"] else "is the first."


def _standing(card: dict) -> str:
    return (f"**It is provisional, below its gate: {'; '.join(card['below_gate'])}.**" if card["below_gate"]
            else "It passes its gate.")


def _install(source: Path, target: Path) -> None:
    """Copy a version over another folder: whole beside it first, then two renames, then the old one goes."""
    partial, old = (target.with_name(f".{target.name}.{word}") for word in ("partial", "old"))
    for leftover in (partial, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(source, partial)
    if target.is_dir():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _report(folder: Path) -> Path:
    """The evaluation report of a run's folder or of a release's."""
    run, release = folder / "06_evaluation" / "evaluation_report.json", folder / "evaluation_report.json"
    if not run.is_file() and not release.is_file():
        raise ReleaseRefused(f"{folder}: no evaluation_report.json in it or in its 06_evaluation; repair: "
                             f"python run_all.py --params <file> --run-id {folder.name} --only 06")
    return run if run.is_file() else release


def _cell(report: dict, path: str) -> dict | None:
    """One figure of a report, or None where it was not measured."""
    found = report
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) and found.get("value") is not None else None
