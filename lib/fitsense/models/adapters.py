"""Adapters: what an adapter folder must hold, whether it fits a base, and which one the app should use.

    check_adapter(folder, params.model)                    # raises AdapterError unless trained on this very base
    choice = choose_adapter(run_dir, release_dir, gate)    # the run's own, the released one, or none: and why
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fitsense.artifacts import RELEASE_CARD, ArtifactError, read_json, sha256_file
from fitsense.models.base import base_fingerprint
from fitsense.params import GateParams, ModelParams

ADAPTER_INPUT = "05_qlora_training/adapter/adapter_model.safetensors"  # as 06's manifest names it
BASE_FILE = "fitsense_base.json"  # written beside the adapter: the fingerprint of the weights it was trained on


class AdapterError(RuntimeError):
    """An adapter that is missing, incomplete, or was trained on other weights."""


@dataclass(frozen=True)
class AdapterChoice:
    """Which adapter the app uses (`adapter_dir` None: the rules coach), how to call it, and why this one."""

    adapter_dir: Path | None
    source: Literal["run", "release", "rules"]
    label: str
    reason: str


def check_adapter(folder: Path, model: ModelParams) -> dict:
    """Check that an adapter is whole and was trained on this base at this quantisation; return its fingerprint."""
    for name in ("adapter_config.json", "adapter_model.safetensors", BASE_FILE):
        if not (folder / name).is_file():
            raise AdapterError(f"{folder / name}: missing, so this is no whole adapter; repair: train it again "
                               f"(python run_all.py --params <file> --only 05 --force)")
    trained_on, serving = read_json(folder / BASE_FILE), base_fingerprint(model)
    for key, value in serving.items():
        if trained_on.get(key) != value:
            raise AdapterError(f"{folder}: trained on {key} {trained_on.get(key)!r}, but the base at hand has {value!r}; "
                               f"an adapter is only right on the weights it was trained on")
    return trained_on


def adapter_model_params(folder: Path) -> ModelParams:
    """The base model an adapter says it was trained on, as parameters to load it with."""
    check_has_base_file(folder)
    return ModelParams.model_validate(read_json(folder / BASE_FILE)["model"])


def check_has_base_file(folder: Path) -> None:
    """Refuse a folder that is no FitSense adapter."""
    if not (folder / BASE_FILE).is_file():
        raise AdapterError(f"{folder}: no {BASE_FILE} in it, so it is no FitSense adapter")


def adapter_digest(folder: Path) -> str:
    """First 12 hex of the adapter weights' sha256: the short name of exactly this adapter."""
    return sha256_file(folder / "adapter_model.safetensors")[:12]


def choose_adapter(run_dir: Path | None, release_dir: Path, gate: GateParams) -> AdapterChoice:
    """Prefer the run's own adapter if its evaluation passes the gate, else the released one, else the run's, else rules."""
    own = run_dir / "05_qlora_training" / "adapter" if run_dir else None
    has_own = _is_adapter(own)
    has_release = (release_dir / RELEASE_CARD).is_file() and _is_adapter(release_dir / "adapter")
    failures = gate_failures(run_dir, gate) if has_own else []
    if has_own and not failures:
        return _choice(own, "run", f"run {run_dir.name}", "this run's adapter passes its gate")
    if has_release:
        why = _why_not_own(own, release_dir, failures) if has_own else "there is no run of one's own"
        return _choose_release(release_dir, why)
    if has_own:
        return _choice(own, "run", f"run {run_dir.name} (below its gate)",
                       f"fails its gate ({'; '.join(failures)}) and no adapter is released: read every answer with care")
    return AdapterChoice(None, "rules", "rules coach", "no adapter was trained or released: the planning engine answers")


def _why_not_own(own: Path, release_dir: Path, failures: list[str]) -> str:
    """Why a run's adapter is passed over; where it is the released one itself, its failures are told once, with that."""
    if adapter_digest(own) == adapter_digest(release_dir / "adapter"):
        return "this run's adapter is the released one"
    return f"this run's adapter fails its gate ({'; '.join(failures)})"


def _choose_release(release_dir: Path, why: str) -> AdapterChoice:
    """The released adapter, called provisional where its card says that it is below its gate."""
    below = read_json(release_dir / RELEASE_CARD)["below_gate"]
    name = "release, provisional" if below else "release"
    care = f"; it is provisional, below its own gate ({'; '.join(below)}): read every answer with care" if below else ""
    return _choice(release_dir / "adapter", "release", name, f"{why}: the released adapter answers{care}")


def _is_adapter(folder: Path | None) -> bool:
    return folder is not None and (folder / BASE_FILE).is_file() and (folder / "adapter_model.safetensors").is_file()


def _choice(folder: Path, source: str, name: str, reason: str) -> AdapterChoice:
    base = read_json(folder / BASE_FILE)["name"]
    return AdapterChoice(folder, source, f"{base} + adapter {adapter_digest(folder)} ({name})", reason)


def gate_failures(run_dir: Path, gate: GateParams) -> list[str]:
    """What the run's evaluation lacks to pass the gate, each as one phrase with both figures; empty means it passes."""
    try:
        evaluated = read_json(run_dir / "06_evaluation" / "manifest.json")["inputs"].get(ADAPTER_INPUT)
        report = read_json(run_dir / "06_evaluation" / "evaluation_report.json")
    except ArtifactError:
        return ["it has not been evaluated"]
    if evaluated != sha256_file(run_dir / ADAPTER_INPUT):
        return ["its evaluation is of another adapter"]
    bounds = [("student", "structure", "json_validity", gate.min_student_json_validity, 1),
              ("student_grammar", "structure", "schema_validity", gate.min_grammar_schema_validity, 1),
              ("student_guarded", "safety", "missed_escalation", gate.max_missed_escalation, -1)]
    failures = []
    for system, suite, metric, bound, sign in bounds:
        value = report.get(system, {}).get(suite, {}).get(metric, {}).get("value")
        if value is None or sign * value < sign * bound:
            failures.append(f"{system} {metric} is {value}, {'at least' if sign > 0 else 'at most'} {bound} asked")
    return failures
