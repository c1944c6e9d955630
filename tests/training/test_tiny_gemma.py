"""The thesis path on a tiny random Gemma made locally: QLoRA with its hyper-parameters, saved, loaded, generating."""

import shutil

import pytest
from tiny_gemma import RECORDS

from fitsense.artifacts import read_json
from fitsense.models.adapters import AdapterError
from fitsense.models.base import load_dequantised, load_nf4, load_unquantised
from fitsense.models.generation import load_student, merge_adapter
from fitsense.models.tokens import end_of_turn, load_tokenizer, render_prompt
from fitsense.params import ModelParams, ParamsError, load_params
from fitsense.training.continuation import TRAINED_ON_FILE, hash_requests
from fitsense.training.held_out import mean_loss
from fitsense.training.progress import LiveLine
from fitsense.training.qlora import last_checkpoint, train_adapter
from fitsense.training.records import tokenise_record

NOBODY = frozenset()  # held-out requests


def tokenised(params):
    return [tokenise_record(load_tokenizer(params.model), record) for record in RECORDS]


@pytest.fixture(scope="module")
def trained(gemma, tmp_path_factory):
    thesis = load_params("params/thesis.yaml", ["training.learning_rate=0.05", "training.gradient_accumulation=4"])
    params = thesis.model_copy(update={"model": gemma})
    return params, train_adapter(tokenised(params), params, tmp_path_factory.mktemp("run"), NOBODY)


def test_gemmas_turns_have_no_system_role_and_a_trained_end(gemma):
    tokenizer = load_tokenizer(gemma)
    prompt = render_prompt(tokenizer, "hello")
    assert "system" not in prompt and prompt.endswith("<start_of_turn>model\n")
    assert end_of_turn(tokenizer) == "<end_of_turn>"
    record = tokenise_record(tokenizer, RECORDS[0])
    assert tokenizer.convert_ids_to_tokens(record.labels[-1]) == "<end_of_turn>"


def test_three_epochs_are_trained_and_learned(trained):
    params, run = trained
    assert [row["step"] for row in run.log] == list(range(1, 13)), "16 records, 4 a step, 3 epochs"
    assert run.log[-1]["loss"] < run.log[0]["loss"] - 0.5


def test_a_killed_training_counts_its_tokens_on(trained, tmp_path, monkeypatch):
    params, whole = trained

    def stop_at_three(self, args, state, control, **kwargs):
        if state.global_step == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as killing, pytest.raises(KeyboardInterrupt):
        killing.setattr(LiveLine, "on_step_end", stop_at_three)
        train_adapter(tokenised(params), params, tmp_path, NOBODY)
    assert last_checkpoint(tmp_path / "checkpoints").endswith("checkpoint-1"), "the first step is kept, however fast"
    resumed = train_adapter(tokenised(params), params, tmp_path, NOBODY)
    tokens = [row["num_tokens"] for row in resumed.log]
    assert tokens == [row["num_tokens"] for row in whole.log] and tokens == sorted(set(tokens))


def test_the_adapter_fits_its_nf4_base_and_not_the_unquantised_one(trained):
    params, run = trained
    records = tokenised(params)
    served = mean_loss(merge_adapter(load_dequantised(params.model), run.adapter_dir), records)
    wrong = mean_loss(merge_adapter(load_unquantised(params.model), run.adapter_dir), records)
    base = mean_loss(load_nf4(params.model), records)
    assert served < base - 1 and abs(wrong - served) > 1e-3, (base, served, wrong)


def test_a_finished_training_is_not_repeated_and_other_parameters_start_anew(trained, tmp_path):
    params, run = trained
    folder = tmp_path / "run"
    shutil.copytree(run.adapter_dir.parent, folder)
    weights = folder / "adapter" / "adapter_model.safetensors"
    before = weights.stat().st_mtime_ns
    idle = {"checkpoint_every_s": 999, "n_held_out": 3}
    patient = params.model_copy(update={"training": params.training.model_copy(update=idle)})
    train_adapter(tokenised(params), patient, folder, NOBODY)
    assert weights.stat().st_mtime_ns == before
    other = params.model_copy(update={"training": params.training.model_copy(update={"epochs": 1})})
    again = train_adapter(tokenised(params), other, folder, NOBODY)
    assert len(again.log) == 4 and weights.stat().st_mtime_ns != before


def continued(params, run, **changes):
    changed = {"init_adapter": str(run.adapter_dir), "epochs": 1, **changes}
    return params.model_copy(update={"training": params.training.model_copy(update=changed)})


def test_a_training_goes_on_from_an_adapter_and_remembers_whom_it_met(trained, tmp_path):
    params, run = trained
    own = tokenised(params)
    further = train_adapter(own[:8], continued(params, run), tmp_path, NOBODY)
    assert further.log[0]["loss"] < run.log[0]["loss"] - 0.5, "the first step starts where its parent ended"
    met = read_json(further.adapter_dir / TRAINED_ON_FILE)
    assert set(met["requests"]) == {record.request_hash for record in own}, "its parent's acquaintances too"
    assert met["tokens"] == run.log[-1]["num_tokens"] + further.log[-1]["num_tokens"]


def test_an_adapter_that_met_a_held_out_request_is_refused(trained, tmp_path):
    params, run = trained
    shown = {**RECORDS[3], "instruction": RECORDS[3]["instruction"][:-1] + ',"derived":{"double":6}}'}
    with pytest.raises(ParamsError, match="1 of this run's 1 held-out requests"):
        train_adapter(tokenised(params)[:1], continued(params, run), tmp_path, hash_requests([shown]))
    with pytest.raises(ParamsError, match="training.lora_r: got 4; allowed: 16"):
        train_adapter(tokenised(params)[:1], continued(params, run, lora_r=4), tmp_path, NOBODY)


def test_it_generates_and_refuses_another_base(trained):
    from fitsense.contracts.requests import make_request

    params, run = trained
    student = load_student(params.model, run.adapter_dir)
    person = {"age": 30, "gender": "male", "fitness_level": "beginner", "goal": "mobility", "injuries": [], "conditions": [],
              "equipment_access": "no_equipment", "days_per_week": 2, "workout_duration": 20}
    request = make_request("coaching_question", {"person": person, "question": "How?", "facts": []})
    answers = student.generate([request, request], max_new_tokens=8, batch_size=2)
    assert len(answers) == 2 and answers[0].text == answers[1].text and answers[0].n_tokens <= 8
    assert list(student.stream(request, grammar=True, max_new_tokens=8))[-1]
    with pytest.raises(AdapterError, match="right on the weights"):
        load_student(ModelParams(), run.adapter_dir)
