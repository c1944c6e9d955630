"""Decoding with drafts: the very tokens that plain greedy generation writes, in fewer steps."""

import pytest
import torch

from fitsense.models.decoding import MOST_GUESSED, decode_greedily
from fitsense.models.drafting import KEY, DraftCorpus, Drafter

N_VOCAB, END = 64, 1


@pytest.fixture(scope="module")
def model():
    """A random model small enough to repeat itself soon."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(3)
    config = LlamaConfig(vocab_size=N_VOCAB, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=2, max_position_embeddings=512)
    return LlamaForCausalLM(config).eval()


class CountingModel:
    """Passes calls on and counts them."""

    def __init__(self, model):
        self.model, self.device, self.n_steps = model, model.device, 0

    def __call__(self, **inputs):
        self.n_steps += 1
        return self.model(**inputs)


def plain(model, prompt: list[int], n: int) -> list[int]:
    return model.generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=n, eos_token_id=END,
                          pad_token_id=END)[0, len(prompt):].tolist()


def drafted(model, prompt, n, corpus=(), hear=lambda new: True):
    counting = CountingModel(model)
    drafter = Drafter(DraftCorpus(list(corpus)), prompt)
    return decode_greedily(counting, prompt, END, n, drafter, None, hear), counting.n_steps


@pytest.mark.parametrize("seed", range(6))
def test_the_same_tokens_as_plain_greedy(model, seed):
    prompt = torch.randint(2, N_VOCAB, (20 + seed,), generator=torch.Generator().manual_seed(seed)).tolist()
    wanted = plain(model, prompt, 90)
    heard = []
    got, n_steps = drafted(model, prompt, 90, hear=lambda new: heard.extend(new) or True)
    assert got == wanted == heard and n_steps <= len(wanted)
    wrong = [[(token + 1) % N_VOCAB for token in wanted], wanted[::-1]]
    assert drafted(model, prompt, 90, corpus=wrong)[0] == wanted, "a misleading corpus changes nothing"


def test_a_corpus_that_holds_the_answer_saves_most_steps(model):
    prompt = list(range(2, 30))
    wanted = plain(model, prompt, 80)
    _, alone = drafted(model, prompt, 80)
    got, helped = drafted(model, prompt, 80, corpus=[prompt[-KEY:] + wanted])
    assert got == wanted and helped <= 80 // MOST_GUESSED + 2 and helped <= alone


def test_it_stops_at_its_length_at_its_end_and_when_nobody_listens(model):
    prompt = list(range(2, 30))
    wanted = plain(model, prompt, 40)
    corpus = [prompt[-KEY:] + wanted]
    for n in (1, 2, 17, 18, 39):
        assert drafted(model, prompt, n, corpus)[0] == wanted[:n]
    ending = wanted[10]
    got = decode_greedily(model, prompt, ending, 40, Drafter(DraftCorpus(corpus), prompt), None, lambda new: True)
    assert got == wanted[:wanted.index(ending) + 1], "nothing after the end, however far the guess went"
    calls = []
    drafted(model, prompt, 40, hear=lambda new: calls.append(new) or False)
    assert len(calls) == 1


def test_the_longest_match_is_guessed_and_the_latest_of_equals():
    corpus = DraftCorpus([[5, 6, 7, 8, 9, 10], [4, 6, 7, 8, 11, 12]])
    drafter = Drafter(corpus, [4, 6, 7, 8])
    assert drafter.guess([], 2) == [11, 12], "four tokens match there, three elsewhere"
    assert drafter.guess([9], 2) == [9, 10], "forced tokens come first and are matched on"
    assert Drafter(corpus, [3, 6, 7, 8]).guess([], 1) == [11], "the later of two equal matches"
    assert Drafter(corpus, [1, 2, 3]).guess([], 4) == [] and drafter.guess([9, 9, 9], 2) == [9, 9]
    own = Drafter(corpus, [6, 7, 8, 30, 6, 7, 8])
    assert own.guess([], 1) == [30], "what this answer wrote itself comes before the corpus"
