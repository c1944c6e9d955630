"""Generation: a resident student that answers requests greedily, alone or in batches, free or under a grammar.

    student = load_student(params.model, adapter_dir)       # None: the base model itself
    answers = student.generate(requests, grammar=False, max_new_tokens=2100, batch_size=1)
    for text in student.stream(request, grammar=True, max_new_tokens=2100): ...

One answer at a time is written with drafts (decoding, drafting), which on a CPU is as fast as a batch; batches are for a
GPU. Both are greedy. The adapter is merged into the dequantised NF4 base, the weights it was trained on. Knows no rules and
repairs nothing.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Event
from typing import Literal

import torch
from peft import PeftModel
from transformers import StoppingCriteria, StoppingCriteriaList

from fitsense.contracts.requests import Request, user_turn
from fitsense.models.adapters import adapter_digest, check_adapter
from fitsense.models.base import load_dequantised
from fitsense.models.decoding import decode_greedily
from fitsense.models.drafting import DraftCorpus, Drafter, read_drafts
from fitsense.models.grammar import AnswerGrammar, GrammarProcessor, compile_grammar, guidance_tokenizer
from fitsense.models.serving import pack_linears, read_prompts
from fitsense.models.tokens import end_of_turn_id, load_tokenizer, render_prompt
from fitsense.models.torch_thread import on_torch_thread, submit
from fitsense.params import ModelParams, hash_params

CUT_CHARACTER = "\ufffd"  # what a text ends in when its last token holds half a character
NamesOf = Callable[[Request], tuple[str, ...]]  # the exercises a grammar lets an answer name; () means any


def any_name(request: Request) -> tuple[str, ...]:
    """No limit on the exercises an answer may name."""
    return ()


@dataclass(frozen=True)
class Generation:
    """One answer: text, why it ended, tokens written, seconds until it was complete, and its batch's rows and seconds."""

    text: str
    finish_reason: Literal["stop", "length"]
    n_tokens: int
    latency_s: float
    batch_size: int
    batch_s: float


class Student:
    """A model that answers requests; `label` names the adapter, `fingerprint` exactly these weights."""

    def __init__(self, model, tokenizer, label: str, fingerprint: str, corpus: DraftCorpus):
        self.model, self.tokenizer = model.eval(), tokenizer
        self.label, self.fingerprint, self.corpus = label, fingerprint, corpus
        self.end_id = end_of_turn_id(tokenizer)
        self._guidance = None

    def generate(self, requests: list[Request], grammar: bool | list[bool] = False, max_new_tokens: int = 2100,
                 batch_size: int = 1, exercise_names: NamesOf = any_name) -> list[Generation]:
        """Answer requests in order, `batch_size` at a time; greedy, so equal requests give equal answers.

        `grammar` says for all requests, or for each, whether its contract's grammar holds.
        """
        flags = grammar if isinstance(grammar, list) else [grammar] * len(requests)
        answers = []
        for start in range(0, len(requests), batch_size):
            end = start + batch_size
            answers += self._wait_for_batch(requests[start:end], flags[start:end], max_new_tokens, exercise_names)
        return answers

    def _wait_for_batch(self, requests, flags, *asked) -> list[Generation]:
        """Generate on the torch thread; an interrupted wait stops it there too."""
        abandoned = Event()
        try:
            if len(requests) == 1:
                return [on_torch_thread(self._write_one, requests[0], flags[0], *asked, abandoned)]
            return on_torch_thread(self._generate_batch, requests, flags, *asked, abandoned)
        except BaseException:
            abandoned.set()
            raise

    def stream(self, request: Request, grammar: bool = True, max_new_tokens: int = 2100,
               exercise_names: NamesOf = any_name) -> Iterator[str]:
        """Yield the growing answer to one request; the worker's errors are raised here; closing the stream stops it."""
        texts, abandoned = Queue(), Event()
        submit(_run_into, texts, self._write_one, request, grammar, max_new_tokens, exercise_names, abandoned, texts.put)
        try:
            while (text := texts.get()) is not None:
                if isinstance(text, BaseException):
                    raise text
                yield text
        finally:
            abandoned.set()

    def _write_one(self, request, flag, max_new_tokens, exercise_names, abandoned, show=lambda text: None) -> Generation:
        """One answer with drafts; `show` gets its growing text."""
        prompt = self.tokenizer(render_prompt(self.tokenizer, user_turn(request)), add_special_tokens=False)["input_ids"]
        grammar = None
        if flag:
            grammar = AnswerGrammar(self._guidance_tokenizer(), compile_grammar(request, exercise_names(request)))
        written: list[int] = []

        def hear(settled: list[int]) -> bool:
            written.extend(settled)
            text = self.tokenizer.decode(written, skip_special_tokens=True)
            if not text.endswith(CUT_CHARACTER):
                show(text)
            return not abandoned.is_set()

        started = time.perf_counter()
        tokens = decode_greedily(self.model, prompt, self.end_id, max_new_tokens, Drafter(self.corpus, prompt), grammar, hear)
        seconds = time.perf_counter() - started
        return self._finish(tokens, seconds, seconds, 1)

    def _generate_batch(self, requests, flags, max_new_tokens, exercise_names, abandoned) -> list[Generation]:
        prompts = [render_prompt(self.tokenizer, user_turn(request)) for request in requests]
        rows = self.tokenizer(prompts, add_special_tokens=False)["input_ids"]
        n_prompt = max(map(len, rows))
        processors = []
        if any(flags):
            grammars = [compile_grammar(request, exercise_names(request)) if flag else None
                        for request, flag in zip(requests, flags, strict=True)]
            processors = [GrammarProcessor(self._guidance_tokenizer(), grammars, n_prompt)]
        clock = _RowClock(self.end_id, len(requests))
        started = time.perf_counter()
        with torch.inference_mode():
            output = self.model.generate(
                **read_prompts(self.model, rows, self.end_id), do_sample=False, max_new_tokens=max_new_tokens,
                eos_token_id=self.end_id, pad_token_id=self.end_id, logits_processor=processors,
                stopping_criteria=StoppingCriteriaList([clock, _StopWhen(abandoned)]))
        ended = time.perf_counter()
        written = zip(output[:, n_prompt:].tolist(), clock.ended, strict=True)
        return [self._finish(row, (own or ended) - started, ended - started, len(requests)) for row, own in written]

    def _finish(self, tokens: list[int], seconds: float, batch_s: float, batch_size: int) -> Generation:
        stopped = self.end_id in tokens
        written = tokens[:tokens.index(self.end_id)] if stopped else tokens
        return Generation(text=self.tokenizer.decode(written, skip_special_tokens=True),
                          finish_reason="stop" if stopped else "length", n_tokens=len(written) + stopped,
                          latency_s=round(seconds, 3), batch_size=batch_size, batch_s=round(batch_s, 3))

    def _guidance_tokenizer(self):
        if self._guidance is None:
            n_vocab = self.model.get_input_embeddings().weight.shape[0]
            self._guidance = guidance_tokenizer(self.tokenizer, n_vocab, self.end_id)
        return self._guidance


class _RowClock(StoppingCriteria):
    """Stops nothing; notes when each row of a batch wrote its end of turn (None: not yet)."""

    def __init__(self, end_id: int, n_rows: int):
        self.end_id = end_id
        self.ended: list[float | None] = [None] * n_rows

    def __call__(self, input_ids: torch.LongTensor, scores, **kwargs) -> torch.BoolTensor:
        """One flag a row, all False."""
        now = time.perf_counter()
        for row, token in enumerate(input_ids[:, -1].tolist()):
            if token == self.end_id and self.ended[row] is None:
                self.ended[row] = now
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


class _StopWhen(StoppingCriteria):
    """Stops every row as soon as nobody reads the stream any more."""

    def __init__(self, abandoned: Event):
        self.abandoned = abandoned

    def __call__(self, input_ids: torch.LongTensor, scores, **kwargs) -> torch.BoolTensor:
        """One flag a row."""
        return torch.full((input_ids.shape[0],), self.abandoned.is_set(), device=input_ids.device)


def _run_into(texts: Queue, work, *arguments) -> None:
    """Run on the torch thread; its error, or None at the end, goes onto the queue, to be raised where the stream is read."""
    try:
        work(*arguments)
    except BaseException as error:
        texts.put(error)
    else:
        texts.put(None)


def load_student(model: ModelParams, adapter_dir: Path | None) -> Student:
    """Load the base (adapter_dir None) or an adapter on the very weights it was trained on, merged, ready to serve."""
    return on_torch_thread(_load_student, model, adapter_dir)


def _load_student(model: ModelParams, adapter_dir: Path | None) -> Student:
    if adapter_dir is None:
        base = pack_linears(load_dequantised(model))
        return Student(base, load_tokenizer(model), f"{model.name} (no adapter)", hash_params(model.model_dump())[:12],
                       DraftCorpus([]))
    check_adapter(adapter_dir, model)
    merged = merge_adapter(load_dequantised(model), adapter_dir)
    digest, tokenizer = adapter_digest(adapter_dir), load_tokenizer(model)
    return Student(pack_linears(merged), tokenizer, f"{model.name} + adapter {digest}", digest,
                   read_drafts(adapter_dir, tokenizer, end_of_turn_id(tokenizer)))


def merge_adapter(model, adapter_dir: Path):
    """Attach a PEFT adapter and merge it in fp32, then return to the model's own type (rounding once, not twice)."""
    dtype = model.dtype
    merged = PeftModel.from_pretrained(model.float(), str(adapter_dir)).merge_and_unload()
    return merged.to(dtype)
