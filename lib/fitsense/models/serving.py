"""What makes a merged model quick to write with on a CPU: weights packed once, a key-value cache that grows in place.

    pack_linears(model)                      # after merging; a no-op on CUDA and where FBGEMM is missing
    batch = read_prompts(model, rows, pad_id)
    model.generate(**batch, ...)             # the prompts are in the cache already

A decoding step multiplies a few rows by every weight, so it waits for memory: packed half-precision weights halve what
is read, and are laid out for few rows. Sums stay in fp32. Training never sees packed weights.
"""

import torch
from torch import nn
from torch.nn.functional import pad
from transformers import Cache
from transformers.cache_utils import DynamicLayer

SPARE_TOKENS = 128  # room a growing layer adds beyond what it needs, in tokens


class PackedLinear(nn.Module):
    """A bias-free linear layer whose weights FBGEMM holds in fp16: input and output fp32, shapes (..., in) to (..., out).

    Rounding to fp16 moves a weight by at most 2^-11 of its size (IEEE 754 binary16), an eighth of what bf16 would.
    """

    def __init__(self, linear: nn.Linear):
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.packed = torch.ops.quantized.linear_prepack_fp16(linear.weight.detach().float(), None)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Multiply, accumulating in fp32."""
        return torch.ops.quantized.linear_dynamic_fp16(rows, self.packed)


def can_pack(model) -> bool:
    """Whether this model computes in fp32 on a CPU whose torch build has FBGEMM."""
    return model.device.type == "cpu" and model.dtype == torch.float32 and "fbgemm" in torch.backends.quantized.supported_engines


def pack_linears(model):
    """Replace every bias-free linear layer by its packed form, in place, where that can be done; returns the model."""
    if can_pack(model):
        for parent in list(model.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, nn.Linear) and child.bias is None:
                    setattr(parent, name, PackedLinear(child))
    return model


class GrowingLayer(DynamicLayer):
    """One layer's keys and values in buffers with room to spare, shape (batch, heads, tokens, head size).

    The library's layer copies everything it holds at every step; this one copies only when its room is used up.
    """

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Start empty."""
        self.dtype, self.device = key_states.dtype, key_states.device
        self.keys, self.values = key_states[:, :, :0], value_states[:, :, :0]
        self._buffers = (self.keys, self.values)
        self.is_initialized = True

    @classmethod
    def beside(cls, layers: list["GrowingLayer"], n_tokens: int) -> "GrowingLayer":
        """Layers of one row each, put into one of many rows; shorter ones get room on their left, which the mask hides."""
        joined = cls()
        joined.lazy_initialization(layers[0].keys, layers[0].values)
        joined.keys, joined.values = (
            torch.cat([pad(held, (0, 0, n_tokens - held.shape[2], 0)) for held in side])
            for side in ([layer.keys for layer in layers], [layer.values for layer in layers]))
        joined._buffers = (joined.keys, joined.values)
        return joined

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *args,
               **kwargs) -> tuple[torch.Tensor, torch.Tensor]:
        """Append, and return everything held so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        held = self.keys.shape[2]
        total = held + key_states.shape[2]
        if total > self._buffers[0].shape[2]:
            self._buffers = tuple(_with_room(old, total + SPARE_TOKENS) for old in (self.keys, self.values))
        for buffer, new in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[:, :, held:total] = new
        self.keys, self.values = (buffer[:, :, :total] for buffer in self._buffers)
        return self.keys, self.values


def _with_room(old: torch.Tensor, n_tokens: int) -> torch.Tensor:
    batch, heads, held, size = old.shape
    buffer = old.new_empty(batch, heads, n_tokens, size)
    buffer[:, :, :held] = old
    return buffer


def growing_cache() -> Cache:
    """A fresh cache for one call of generate: full attention on every layer (a sliding layer masks what it may not see)."""
    return Cache(layer_class_to_replicate=GrowingLayer)


def read_prompts(model, rows: list[list[int]], pad_id: int) -> dict:
    """Read every distinct prompt once, each at its own length; returns what generate() needs to go on from there.

    `rows`: token ids of each prompt, two or more. Result: input_ids and attention_mask (rows, longest), padded on the left, and a
    cache of all but each prompt's last token. A padded batch would read its longest prompt as often as it has rows.
    """
    read = {}
    with torch.inference_mode():
        for row in rows:
            if tuple(row) not in read:
                read[tuple(row)] = growing_cache()
                ids = torch.tensor([row[:-1]], device=model.device)
                model(input_ids=ids, past_key_values=read[tuple(row)], use_cache=True, logits_to_keep=1)
    longest, cache = max(map(len, rows)), growing_cache()
    for index in range(len(read[tuple(rows[0])].layers)):
        cache.layers.append(GrowingLayer.beside([read[tuple(row)].layers[index] for row in rows], longest - 1))
    padding = [[pad_id] * (longest - len(row)) for row in rows]
    ids = torch.tensor([left + row for left, row in zip(padding, rows, strict=True)], device=model.device)
    mask = torch.tensor([[0] * len(left) + [1] * len(row) for left, row in zip(padding, rows, strict=True)], device=model.device)
    return {"input_ids": ids, "attention_mask": mask, "past_key_values": cache}
