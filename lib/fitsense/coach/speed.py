"""How long a person waits for a plan: transformers' own generate against packed weights and drafts, the same requests.

    rows = compare_decoding(adapter_dir, requests, 1200)     # one row a request: seconds, tokens, same tokens, same plan

Pairs are taken one after the other on one machine, so run it on an idle one. The plan compared is the guarded one.
"""

import time
from pathlib import Path

import torch
from transformers import LogitsProcessorList

from fitsense.coach.guard import guard_answer
from fitsense.contracts.requests import Request, user_turn
from fitsense.models.adapters import adapter_model_params
from fitsense.models.base import load_dequantised
from fitsense.models.generation import Student, load_student, merge_adapter
from fitsense.models.grammar import GrammarProcessor, compile_grammar, guidance_tokenizer
from fitsense.models.tokens import render_prompt
from fitsense.models.torch_thread import on_torch_thread
from fitsense.safety.permitted import allowed_names


def compare_decoding(adapter_dir: Path, requests: list[Request], max_new_tokens: int) -> list[dict]:
    """Answer every request both ways under its grammar; seconds include reading the prompt."""
    student = load_student(adapter_model_params(adapter_dir), adapter_dir)
    plain = on_torch_thread(lambda: merge_adapter(load_dequantised(adapter_model_params(adapter_dir)), adapter_dir).eval())
    guidance = guidance_tokenizer(student.tokenizer, plain.get_input_embeddings().weight.shape[0], student.end_id)
    return [_compare_one(student, plain, guidance, request, max_new_tokens) for request in requests]


def _compare_one(student: Student, plain, guidance, request: Request, max_new_tokens: int) -> dict:
    drafted = student.generate([request], grammar=True, max_new_tokens=max_new_tokens, exercise_names=allowed_names)[0]
    tokens, seconds = on_torch_thread(_generate_plainly, student, plain, guidance, request, max_new_tokens)
    ended = tokens[-1] == student.end_id
    text = student.tokenizer.decode(tokens, skip_special_tokens=True)
    shown = [guard_answer(request, *answer).text
             for answer in ((text, "stop" if ended else "length"), (drafted.text, drafted.finish_reason))]
    return {"n_tokens": len(tokens), "plain_s": round(seconds, 2), "drafted_s": drafted.latency_s,
            "same_tokens": text == drafted.text, "same_plan": shown[0] == shown[1]}


@torch.inference_mode()
def _generate_plainly(student: Student, plain, guidance, request: Request, max_new_tokens: int) -> tuple[list[int], float]:
    """Token ids and seconds of transformers' greedy generate with its own cache and the grammar as a logits processor."""
    tokenizer = student.tokenizer
    prompt = tokenizer(render_prompt(tokenizer, user_turn(request)), add_special_tokens=False, return_tensors="pt")
    n_prompt = prompt["input_ids"].shape[1]
    grammar = GrammarProcessor(guidance, [compile_grammar(request, allowed_names(request))], n_prompt)
    started = time.perf_counter()
    output = plain.generate(**prompt.to(plain.device), do_sample=False, max_new_tokens=max_new_tokens,
                            logits_processor=LogitsProcessorList([grammar]), eos_token_id=student.end_id,
                            pad_token_id=student.end_id)
    return output[0, n_prompt:].tolist(), time.perf_counter() - started
