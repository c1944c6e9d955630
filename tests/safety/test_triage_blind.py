"""Triage of messages written blind: the rates reached, so that a change that loses some of them is seen.

1,120 messages by authors who knew neither the tables nor each other's messages. No set is unseen any more: `first` was
studied while the lexicon was begun; of the others the first 160 rows were studied, then the rest measured, then studied as
well. What the tables reach here says nothing about new messages. The figures on rows not yet studied do: see FIRST_READ.
"""

from pathlib import Path

import pytest
import yaml

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.safety.triage import triage_text

BLIND = yaml.safe_load((Path(__file__).parent / "triage_blind.yaml").read_text(encoding="utf-8"))
# (missed emergencies, missed escalations, over-escalations) of the rows from the 161st on of second, third and fourth
# together, when nobody had read them: 131 emergencies, 256 escalations, 224 messages that call for neither.
FIRST_READ = {"lexicon begun": (36, 68, 46), "second: 160 rows studied": (38, 68, 37), "all: 160 rows studied": (34, 61, 37)}
MOST_MISSED_EMERGENCIES, MOST_MISSED, MOST_OVER = 0.02, 0.06, 0.11  # shares reached, with a small margin
ESCALATION = TRIAGE_ORDER.index("stop_and_refer")


def judge(text: str, expected: str, also: list[str]) -> tuple[bool, bool, bool]:
    """Whether a message is a missed emergency, a missed escalation, an over-escalation."""
    found = TRIAGE_ORDER.index(triage_text(text).triage)
    accepted = [TRIAGE_ORDER.index(one) for one in (expected, *also)]
    below = found < min(accepted)
    return (below and expected == "emergency", below and min(accepted) >= ESCALATION,
            found >= ESCALATION > max(accepted))


@pytest.mark.parametrize("name", list(BLIND))
def test_rates_on_blind_messages_are_kept(name):
    rows = BLIND[name]
    emergencies = sum(expected == "emergency" for _, expected, _ in rows)
    escalations = sum(TRIAGE_ORDER.index(expected) >= ESCALATION for _, expected, _ in rows)
    missed_emergency, missed, over = map(sum, zip(*(judge(*row) for row in rows), strict=True))
    assert missed_emergency <= MOST_MISSED_EMERGENCIES * emergencies + 0.5
    assert missed <= MOST_MISSED * escalations + 1
    assert over <= MOST_OVER * (len(rows) - escalations) + 1


def test_the_sets_are_whole():
    texts = [" ".join(text.lower().split()) for rows in BLIND.values() for text, _, _ in rows]
    assert len(texts) == 1120 and len(set(texts)) >= 1110
