"""Run folders and manifests: a stage's result is whole when its manifest.json stands, written last and atomically.

    stage = open_stage("03_distillation", PARAMS_FILE, RUN_ID, OVERRIDES)
    queries = stage.upstream("01_synthesis", "queries.jsonl")     # checked against the upstream manifest
    write_jsonl(stage.dir / "train.jsonl", records)
    stage.finish()                                                # hashes everything, writes manifest.json

Does not know what the stages do, nor how notebooks are executed (see pipeline.py).
"""

import hashlib
import json
import os
import platform
import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import yaml

from fitsense.params import ROOT, Params, default_run_id, hash_params, load_params, stage_params

STAGES = ("01_synthesis", "02_teacher_labelling", "03_distillation", "04_validation", "05_qlora_training",
          "06_evaluation", "07_coaching_demo")
# What each stage reads: files of earlier stages, as `stage/file`.
UPSTREAM: dict[str, tuple[str, ...]] = {
    "01_synthesis": (),
    "02_teacher_labelling": ("01_synthesis/queries.jsonl",),
    "03_distillation": ("01_synthesis/queries.jsonl", "02_teacher_labelling/responses.jsonl"),
    "04_validation": ("01_synthesis/*.parquet", "03_distillation/*.jsonl"),
    "05_qlora_training": ("03_distillation/train.jsonl", "03_distillation/val.jsonl", "03_distillation/test.jsonl"),
    "06_evaluation": ("03_distillation/train.jsonl", "03_distillation/test.jsonl", "05_qlora_training/adapter/*"),
    "07_coaching_demo": ("03_distillation/test.jsonl", "05_qlora_training/adapter/*",
                         "06_evaluation/evaluation_report.json"),
}
RELEASE_DIR = ROOT / "outputs" / "release"  # the released adapter, the one run's work that git keeps
RELEASE_CARD = "release.json"  # in it, written last: where the adapter came from, and what it fails of its gate
SESSION = ".session.json"  # hidden, so outside every hash: what work began when, seconds killed sessions spent on it
MANIFEST_KEYS = {"parameters", "inputs", "outputs", "facts", "code_version", "packages", "seconds", "peak_memory_mb"}
PACKAGES = ("torch", "transformers", "peft", "trl", "bitsandbytes", "datasets", "pandas", "pydantic", "gradio")


class ArtifactError(RuntimeError):
    """A missing, partial or tampered artefact; the message names the file and the command that repairs it."""


def outputs_dir() -> Path:
    """Where runs live: $FITSENSE_OUTPUTS (a relative one counts from the repository), else outputs/."""
    return ROOT / (os.environ.get("FITSENSE_OUTPUTS") or "outputs")


def sha256_file(path: Path) -> str:
    """sha256 of a file's bytes, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def clock_text(seconds: float) -> str:
    """Seconds as minutes:seconds, to the whole second."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def write_text(path: Path, text: str) -> Path:
    """Write a file whole or not at all: to a temporary name beside it, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.partial")
    try:
        with temporary.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_json(path: Path, value) -> Path:
    """Write indented JSON, key order kept, atomically."""
    return write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def read_yaml(package: str, name: str):
    """Read a YAML table that one of our packages carries, by PyYAML's C parser where it has one (ten times as fast)."""
    return yaml.load((files(package) / name).read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def read_json(path: Path):
    """Read JSON; an unreadable file is an ArtifactError that names it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{path}: cannot be read as JSON ({error})") from None


def write_jsonl(path: Path, records: Iterable[dict]) -> Path:
    """Write one compact JSON object a line, key order kept, atomically."""
    return write_text(path, "".join(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n" for record in records))


def iter_jsonl(path: Path) -> Iterator[dict]:
    """Yield the records of a JSONL file; a broken line is an ArtifactError that names file and line."""
    with path.open(encoding="utf-8") as handle:
        for number, line in enumerate(handle, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise ArtifactError(f"{path}:{number}: not valid JSON ({error})") from None


def read_jsonl(path: Path) -> list[dict]:
    """Read a JSONL file whole."""
    return list(iter_jsonl(path))


def append_jsonl(path: Path, record: dict) -> None:
    """Append one record and flush it to disk: for logs that must survive a kill."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def read_jsonl_prefix(path: Path) -> list[dict]:
    """Read what a killed writer left: every whole line; a broken last line is cut off the file."""
    if not path.is_file():
        return []
    good, records = 0, []
    with path.open("rb") as handle:
        for line in handle:
            if not line.endswith(b"\n"):
                break
            records.append(json.loads(line))
            good += len(line)
    if good < path.stat().st_size:
        os.truncate(path, good)
    return records


@dataclass
class Stage:
    """One stage of one run: its parameters, its folder, its checked inputs."""

    name: str
    run_id: str
    params_file: str
    params: Params
    run_dir: Path
    inputs: dict[str, str] = field(default_factory=dict)
    code: str = field(default_factory=lambda: code_version())
    started: float = field(default_factory=time.monotonic)
    spent_before: float = 0.0  # seconds of earlier sessions in this folder
    least: dict[str, float] = field(default_factory=dict)  # seconds and memory this work took when it was done before

    @property
    def dir(self) -> Path:
        """The stage's own folder, made on first use."""
        folder = self.run_dir / self.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def upstream(self, stage: str, file: str) -> Path:
        """The path of an earlier stage's file, checked against that stage's manifest; raises ArtifactError."""
        path = self.run_dir / stage / file
        recorded = read_manifest(self.run_dir, stage, self.params_file)["outputs"]
        if file not in recorded or not path.is_file():
            raise ArtifactError(f"{path}: missing; repair: {repair_command(self, stage)}")
        if sha256_file(path) != recorded[file]:
            raise ArtifactError(f"{path}: changed since {stage} wrote it; repair: {repair_command(self, stage)} --force")
        self.inputs[f"{stage}/{file}"] = recorded[file]
        return path

    def finish(self, **facts) -> Path:
        """Hash every output and write manifest.json, last; `facts` are short figures worth keeping with it."""
        return write_json(self.dir / "manifest.json", {
            "stage": self.name, "run_id": self.run_id, "parameters": stage_params(self.params, self.name),
            "params_name": self.params.name, "seed": self.params.seed, "inputs": dict(sorted(self.inputs.items())),
            "outputs": hash_folder(self.dir), "facts": facts, "code_version": self.code,
            "packages": {name: metadata.version(name) for name in PACKAGES}, "python": platform.python_version(),
            "seconds": max(round(self.spent_before + time.monotonic() - self.started, 1), self.least.get("seconds", 0)),
            "peak_memory_mb": max(peak_memory_mb(), self.least.get("peak_memory_mb", 0)),
            "finished": datetime.now(UTC).isoformat(timespec="seconds")})


def open_stage(name: str, params_file: str, run_id: str = "", overrides: list[str] | tuple[str, ...] = ()) -> Stage:
    """Open a stage for work: load parameters, check every upstream file, take back the manifest until finish()."""
    params = load_params(params_file, overrides)
    run_id = run_id or default_run_id(params)
    stage = Stage(name, run_id, params_file, params, outputs_dir() / run_id)
    for pattern in UPSTREAM[name]:
        upstream, _, file = pattern.partition("/")
        names = read_manifest(stage.run_dir, upstream, params_file)["outputs"]
        for output in [known for known in names if Path(known).match(file)]:
            stage.upstream(upstream, output)
    stage.spent_before, stage.least = _begin_session(stage)
    (stage.dir / "manifest.json").unlink(missing_ok=True)
    return stage


def _begin_session(stage: Stage) -> tuple[float, dict[str, float]]:
    """Note when this session began; return the seconds that killed ones before it worked, and what the work took at least.

    Only sessions of the same parameters and inputs count. Killed ones add up, by the clocks of their files, until a
    manifest stands: then the work was done, and a session that finds it done must not publish its own few seconds.
    """
    parameters, inputs = stage_params(stage.params, stage.name), dict(sorted(stage.inputs.items()))
    path, work = stage.dir / SESSION, hash_params({"parameters": parameters, "inputs": inputs})
    last = read_json(path) if path.is_file() else {}
    spent, least = 0.0, {}
    if (stage.dir / "manifest.json").is_file():
        least = _read_cost(stage, parameters, inputs)
    elif last.get("work") == work:
        latest = max(file.stat().st_mtime for file in stage.dir.rglob("*") if file.is_file())
        spent, least = last["spent"] + max(0.0, latest - last["began"]), last.get("least", {})
    write_json(path, {"work": work, "began": time.time(), "spent": round(spent, 1), "least": least})
    return spent, least


def _read_cost(stage: Stage, parameters: dict, inputs: dict[str, str]) -> dict[str, float]:
    """Seconds and peak memory of a standing manifest of the same work; none of other work or a broken manifest."""
    try:
        manifest = read_manifest(stage.run_dir, stage.name)
    except ArtifactError:
        return {}
    same = manifest["parameters"] == parameters and manifest["inputs"] == inputs
    return {key: manifest[key] for key in ("seconds", "peak_memory_mb")} if same else {}


def read_manifest(run_dir: Path, stage: str, params_file: str = "") -> dict:
    """A finished stage's manifest; a missing one is an ArtifactError that names the repair."""
    path = run_dir / stage / "manifest.json"
    command = f"python run_all.py --params {params_file or '<file>'} --run-id {run_dir.name} --only {stage[:2]} --force"
    if not path.is_file():
        raise ArtifactError(f"{path}: missing, so {stage} has not finished; repair: {command.removesuffix(' --force')}")
    try:
        manifest = read_json(path)
    except ArtifactError as error:
        raise ArtifactError(f"{error}; repair: {command}") from None
    if not isinstance(manifest, dict) or not manifest.keys() >= MANIFEST_KEYS:
        raise ArtifactError(f"{path}: lacks {sorted(MANIFEST_KEYS - set(manifest))}; repair: {command}")
    return manifest


def repair_command(stage: Stage, broken: str) -> str:
    """The command that makes a broken upstream stage again."""
    return f"python run_all.py --params {stage.params_file} --run-id {stage.run_id} --only {broken[:2]}"


def needed_stages(stage: str) -> tuple[str, ...]:
    """The stages that a stage's result rests on, directly or not, in order."""
    direct = {pattern.partition("/")[0] for pattern in UPSTREAM[stage]}
    found = direct.union(*(needed_stages(one) for one in direct))
    return tuple(one for one in STAGES if one in found)


def upstream_hashes(run_dir: Path, stage: str) -> dict[str, str]:
    """The recorded hashes of the files a stage reads, from the upstream manifests."""
    found = {}
    for pattern in UPSTREAM[stage]:
        upstream, _, file = pattern.partition("/")
        path = run_dir / upstream / "manifest.json"
        outputs = read_manifest(run_dir, upstream)["outputs"] if path.is_file() else {}
        found |= {f"{upstream}/{name}": digest for name, digest in outputs.items() if Path(name).match(file)}
    return found


def hash_folder(folder: Path) -> dict[str, str]:
    """sha256 of every file under a folder but manifest.json, hidden files and checkpoints, by relative path, sorted."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / "manifest.json"]
    kept = [path for path in paths if not any(part.startswith((".", "checkpoint-"))
                                              for part in path.relative_to(folder).parts)]
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in kept}


def stale_reason(run_dir: Path, stage: str, params: Params) -> str | None:
    """Why a stage must run (None: it is up to date): no manifest, other parameters, other inputs, changed outputs."""
    try:
        parameters = read_manifest(run_dir, stage)["parameters"]
    except ArtifactError:
        return "not finished"
    return "parameters changed" if parameters != stage_params(params, stage) else changed_file(run_dir, stage)


def changed_file(run_dir: Path, stage: str) -> str | None:
    """What no longer agrees with a finished stage's manifest (None: nothing): its inputs, or one of its outputs."""
    manifest = read_manifest(run_dir, stage)
    if manifest["inputs"] != dict(sorted(upstream_hashes(run_dir, stage).items())):
        return "inputs changed"
    changed = [name for name, digest in manifest["outputs"].items() if not _same(run_dir / stage / name, digest)]
    return f"outputs changed: {changed[0]}" if changed else None


def _same(path: Path, digest: str) -> bool:
    return path.is_file() and sha256_file(path) == digest


def code_version() -> str:
    """One hash over the package's own Python and YAML files: which code wrote this."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".yaml"}:
            digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def peak_memory_mb() -> int:
    """Peak resident memory of this process so far, MB (Linux reports kB, macOS bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if platform.system() == "Darwin" else 1 << 10))
