"""The loss in one piece is TRL's loss: same value, same gradient, padded batches and accumulation included."""

import pytest
import torch
from bitsandbytes.nn import Linear4bit
from tiny_gemma import RECORDS
from trl import SFTTrainer

from fitsense.models import base
from fitsense.models.base import load_for_training, load_nf4
from fitsense.models.tokens import load_tokenizer
from fitsense.params import load_params
from fitsense.training.qlora import AdapterType, build_trainer
from fitsense.training.records import IGNORED, tokenise_record


@pytest.fixture(scope="module")
def trainer(gemma, tmp_path_factory):
    params = load_params("params/thesis.yaml", ["training.lora_dropout=0"]).model_copy(update={"model": gemma})
    tokenizer = load_tokenizer(gemma)
    records = [tokenise_record(tokenizer, record) for record in RECORDS[:4]]
    longer = tokenise_record(tokenizer, RECORDS[4] | {"response": '{"answer":8,"why":"twice four"}'})
    built = build_trainer([*records, longer], params, tmp_path_factory.mktemp("loss"))
    AdapterType(torch.float32).on_train_begin(None, None, None, model=built.model)
    for name, weights in built.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.1)
    return built


@pytest.mark.parametrize("n_items", [None, 57])
def test_value_and_gradient_are_trls(trainer, n_items):
    batch = trainer._prepare_inputs(trainer.data_collator([trainer.train_dataset[index] for index in range(5)]))
    assert (batch["attention_mask"] == 0).any() and (batch["labels"] == IGNORED).any(), "a padded batch with prompts"
    seen = []
    for compute in (type(trainer).compute_loss, SFTTrainer.compute_loss):
        trainer.model.train()
        trainer.model.zero_grad()
        loss = compute(trainer, trainer.model, dict(batch), num_items_in_batch=n_items)
        loss.backward()
        gradient = torch.cat([p.grad.flatten() for p in trainer.model.parameters() if p.requires_grad])
        seen.append((loss.item(), gradient, trainer._metrics["train"]["mean_token_accuracy"][-1]))
    (ours, our_gradient, our_accuracy), (theirs, their_gradient, their_accuracy) = seen
    assert ours == pytest.approx(theirs, rel=1e-5) and our_accuracy == pytest.approx(their_accuracy)
    assert their_gradient.abs().max() > 1e-4 and torch.allclose(our_gradient, their_gradient, rtol=1e-3, atol=1e-6)


def test_matrices_undone_once_compute_what_packed_ones_do(gemma):
    tokens = torch.arange(3, 40).reshape(1, -1)
    packed, kept = load_nf4(gemma), load_for_training(gemma)
    assert sum(isinstance(module, Linear4bit) for module in kept.modules()) == 14, "the base stays NF4"
    gradients = []
    for model in (packed, kept):
        embedded = model.get_input_embeddings()(tokens).detach().requires_grad_()
        logits = model(inputs_embeds=embedded).logits
        logits.square().mean().backward()
        gradients.append((logits, embedded.grad))
    for ours, theirs in zip(*gradients, strict=True):
        assert theirs.abs().max() > 0 and torch.allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_base_too_large_to_keep_undone_stays_packed(gemma, monkeypatch):
    monkeypatch.setattr(base, "MAX_KEPT_GB", 1e-9)
    assert not any("forward" in vars(module) for module in load_for_training(gemma).modules())


def test_the_adapter_takes_the_base_s_type_before_the_first_step(trainer):
    for dtype in (torch.bfloat16, torch.float32):
        AdapterType(dtype).on_train_begin(None, None, None, model=trainer.model)
        assert {p.dtype for p in trainer.model.parameters() if p.requires_grad} == {dtype}
