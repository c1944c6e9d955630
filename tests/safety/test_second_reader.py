"""The second reader: made of the committed messages, quiet on few words, never talked out of an alarm, and examined.

The examination was written by five authors who saw neither the tables nor the messages the reader learned from, and nothing
was tuned on it: only its rates were looked at. It must never be learned from. Authors and labels: language models, no clinician.
Of the first author 160 other messages were learned (set "first"); of the other four nothing. The rates of the first three were
seen under an earlier reader as well (8,498 messages: 7, 13 and 49 failed), those of the last two (797)
only under this one.
"""

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors import safe_open

from fitsense.safety.reader_training import fit_weights, hash_sources, judge_rates, load_messages, read_all
from fitsense.safety.second_reader import WEIGHTS, in_double, load_weights, read_chances
from fitsense.safety.triage import TriageResult, read_text, triage_text

EXAM = yaml.safe_load((Path(__file__).parent / "triage_exam.yaml").read_text(encoding="utf-8"))
# Messages failed of 408 emergencies, 811 escalations and 702 that call for neither; by the lexicon alone 61, 119, 154.
# First read: 7, 23 and 101. Since 2,465 everyday messages were learned, and the bounds chosen anew on other authors:
KEPT = {"missed_emergency": 5, "missed_escalation": 16, "over_escalation": 116}
EVERYDAY = yaml.safe_load((Path(__file__).parent / "triage_everyday.yaml").read_text(encoding="utf-8"))
EVERYDAY_STOPPED = 18  # of 299 on first reading; the reader before had stopped 30 of them
SLACK = 4


def test_the_weights_are_made_of_the_committed_messages_and_tables():
    with safe_open(str(files("fitsense.safety") / WEIGHTS), framework="numpy") as held:
        made_of = held.metadata()["made_of"]
    assert made_of == hash_sources(), "stale: python -m fitsense.safety.reader_training"


@pytest.mark.full
def test_the_same_messages_give_the_same_weights():
    again, held = in_double(fit_weights(list(load_messages()), read_all(list(load_messages())))), load_weights()
    assert np.array_equal(again["idf"], held["idf"])
    assert np.allclose(again["weights"], held["weights"], atol=1e-2) and np.allclose(again["bias"], held["bias"], atol=1e-3)


def test_nothing_of_the_examination_was_learned():
    learned = {" ".join(one["text"].lower().split()) for one in load_messages()}
    examined = [text for rows in EXAM.values() for text, _, _ in rows] + EVERYDAY
    assert not [text for text in examined if " ".join(text.lower().split()) in learned]


def test_messages_that_were_learned_are_whole():
    messages = load_messages()
    assert len({one["text"] for one in messages}) == len(messages) > 13000
    assert {one["expected"] for one in messages} == {"emergency", "stop_and_refer", "modify", "proceed"}
    assert all(json.dumps(one) and one["text"].strip() and one["expected"] not in one["also"] for one in messages)


@lru_cache(maxsize=1)
def read_some() -> list[TriageResult]:
    """What triage makes of every sixth message that was learned."""
    return [triage_text(one["text"]) for one in load_messages()[::6]]


def test_few_words_are_not_weighed():
    assert read_chances(read_text("chest day today")) is None and read_chances(read_text("")) is None
    assert read_chances(read_text("crushing weight on my chest")) is not None


def test_it_raises_what_the_lexicon_does_not_know_and_says_so():
    raised = [found for found in read_some() if found.matched[:1] == ("triage_read_emergency",)]
    assert len(raised) > 20
    assert all(found.triage == "emergency" and "emergency services" in found.message for found in raised)


def test_a_doubted_alarm_keeps_its_warning():
    doubted = [found for found in read_some() if found.matched[:1] == ("triage_doubted",)]
    assert len(doubted) > 20
    assert all(found.see_professional and found.triage in ("modify", "stop_and_refer") for found in doubted)


def test_rates_on_the_examination_are_kept():
    rows = [{"text": text, "expected": expected, "also": also} for rows in EXAM.values() for text, expected, also in rows]
    rates = judge_rates(rows, [triage_text(row["text"]).triage for row in rows])
    assert len(rows) == 1513
    for name, (failed, total) in rates.items():
        assert failed <= KEPT[name] + SLACK, (name, failed, total)


def test_everyday_talk_is_seldom_an_alarm():
    stopped = [text for text in EVERYDAY if triage_text(text).triage in ("emergency", "stop_and_refer")]
    assert len(EVERYDAY) == 299 and len(stopped) <= EVERYDAY_STOPPED + SLACK, stopped
