"""Serving: packed weights and the growing cache write what the plain model writes."""

import pytest
import torch
from torch import nn
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

from fitsense.models import serving
from fitsense.models.base import load_dequantised
from fitsense.models.generation import _RowClock, load_student
from fitsense.models.serving import PackedLinear, can_pack, growing_cache, read_prompts
from fitsense.models.tokens import load_tokenizer, render_prompt
from fitsense.params import ModelParams

PROMPTS = ["Write one sentence about sleep.", "Name three exercises for the back that need no equipment, and say why."]


@pytest.fixture(scope="module")
def plain():
    return load_dequantised(ModelParams()).eval()


@pytest.fixture(scope="module")
def encoded(plain):
    tokenizer = load_tokenizer(ModelParams())
    prompts = [render_prompt(tokenizer, prompt) for prompt in PROMPTS]
    return tokenizer(prompts, return_tensors="pt", padding=True, add_special_tokens=False).to(plain.device)


@pytest.fixture(scope="module")
def packed(plain):
    if not can_pack(plain):
        pytest.skip("this machine computes in bf16 or has no FBGEMM: nothing is packed")
    return load_student(ModelParams(), None).model


def test_packed_logits_are_the_plain_ones_to_fp16(plain, packed, encoded):
    assert any(isinstance(module, PackedLinear) for module in packed.modules())
    assert not any(isinstance(module, nn.Linear) for module in packed.modules())
    with torch.inference_mode():
        wanted, got = plain(**encoded).logits, packed(**encoded).logits
    real = encoded["attention_mask"].bool()
    error = (wanted - got)[real].abs()
    # Measured 0.06 and 0.007 on logits that span tens; bf16 weights move them several times as far.
    assert 0 < error.max() < 0.15 and error.mean() < 0.02, (error.max(), error.mean())
    agree = (wanted.argmax(-1) == got.argmax(-1))[real].float().mean()
    assert agree > 0.95


def test_growing_cache_gives_the_library_s_tokens(plain, encoded, monkeypatch):
    monkeypatch.setattr(serving, "SPARE_TOKENS", 7)  # so that the room runs out several times
    n_new = 30
    settings = {"do_sample": False, "min_new_tokens": n_new, "max_new_tokens": n_new, "pad_token_id": 0}
    with torch.inference_mode():
        wanted = plain.generate(**encoded, **settings)
        cache = growing_cache()
        got = plain.generate(**encoded, **settings, past_key_values=cache)
    assert torch.equal(wanted, got)
    assert cache.get_seq_length() == encoded["input_ids"].shape[1] + n_new - 1


def test_prompts_read_once_and_alone_give_the_tokens_of_the_padded_batch(plain, encoded, monkeypatch):
    monkeypatch.setattr(serving, "SPARE_TOKENS", 7)
    settings = {"do_sample": False, "min_new_tokens": 25, "max_new_tokens": 25, "pad_token_id": 0}
    masks = encoded["attention_mask"].bool()
    rows = [ids[mask].tolist() for ids, mask in zip(encoded["input_ids"], masks, strict=True)]
    calls, forward = [], plain.forward
    monkeypatch.setattr(plain, "forward", lambda **given: calls.append(given["input_ids"].shape) or forward(**given))
    with torch.inference_mode():
        batch = read_prompts(plain, [*rows, rows[0]], pad_id=0)
        assert calls == [(1, len(row) - 1) for row in rows], "each distinct prompt once, unpadded"
        monkeypatch.undo()
        got = plain.generate(**batch, **settings)
        wanted = plain.generate(**encoded, **settings)
    new = encoded["input_ids"].shape[1]
    assert torch.equal(got[:2, new:], wanted[:, new:]) and torch.equal(got[2], got[0])


def test_sliding_layers_see_what_the_library_lets_them_see():
    torch.manual_seed(0)
    config = Gemma3TextConfig(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=4, num_attention_heads=2,
                              num_key_value_heads=1, head_dim=16, sliding_window=8, max_position_embeddings=256, pad_token_id=0,
                              layer_types=["sliding_attention", "full_attention"] * 2)
    model = Gemma3ForCausalLM(config).eval()
    for weights in model.parameters():
        weights.data.normal_(std=0.3)  # far from the near-uniform logits of a fresh model, so that a wrong mask shows
    rows = [torch.randint(1, 64, (length,)).tolist() for length in (40, 23, 5)]  # longer and shorter than the window
    settings = {"do_sample": False, "min_new_tokens": 30, "max_new_tokens": 30, "pad_token_id": 0}
    with torch.inference_mode():
        got = model.generate(**read_prompts(model, rows, pad_id=0), **settings)[:, 40:]
        for row, written in zip(rows, got, strict=True):
            alone = model.generate(input_ids=torch.tensor([row]), **settings)[0, len(row):]
            assert torch.equal(written, alone), len(row)
    assert len(set(map(tuple, got.tolist()))) == 3


def test_half_precision_models_are_left_alone(plain):
    model = nn.Module()
    model.device, model.dtype = torch.device("cpu"), torch.bfloat16
    assert not can_pack(model)
    model.dtype = torch.float32
    assert can_pack(model) == ("fbgemm" in torch.backends.quantized.supported_engines)


def test_each_row_of_a_batch_has_its_own_time_to_the_end(monkeypatch):
    now = iter([10.0, 11.0, 12.0, 13.0])
    monkeypatch.setattr("fitsense.models.generation.time.perf_counter", lambda: next(now))
    clock = _RowClock(end_id=2, n_rows=3)
    for step in ([5, 5, 2], [2, 5, 2], [2, 5, 2]):  # the third row ends first, the second never; ended rows are padded
        assert not clock(torch.tensor([[9, token] for token in step]), None).any(), "it stops nothing"
    assert clock.ended == [11.0, None, 10.0]
