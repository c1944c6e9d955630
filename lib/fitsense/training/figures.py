"""Figures of stage 05: what was seen, and how the loss fell."""

import html

import numpy as np
from matplotlib.figure import Figure

from fitsense.plots import INK, MUTED, PALETTE, new_figure
from fitsense.training.records import IGNORED, TokenisedRecord


def plot_loss(log: list[dict], held_out: list[dict]) -> Figure:
    """Training loss by tokens seen (points and running mean), and held-out losses as bars, nats a token."""
    figure, (left, right) = new_figure(2, width=11, height=4)
    tokens, loss = np.array([row["num_tokens"] for row in log]), np.array([row["loss"] for row in log])
    window = max(1, len(loss) // 10)
    smooth = np.convolve(loss, np.ones(window) / window, mode="valid")
    left.plot(tokens, loss, "o", color=PALETTE[5], markersize=4, label="each step")
    left.plot(tokens[window - 1:], smooth, color=PALETTE[0], linewidth=2, label=f"mean of {window} steps")
    left.set(title="Training loss (steps differ in kind of answer)", xlabel="tokens seen", ylabel="loss, nats a token")
    left.set_ylim(bottom=0)
    left.legend()
    names = [row["model"].replace(": ", ":\n").replace(", ", ",\n") for row in held_out]
    bars = right.barh(names, [row["loss"] for row in held_out], color=[MUTED, PALETTE[0], PALETTE[1]])
    right.bar_label(bars, fmt="%.2f", padding=4, color=INK)
    right.invert_yaxis()
    right.grid(axis="y", visible=False)
    right.set(title=f"Held-out people (n = {held_out[0]['n_records']} records)", xlabel="loss, nats a token")
    right.margins(x=0.15)
    return figure


def record_html(tokenizer, record: TokenisedRecord, n_characters: int = 900) -> str:
    """One record as the student meets it: the prompt in grey (no label), the trained answer in ink, both abridged."""
    n_prompt = record.labels.count(IGNORED)
    prompt = tokenizer.decode(record.input_ids[:n_prompt])
    answer = tokenizer.decode(record.input_ids[n_prompt:])
    shown = [html.escape(text if len(text) <= n_characters else f"{text[:n_characters - 200]} […] {text[-200:]}")
             for text in (prompt, answer)]
    return (f'<p><b>{html.escape(record.record_id)}</b>, {record.prompt_type}: {n_prompt} prompt tokens (no label), '
            f'{record.n_tokens - n_prompt} trained tokens</p><pre style="white-space:pre-wrap;color:{MUTED}">{shown[0]}</pre>'
            f'<pre style="white-space:pre-wrap;border-left:4px solid {PALETTE[0]};padding-left:1em">{shown[1]}</pre>')
