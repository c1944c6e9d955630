"""A tiny Gemma with random weights, made on the spot, so that the thesis path needs no hub."""

import pytest
import torch
from transformers import GemmaConfig, GemmaForCausalLM

from fitsense.models.base import GEMMA_TEMPLATE
from fitsense.models.tokens import load_tokenizer
from fitsense.params import ModelParams


@pytest.fixture(scope="session")
def gemma(tmp_path_factory):
    """A 2-layer Gemma with random weights, Gemma's turn tokens and Gemma's chat template."""
    folder = tmp_path_factory.mktemp("gemma")
    tokenizer = load_tokenizer(ModelParams()).__class__.from_pretrained(load_tokenizer(ModelParams()).name_or_path)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<start_of_turn>", "<end_of_turn>"]})
    tokenizer.chat_template = GEMMA_TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = GemmaConfig(vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
                         num_attention_heads=2, num_key_value_heads=1, head_dim=32, max_position_embeddings=512,
                         initializer_range=0.3)
    GemmaForCausalLM(config).save_pretrained(folder)
    return ModelParams(name="tiny-gemma", source="local", path=str(folder))
