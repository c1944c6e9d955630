"""Triage of messages written blind: the rates reached, so that a change that loses some of them is seen.

The first four sets of `triage_messages.jsonl`, by authors who knew neither the tables nor each other's messages. The lexicon
was made on them and the second reader has learned from them, so that what triage reaches here says nothing about new
messages (see test_second_reader.py). The figures on rows not yet studied did: see FIRST_READ.
"""

import pytest

from fitsense.safety.reader_training import judge_rates, load_messages
from fitsense.safety.triage import triage_text

BLIND = ("first", "second", "third", "fourth")
# (missed emergencies, missed escalations, over-escalations) of the rows from the 161st on of second, third and fourth
# together, when nobody had read them: 131 emergencies, 256 escalations, 224 messages that call for neither.
FIRST_READ = {"lexicon begun": (36, 68, 46), "second: 160 rows studied": (38, 68, 37), "all: 160 rows studied": (34, 61, 37)}
MOST_MISSED_EMERGENCIES, MOST_MISSED, MOST_OVER = 0.02, 0.06, 0.11  # shares reached, with a small margin


@pytest.mark.parametrize("name", BLIND)
def test_rates_on_blind_messages_are_kept(name):
    rows = [one for one in load_messages() if one["set"] == name]
    rates = judge_rates(rows, [triage_text(one["text"]).triage for one in rows])
    for kind, most, slack in (("missed_emergency", MOST_MISSED_EMERGENCIES, 0.5), ("missed_escalation", MOST_MISSED, 1),
                              ("over_escalation", MOST_OVER, 1)):
        failed, total = rates[kind]
        assert total > 40 and failed <= most * total + slack, (kind, failed, total)


def test_the_sets_are_whole():
    assert sum(one["set"] in BLIND for one in load_messages()) >= 1115
