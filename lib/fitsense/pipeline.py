"""Runs: execute the notebooks in order with papermill, skip what is up to date, and build the reports.

    run_pipeline(Request(...))      # what run_all.py does
    publish(run_dir)                # copy a run's HTML, tables and figures to reports/

Knows the order of stages and how to execute a notebook; everything a stage does is in its notebook and its rooms.
"""

import errno
import fcntl
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import papermill
from nbclient.exceptions import DeadKernelError
from nbclient.output_widget import OutputWidget
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from fitsense.artifacts import (
    STAGES,
    ArtifactError,
    clock_text,
    code_version,
    needed_stages,
    outputs_dir,
    read_json,
    read_manifest,
    stale_reason,
)
from fitsense.params import ROOT, Params, ParamsError, default_run_id, load_params, resolve_params_file
from fitsense.report import build_reports

MIN_FREE_MB = 500  # a default run writes about 100 MB; below this it would end half-way
# glibc hands freed memory back to the kernel between training steps and faults it in again: 680,000 page faults a step of
# 1,113 tokens, 87 tokens/s; kept by these settings: none, 110 tokens/s (2 cores). They must stand before a kernel starts.
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(32 * 2**30), "MALLOC_TOP_PAD_": str(256 * 2**20),
               "MALLOC_MMAP_THRESHOLD_": str(4 * 2**30)}
# Errors that are a person's to mend: their message is the whole story, no traceback is shown.
PLAIN_ERRORS = {"ArtifactError", "ParamsError", "BaseModelError", "AdapterError", "ContractError", "TeacherError",
                "DatasetError", "AppError"}


QUIET_KERNEL = ["--IPKernelApp.log_level=50"]  # or it sometimes logs an "ERROR" about being closed
_publish = OutputWidget._publish_msg


def _publish_and_wake(self, *arguments, **options) -> None:
    """Send a widget's message, then look at the shell socket again.

    nbclient 0.11 sends through a copy of that socket which swallows its wake-up, so about one `interact` cell in twenty
    waited for ever for a reply that had long arrived (nbclient issue 312). With this, none in 300.
    """
    _publish(self, *arguments, **options)
    self.kernel_client.shell_channel.socket._schedule_remaining_events()


OutputWidget._publish_msg = _publish_and_wake


class PipelineError(RuntimeError):
    """A run that cannot go on, in one line that says what to do (exit code 2)."""


@dataclass(frozen=True)
class RunRequest:
    """What to run: a params file, overrides, a run id (empty: derived from the parameters), which stages."""

    params_file: str
    overrides: tuple[str, ...] = ()
    run_id: str = ""
    first: str = ""
    only: str = ""
    force: bool = False


def find_stage(prefix: str) -> str:
    """A stage by its number or name ("05", "05_qlora_training")."""
    found = [stage for stage in STAGES if prefix and stage.startswith(prefix)]
    if len(found) != 1:
        raise PipelineError(f"stage: got {prefix!r}; allowed: {', '.join(STAGES)} (the number is enough)")
    return found[0]


def chosen_stages(request: RunRequest) -> tuple[str, ...]:
    """The stages this request is about, in order."""
    if request.only and request.first:
        raise PipelineError("--from and --only: give one of them")
    if request.only:
        return (find_stage(request.only),)
    return STAGES[STAGES.index(find_stage(request.first)):] if request.first else STAGES


def list_stages(request: RunRequest) -> list[tuple[str, str, str]]:
    """(stage, state, seconds) for every stage of this run."""
    params, run_dir = _open_run(request)
    rows = []
    for stage in STAGES:
        why = stale_reason(run_dir, stage, params)
        seconds = "" if why == "not finished" else f"{read_manifest(run_dir, stage)['seconds']:.0f} s"
        rows.append((stage, why or "up to date", seconds))
    return rows


def run_pipeline(request: RunRequest) -> Path:
    """Run what is stale, build the reports, return the run folder; raises PipelineError, ArtifactError or ParamsError."""
    params, run_dir = _open_run(request)
    stages = chosen_stages(request)
    _check_disk(run_dir)
    with _only_one(run_dir):
        print(f"run {run_dir.name}: {len(stages)} of {len(STAGES)} stages, parameters {request.params_file}", flush=True)
        _check_earlier(stages, request, params, run_dir)
        started, expected = time.monotonic(), _expected_seconds(params)
        for stage in stages:
            _run_stage(stage, request, params, run_dir, _left(expected, stages, stage))
        print(f"all {len(stages)} stages up to date after {clock_text(time.monotonic() - started)}", flush=True)
        build_reports(run_dir)
    return run_dir


def _check_earlier(stages: tuple[str, ...], request: RunRequest, params: Params, run_dir: Path) -> None:
    """Refuse --from and --only while a stage they rest on, and will not run, is stale."""
    needed = {one for stage in stages for one in needed_stages(stage)} - set(stages)
    for stage in (one for one in STAGES if one in needed):
        if why := stale_reason(run_dir, stage, params):
            overrides = "".join(f" --set {override}" for override in request.overrides)
            raise PipelineError(f"{run_dir / stage}: {why}, so {stages[0]} cannot start; repair: python run_all.py --params "
                                f"{request.params_file}{overrides} --run-id {run_dir.name} --from {stage[:2]}")


def _open_run(request: RunRequest) -> tuple[Params, Path]:
    params = load_params(request.params_file, request.overrides)
    run_id = request.run_id or default_run_id(params)
    if Path(run_id).name != run_id or run_id in {".", "..", "release", "registry"}:
        raise PipelineError(f"--run-id: got {run_id!r}; allowed: one folder name, neither 'release' nor 'registry'")
    return params, outputs_dir() / run_id


def _run_stage(stage: str, request: RunRequest, params: Params, run_dir: Path, left: str) -> None:
    label = f"[{STAGES.index(stage) + 1}/{len(STAGES)}] {stage}"
    why = stale_reason(run_dir, stage, params)
    if why is None and not request.force:
        _warn_other_code(run_dir, stage)
        print(f"{label}: up to date", flush=True)
        return
    if request.force:
        shutil.rmtree(run_dir / stage, ignore_errors=True)
    print(f"{label}: {'forced' if request.force else why} ...{left}", flush=True)
    started = time.monotonic()
    execute_notebook(stage, request, run_dir)
    if not (run_dir / stage / "manifest.json").is_file():
        raise PipelineError(f"{stage}: its notebook ended without writing a manifest")
    print(f"{label}: done in {clock_text(time.monotonic() - started)}", flush=True)


def execute_notebook(stage: str, request: RunRequest, run_dir: Path) -> None:
    """Execute one notebook into the run's notebooks/ folder; its prints appear live."""
    target = run_dir / "notebooks" / f"{stage}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    os.environ.update({"FITSENSE_BATCH": "1", **KEEP_MEMORY})  # FITSENSE_BATCH: an app opened in a notebook closes again
    parameters = {"PARAMS_FILE": _from_root(request.params_file), "RUN_ID": run_dir.name, "OVERRIDES": list(request.overrides)}
    try:
        with tempfile.TemporaryDirectory(prefix="fitsense-") as sockets:
            papermill.execute_notebook(
                str(ROOT / "notebooks" / f"{stage}.ipynb"), str(target), parameters=parameters, kernel_name="python3",
                cwd=str(ROOT), progress_bar=False, stdout_file=sys.stdout, log_output=False, config=local_kernel(sockets),
                extra_arguments=QUIET_KERNEL)
    except PapermillExecutionError as error:
        raise _translate(stage, target, error) from None
    except DeadKernelError:
        raise PipelineError(f"{stage}: its kernel died, most likely for want of memory (05 needs about 7 GB); repair: close "
                            f"other programs, or a smaller training.batch_size, and run the same command again") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise PipelineError(_disk_full(run_dir)) from None
        raise


def local_kernel(folder: str) -> Config:
    """Kernels that talk over socket files of this user, not over TCP ports that everybody on the machine can reach."""
    manager = {"transport": "ipc", "ip": f"{folder}/kernel"}
    return Config({"KernelManager": manager, "AsyncKernelManager": manager})


def _from_root(params_file: str) -> str:
    """The params file as a notebook finds it, whose working folder is the repository's root."""
    path = resolve_params_file(params_file).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def _translate(stage: str, notebook: Path, error: PapermillExecutionError) -> Exception:
    if error.ename in PLAIN_ERRORS:
        return PipelineError(f"{stage}: {error.evalue}")
    if f"Errno {errno.ENOSPC}" in error.evalue or "No space left" in error.evalue:
        return PipelineError(f"{stage}: {_disk_full(notebook.parent)}")
    return error


def _disk_full(folder: Path) -> str:
    return (f"{folder}: no space left on the disk; what was half-written is not used; repair: free at least "
            f"{MIN_FREE_MB} MB, or set FITSENSE_OUTPUTS to another disk, and run the same command again")


def _check_disk(run_dir: Path) -> None:
    run_dir.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(run_dir).free < MIN_FREE_MB * 2**20:
        raise PipelineError(_disk_full(run_dir))


@contextmanager
def _only_one(run_dir: Path):
    """Refuse a second run in the same folder at the same time (the lock dies with its process)."""
    with (run_dir / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PipelineError(f"{run_dir}: another run is working here; wait for it, or give another --run-id") from None
        yield


def _warn_other_code(run_dir: Path, stage: str) -> None:
    if read_manifest(run_dir, stage)["code_version"] != code_version():
        print(f"warning: {stage} was written by another version of the code; --force makes it again", flush=True)


def _expected_seconds(params: Params) -> dict[str, float]:
    """Seconds a stage took in the published run of the same parameters' name; empty when there is none."""
    path = ROOT / "reports" / "stages.json"
    published = read_json(path) if path.is_file() else {}
    return published["seconds"] if published.get("params") == params.name else {}


def _left(expected: dict[str, float], stages: tuple[str, ...], stage: str) -> str:
    rest = [expected.get(name) for name in stages[stages.index(stage):]]
    return f" (about {clock_text(sum(rest))} left)" if rest and None not in rest else ""


def explain(error: Exception) -> str | None:
    """The one line to print for an error that is a person's to mend; None for a fault of ours."""
    plain = isinstance(error, PipelineError | ArtifactError | ParamsError)
    if plain or type(error).__name__ in PLAIN_ERRORS:
        return " ".join(str(error).split())
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _disk_full(outputs_dir())
    return None
