"""Parameters: every file loads, every mistake is named with its path, its value and what is allowed."""

import pytest

from fitsense.params import ROOT, Params, ParamsError, default_run_id, known_keys, load_params, stage_params

FILES = sorted(path.name for path in (ROOT / "params").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES)
def test_every_params_file_loads(file):
    params = load_params(f"params/{file}")
    assert isinstance(params, Params) and params.name == file.removesuffix(".yaml")


def test_the_five_profiles_exist():
    assert FILES == ["default.yaml", "gemma.yaml", "release.yaml", "smoke.yaml", "thesis.yaml"]


def test_thesis_has_the_thesis_hyperparameters():
    training = load_params("params/thesis.yaml").training
    assert (training.epochs, training.batch_size, training.gradient_accumulation) == (3, 1, 8)
    assert (training.learning_rate, training.max_length, training.lora_dropout) == (2e-4, 4096, 0.05)
    assert training.activation_checkpointing and load_params("params/default.yaml").training.lora_dropout == 0


@pytest.mark.parametrize(("override", "expected"), [
    ("training.learning_rat=1e-3", "unknown parameter; did you mean training.learning_rate?"),
    ("training.learning_rate=fast", "training.learning_rate: got 'fast'"),
    ("training.epochs='2'", "training.epochs: got '2'"),
    ("training.batch_size=true", "training.batch_size: got True"),
    ("synthesis.n_users=3", "greater than or equal to 10"),
    ("teacher.provider=oracle", "'rule_based' or 'openai_compatible'"),
    ("teacher.provider=openai_compatible", "needs base_url"),
    ("training.learning_rate.x=1", "learning_rate is a value, not a section"),
    ("training.lora_r.x=1", "training.lora_r: got {'x': 1}"),
    ("seed=1=2", "seed: got '1=2'"),
    ("training.prompt_type_shares.plan_creaton=1", "did you mean training.prompt_type_shares.plan_creation?"),
    ("evaluation.n_plans.student_gramar=2", "did you mean evaluation.n_plans.student_grammar?"),
    ("evaluation.n_short={base: 1, student: 1}", "evaluation.n_short.student_grammar"),
])
def test_mistakes_are_named(override, expected):
    with pytest.raises(ParamsError) as caught:
        load_params("params/default.yaml", [override])
    assert expected in str(caught.value) and "\n" not in str(caught.value)


def test_override_changes_run_id_and_only_its_stages():
    plain, changed = load_params("params/smoke.yaml"), load_params("params/smoke.yaml", ["training.learning_rate=2e-3"])
    assert changed.training.learning_rate == 0.002 and default_run_id(plain) != default_run_id(changed)
    assert stage_params(plain, "03_distillation") == stage_params(changed, "03_distillation")
    assert stage_params(plain, "05_qlora_training") != stage_params(changed, "05_qlora_training")


def test_no_branch_on_the_profile_name():
    for path in [*(ROOT / "lib").rglob("*.py"), ROOT / "run_all.py"]:
        text = path.read_text()
        assert 'name == "smoke"' not in text and "name == 'smoke'" not in text, path


def test_known_keys_reach_into_sections():
    assert {"seed", "training.learning_rate", "demo.port"} <= set(known_keys())
