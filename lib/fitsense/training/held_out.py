"""Held-out loss: how well a model predicts answers to people it was not trained on, and the wrong-weights trap."""

import torch

from fitsense.models.base import best_device, load_dequantised, load_unquantised
from fitsense.models.generation import merge_adapter
from fitsense.models.tokens import load_tokenizer
from fitsense.params import Params
from fitsense.training.records import TokenisedRecord, tokenise_record


def sample_held_out(params: Params, records: list[dict], n: int) -> list[TokenisedRecord]:
    """n records spread evenly over prompt types and ids (never the head), tokenised, none over max_length."""
    tokenizer = load_tokenizer(params.model)
    ordered = sorted(records, key=lambda r: (r["context"]["prompt_type"], r["record_id"]))
    tokenised = [tokenise_record(tokenizer, record) for record in ordered]
    fitting = [record for record in tokenised if record.n_tokens <= params.training.max_length]
    n = min(n, len(fitting))
    return [fitting[int((place + 0.5) * len(fitting) / n)] for place in range(n)]


@torch.inference_mode()
def mean_loss(model, records: list[TokenisedRecord]) -> float:
    """Mean cross-entropy over response tokens, nats a token (every token counts once)."""
    total, count = 0.0, 0
    for record in records:
        labels = torch.tensor(record.labels[1:])
        positions = (labels != -100).nonzero().squeeze(1)
        ids = torch.tensor([record.input_ids], device=model.device)
        logits = model(input_ids=ids, logits_to_keep=positions.to(model.device)).logits[0]
        loss = torch.nn.functional.cross_entropy(logits.float(), labels[positions].to(model.device), reduction="sum")
        total, count = total + loss.item(), count + len(positions)
    return total / count


def compare_losses(params: Params, adapter_dir, records: list[TokenisedRecord]) -> list[dict]:
    """Held-out loss of the base, of the student, and of the adapter on the weights it was not trained on."""
    base = load_dequantised(params.model)
    rows = [{"model": "base (NF4)", "loss": mean_loss(base, records)}]
    rows.append({"model": "student: adapter on the NF4 base", "loss": mean_loss(merge_adapter(base, adapter_dir), records)})
    wrong = merge_adapter(load_unquantised(params.model), adapter_dir)
    rows.append({"model": "same adapter, unquantised base (the trap)", "loss": mean_loss(wrong, records)})
    return [{**row, "loss": round(row["loss"], 4), "n_records": len(records), "device": best_device()} for row in rows]
