"""Decoding one answer: greedy, several tokens a step, each of them the one that the model would have chosen alone.

    tokens = decode_greedily(model, prompt, end_id, 2100, drafter, grammar, on_tokens=lambda new: True)

A step on a CPU waits for the weights to come from memory, so that looking at sixteen tokens costs little more than looking at
one. Each step therefore feeds the last settled token and a guess at what follows, and keeps the guess as far as the model
agrees (speculative decoding with exact greedy acceptance, Leviathan et al. 2023, arXiv:2211.17192). Knows no requests.
"""

from collections.abc import Callable

import torch

from fitsense.models.drafting import Drafter
from fitsense.models.grammar import AnswerGrammar
from fitsense.models.serving import growing_cache

MOST_GUESSED = 16  # tokens a step: beyond it a CPU's step grows faster than what is kept


@torch.inference_mode()
def decode_greedily(model, prompt: list[int], end_id: int, max_new_tokens: int, drafter: Drafter,
                    grammar: AnswerGrammar | None, on_tokens: Callable[[list[int]], bool]) -> list[int]:
    """The answer's token ids, end of turn included unless max_new_tokens came first.

    `on_tokens` gets the tokens settled by each step, one or more; returning False ends the answer there.
    """
    cache, written, fed = growing_cache(), [], prompt
    guess: list[int] = []
    while True:
        ids = torch.tensor([fed + guess], device=model.device)
        scores = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=len(guess) + 1).logits[0]
        settled = _settle(scores.float(), guess, end_id, max_new_tokens - len(written), drafter, grammar)
        written += settled
        goes_on = on_tokens(settled) and settled[-1] != end_id and len(written) < max_new_tokens
        if not goes_on:
            return written
        if len(settled) <= len(guess):
            cache.crop(len(settled) - len(guess) - 1)  # negative: forget that many tokens, guessed in vain
        fed = written[-1:]
        guess = drafter.guess(grammar.forced() if grammar else [], min(MOST_GUESSED, max_new_tokens - len(written) - 1))


def _settle(scores: torch.Tensor, guess: list[int], end_id: int, most: int, drafter: Drafter,
            grammar: AnswerGrammar | None) -> list[int]:
    """The model's own choices, scores of shape (guess + 1, vocabulary), up to and including the first that was not guessed."""
    settled = []
    for place, row in enumerate(scores[:most]):
        token = int((grammar.allow(row) if grammar else row).argmax())
        settled.append(token)
        drafter.take(token)
        if grammar:
            grammar.take(token)
        if token == end_id or place == len(guess) or token != guess[place]:
            break
    return settled
