"""Reading records: one of them laid out for a person."""

import json
from html import escape

from IPython.display import HTML

STYLE = "white-space:pre-wrap;font:12px monospace;border-left:3px solid {};padding-left:8px;margin:4px 0"


def list_records(records: list[dict]) -> dict[str, str]:
    """A choice of records for a widget, label -> record_id: the shortest five of each prompt type."""
    chosen: dict[str, str] = {}
    for record in sorted(records, key=lambda r: (r["metadata"]["n_tokens"], r["record_id"])):
        kind = record["context"]["prompt_type"]
        if sum(label.startswith(kind) for label in chosen) < 5:
            chosen[f"{kind}: {record['record_id']}, {record['metadata']['n_tokens']} tokens"] = record["record_id"]
    return dict(sorted(chosen.items()))


def show_record(record_id: str, records: list[dict]) -> HTML:
    """One record: the user turn (grey), the response (blue), and the context and metadata it carries."""
    record = {one["record_id"]: one for one in records}[record_id]
    about = json.dumps({"context": record["context"], "metadata": record["metadata"]}, ensure_ascii=False, indent=1)
    blocks = ((record["instruction"], "#7b8794"), (record["response"], "#0072b2"), (about, "#e4e7eb"))
    parts = [f'<div style="{STYLE.format(colour)}">{escape(text)}</div>' for text, colour in blocks]
    return HTML(f"<b>{escape(record_id)}</b>{''.join(parts)}")
