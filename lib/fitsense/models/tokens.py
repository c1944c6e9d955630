"""Chat formatting and token counting: one function builds the prompt for training, evaluation and app."""

from functools import cache

from transformers import AutoTokenizer

from fitsense.models.base import ensure_base
from fitsense.params import ModelParams


@cache
def load_tokenizer(model: ModelParams):
    """The base's own tokenizer, loaded once a process, padding on the left (generation)."""
    tokenizer = AutoTokenizer.from_pretrained(ensure_base(model), padding_side="left")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def chat_messages(turn: str) -> list[dict]:
    """The chat behind every prompt: one user turn, no system turn (Gemma has none)."""
    return [{"role": "user", "content": turn}]


def render_prompt(tokenizer, turn: str) -> str:
    """The exact text the model continues: the user turn in the chat template, up to the assistant's first token."""
    return tokenizer.apply_chat_template(chat_messages(turn), tokenize=False, add_generation_prompt=True)


def render_record(tokenizer, turn: str, response: str) -> str:
    """Prompt, response and end-of-turn, as training sees them."""
    return render_prompt(tokenizer, turn) + response + end_of_turn(tokenizer)


def end_of_turn(tokenizer) -> str:
    """The token that closes an assistant's turn in this chat template (`<|im_end|>`, `<end_of_turn>`, ...)."""
    marker = "@@answer@@"
    chat = [*chat_messages("question"), {"role": "assistant", "content": marker}]
    tail = tokenizer.apply_chat_template(chat, tokenize=False).split(marker, 1)[1]
    ids = tokenizer(tail, add_special_tokens=False)["input_ids"]
    if not ids or ids[0] not in tokenizer.added_tokens_decoder:
        raise ValueError(f"the chat template ends the assistant's turn with {tail!r}: no single special token to stop at")
    return tokenizer.convert_ids_to_tokens(ids[0])


def end_of_turn_id(tokenizer) -> int:
    """The id of `end_of_turn`."""
    return tokenizer.convert_tokens_to_ids(end_of_turn(tokenizer))


def count_record_tokens(tokenizer, turn: str, response: str) -> int:
    """Tokens of one training record, prompt and end-of-turn included."""
    return len(tokenizer(render_record(tokenizer, turn, response), add_special_tokens=False)["input_ids"])
