"""Store: what was asked and answered, in SQLite, in the shared schema's `ai_interactions` table.

Keeps model label, verdict, violations and latency with every answer. Knows nothing of pages or models.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, insert

from fitsense.coach.coaches import CoachReply
from fitsense.contracts.requests import Request
from fitsense.contracts.strictness import dump_compact
from fitsense.contracts.tables import METADATA

LOCKED_S = 1  # how long an answer waits for a file that somebody else has locked
INTERACTIONS = METADATA.tables["ai_interactions"]


class InteractionStore:
    """Interactions in one SQLite file, made with the whole schema on first use."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self._engine = path, create_engine(f"sqlite:///{path}", connect_args={"timeout": LOCKED_S})
        METADATA.create_all(self._engine)

    def record(self, request: Request, reply: CoachReply) -> int:
        """Store one request and its reply; return its interaction_id."""
        row = {
            "asked_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "prompt_type": request.prompt_type,
            "request": dump_compact(request.input),
            "response": reply.text,
            "raw_response": reply.raw_text,
            "model_label": reply.adapter_label,
            "verdict": reply.verdict,
            "violations": dump_compact([asdict(item) for item in reply.violations]),
            "latency_s": reply.latency_s,
        }
        with self._engine.begin() as connection:
            return connection.execute(insert(INTERACTIONS).values(row)).inserted_primary_key[0]

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
