"""Choice: which coach answers in the app, and why: the run's adapter, the released one, or the rules.

Does not know how adapters are trained or judged (see models.adapters); loads the one that was chosen.
"""

from dataclasses import dataclass
from pathlib import Path

from fitsense.artifacts import RELEASE_DIR, outputs_dir, read_manifest
from fitsense.coach.coaches import Coach, RulesCoach, StudentCoach
from fitsense.models.adapters import AdapterChoice, choose_adapter
from fitsense.params import Params


@dataclass(frozen=True)
class OpenedCoach:
    """A coach ready to answer, and the choice that led to it."""

    coach: Coach
    choice: AdapterChoice


def open_coach(run_dir: Path | None, params: Params, release_dir: Path = RELEASE_DIR) -> OpenedCoach:
    """Choose an adapter and load it; raises AdapterError where the chosen one does not fit its base."""
    choice = choose_adapter(run_dir, release_dir, params.gate)
    if choice.adapter_dir is None:
        return OpenedCoach(RulesCoach(), choice)
    coach = StudentCoach.from_adapter(choice.adapter_dir, choice.label, params.evaluation, params.demo.timeout_s)
    return OpenedCoach(coach, choice)


def newest_run() -> Path | None:
    """The run whose evaluation was finished last; where none is evaluated, the one trained last; None: there is none."""
    for stage in ("06_evaluation", "05_qlora_training"):
        if found := list(outputs_dir().glob(f"*/{stage}/manifest.json")):
            return max(found, key=lambda path: (path.stat().st_mtime, str(path))).parents[1]
    return None


def params_of(run_dir: Path | None) -> Params:
    """The gate, decoding and demo settings a run was made with, by its demo's manifest; the defaults where there is none."""
    if run_dir is None or not (run_dir / "07_coaching_demo" / "manifest.json").is_file():
        return Params(name="demo")
    manifest = read_manifest(run_dir, "07_coaching_demo")
    return Params.model_validate({"name": manifest["params_name"], **manifest["parameters"]})
