"""QLoRA through TRL's SFTTrainer: a real NF4 base, LoRA on seven matrices, resumable, within a token budget.

    run = train_adapter(chosen, params, stage.dir)   # adapter/, training_log.jsonl; resumes after a kill

Recipe of Dettmers et al. 2023 (QLoRA, arXiv:2305.14314): NF4, double quantisation, paged 8-bit AdamW, LoRA on every
linear layer. Does not choose data (records.py) and does not judge the result (evaluation).
"""

import json
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy
from transformers import PrinterCallback, TrainerCallback, set_seed
from transformers.trainer_utils import get_last_checkpoint
from trl import SFTConfig, SFTTrainer

from fitsense.artifacts import read_json, write_json, write_jsonl, write_text
from fitsense.models.adapters import BASE_FILE, adapter_digest
from fitsense.models.base import base_fingerprint, best_device, compute_dtype, load_for_training
from fitsense.models.tokens import load_tokenizer
from fitsense.params import Params, ParamsError, hash_params
from fitsense.training.card import adapter_card
from fitsense.training.continuation import TRAINED_ON_FILE, Parent, read_parent, start_from, write_trained_on
from fitsense.training.progress import ClockCheckpoint, LiveLine
from fitsense.training.records import (
    IGNORED,
    TokenisedRecord,
    assert_end_of_turn_trained,
    count_epoch_tokens,
)

TARGET_MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
WITHOUT_EFFECT = {"n_held_out", "checkpoint_every_s"}  # parameters that change nothing in the weights
KEY_FILE = ".training_key"  # which parameters and data the checkpoints of this folder belong to


@dataclass(frozen=True)
class TrainingRun:
    """A finished training: the adapter and the log."""

    adapter_dir: Path
    log: list[dict]


def train_adapter(chosen: list[TokenisedRecord], params: Params, folder: Path, held_out: frozenset[str]) -> TrainingRun:
    """Train, or resume, or return what this folder already holds for exactly these parameters and records.

    `held_out`: hashes of the requests kept for evaluation (continuation.hash_requests): no forebear may have met one.
    """
    assert_end_of_turn_trained(load_tokenizer(params.model), chosen)
    parent = read_parent(params, held_out)
    key = hash_params({"training": params.training.model_dump(exclude=WITHOUT_EFFECT), "seed": params.seed,
                       "model": params.model.model_dump() | base_fingerprint(params.model),
                       "records": [[r.record_id, r.input_ids] for r in chosen],
                       "parent": adapter_digest(parent.folder) if parent else ""})
    _forget_other_training(folder, key)
    adapter, log_path = folder / "adapter", folder / "training_log.jsonl"
    if not (adapter / BASE_FILE).is_file():
        trainer = build_trainer(chosen, params, folder / "checkpoints")
        if parent:
            start_from(trainer.model, parent)
        checkpoint = last_checkpoint(folder / "checkpoints")
        trainer.go_on_counting(checkpoint)
        trainer.train(resume_from_checkpoint=checkpoint)
        write_jsonl(log_path, clean_log(trainer.state.log_history))
        save_adapter(trainer, params, adapter, chosen, parent)
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    log = [json.loads(line) for line in log_path.read_text().splitlines()]
    return TrainingRun(adapter, log)


def last_checkpoint(folder: Path) -> str | None:
    """The newest checkpoint that is whole; half-written ones (a kill during saving) are removed."""
    for checkpoint in folder.glob("checkpoint-*"):
        if not (checkpoint / "trainer_state.json").is_file():
            shutil.rmtree(checkpoint)
    return get_last_checkpoint(str(folder)) if folder.is_dir() else None


def _forget_other_training(folder: Path, key: str) -> None:
    """Drop checkpoints and adapter that other parameters or other records made."""
    path = folder / KEY_FILE
    if path.is_file() and path.read_text() == key:
        return
    for leftover in (folder / "checkpoints", folder / "adapter"):
        shutil.rmtree(leftover, ignore_errors=True)
    write_text(path, key)


def build_trainer(chosen: list[TokenisedRecord], params: Params, folder: Path) -> SFTTrainer:
    """TRL's trainer over pre-tokenised records on the NF4 base; raises ParamsError where it would see several GPUs."""
    if torch.cuda.device_count() > 1:
        raise ParamsError(f"training: {torch.cuda.device_count()} GPUs are visible; allowed: one (set CUDA_VISIBLE_DEVICES=0)")
    set_seed(params.seed)
    training = params.training
    data = Dataset.from_list([{"input_ids": r.input_ids, "labels": r.labels} for r in chosen])
    lora = LoraConfig(r=training.lora_r, lora_alpha=training.lora_alpha, lora_dropout=training.lora_dropout,
                      target_modules=TARGET_MODULES, bias="none", task_type="CAUSAL_LM")
    # Known and harmless on this path: the optimiser is not paged on a CPU; TRL still names checkpointing the old way.
    warnings.filterwarnings("ignore", message="Paged optimizers are not supported on CPU")
    warnings.filterwarnings("ignore", message=".*gradient_checkpointing.* is deprecated", category=FutureWarning)
    trainer = AnswerLossTrainer(
        model=load_for_training(params.model), args=trainer_config(params, folder), train_dataset=data, peft_config=lora,
        processing_class=load_tokenizer(params.model),
        callbacks=[LiveLine(count_epoch_tokens(chosen)), ClockCheckpoint(training.checkpoint_every_s),
                   AdapterType(compute_dtype(params.model))])
    trainer.remove_callback(PrinterCallback)  # LiveLine says the same, and the time left
    return trainer


class AnswerLossTrainer(SFTTrainer):
    """SFTTrainer with the same loss, cross-entropy over the answer's tokens, computed in one piece on one device.

    TRL's own head works in tiles, computes each again on the way back and measures entropy: less memory, but 45% of a
    step's time on a CPU (12 of 27 s for two records of 1,567 tokens in all, 2 cores).
    """

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        """Mean loss in nats a token over the whole optimiser step; only answer positions pass the language head."""
        labels = inputs["labels"][:, 1:]
        places = (labels != IGNORED).any(dim=0).nonzero().squeeze(1)
        kept = labels[:, places]
        seen = {key: value for key, value in inputs.items() if key != "labels"}
        outputs = model(**seen, logits_to_keep=places, use_cache=False)
        loss = cross_entropy(outputs.logits.float().flatten(0, 1), kept.flatten(), ignore_index=IGNORED, reduction="sum")
        count = (kept != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
        self._note(outputs.logits.detach(), kept, inputs)
        loss = loss / count
        return (loss, outputs) if return_outputs else loss

    def go_on_counting(self, checkpoint: str | None) -> None:
        """Count tokens on from a checkpoint: TRL starts at nothing in every process."""
        if checkpoint is not None:
            self._total_train_tokens = read_json(Path(checkpoint) / "trainer_state.json")["log_history"][-1]["num_tokens"]

    def _note(self, logits: torch.Tensor, labels: torch.Tensor, inputs: dict) -> None:
        """Token accuracy and tokens seen, where TRL's log looks for them."""
        known = labels != IGNORED
        right = (logits.argmax(dim=-1) == labels) & known
        metrics = self._metrics["train"]
        metrics["mean_token_accuracy"].append((right.sum() / known.sum()).item())
        self._total_train_tokens += int(inputs["attention_mask"].sum())
        metrics["num_tokens"] = [self._total_train_tokens]


class AdapterType(TrainerCallback):
    """Gives the adapter the base's type before the first step: TRL makes it bf16 (emulated on many CPUs), resuming fp32."""

    def __init__(self, dtype: torch.dtype):
        self.dtype = dtype

    def on_train_begin(self, args, state, control, model=None, **kwargs):
        """After a checkpoint, if any, was loaded."""
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.to(self.dtype)


def trainer_config(params: Params, folder: Path) -> SFTConfig:
    """The parameters of 05 as TRL's configuration; one path for CPU and GPU."""
    training, on_cpu = params.training, best_device() == "cpu"
    return SFTConfig(
        output_dir=str(folder), seed=params.seed, num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch_size, gradient_accumulation_steps=training.gradient_accumulation,
        learning_rate=training.learning_rate, lr_scheduler_type="cosine", warmup_steps=training.warmup_fraction,
        optim="paged_adamw_8bit", weight_decay=training.weight_decay, max_grad_norm=training.max_grad_norm,
        gradient_checkpointing=training.activation_checkpointing, max_length=None, packing=False,
        bf16=not on_cpu and compute_dtype(params.model) == torch.bfloat16, use_cpu=on_cpu,
        train_sampling_strategy="group_by_length" if training.group_by_length else "random",
        dataloader_pin_memory=not on_cpu, logging_steps=1, logging_first_step=True, disable_tqdm=True,
        save_strategy="no", save_total_limit=2, report_to="none")


def clean_log(history: list[dict]) -> list[dict]:
    """The trainer's log by step: loss, learning rate, gradient norm, token accuracy; run totals are in the manifest."""
    kept = ("step", "epoch", "loss", "learning_rate", "grad_norm", "mean_token_accuracy", "num_tokens")
    return [{key: entry[key] for key in kept if key in entry} for entry in history if "loss" in entry]


def save_adapter(trainer: SFTTrainer, params: Params, folder: Path, chosen: list[TokenisedRecord],
                 parent: Parent | None) -> None:
    """Write the adapter in bf16 with its card; BASE_FILE last, so that a folder holding it is whole."""
    shutil.rmtree(folder, ignore_errors=True)
    trainer.model.save_pretrained(str(folder))
    weights = folder / "adapter_model.safetensors"
    save_file({name: tensor.to(torch.bfloat16).contiguous() for name, tensor in load_file(weights).items()}, weights,
              metadata={"format": "pt"})
    config = read_json(folder / "adapter_config.json")
    config["base_model_name_or_path"] = params.model.name  # not this machine's cache folder
    write_json(folder / "adapter_config.json", config)
    log = clean_log(trainer.state.log_history)
    write_trained_on(folder, chosen, int(log[-1]["num_tokens"]), parent)
    write_text(folder / "README.md", adapter_card(params, chosen, log, read_json(folder / TRAINED_ON_FILE)["tokens"]))
    write_json(folder / BASE_FILE, {**base_fingerprint(params.model), "model": params.model.model_dump()})
