"""Triage of a profile: what is present is an emergency, what people list is not."""

import pytest
from test_screening import make_profile

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.safety.triage import triage_profile


@pytest.mark.parametrize("line", [
    "crushing chest pain right now, going down my left arm", "I want to kill myself", "suicidal", "I can't breathe properly",
    "angina, having an attack right now", "my left arm went numb this morning", "chest pain since yesterday",
    "i have chest pain",
    "numb between my legs since the deadlifts", "fainted an hour ago", "asthma, I can't breathe today",
    "heart attack 2019, crushing chest pain right now"])
def test_an_emergency_told_as_present_is_one(line):
    found = triage_profile(make_profile(conditions=["hay fever", line]))
    assert found.triage == "emergency" and "emergency services" in found.message


@pytest.mark.parametrize("line", [
    "heart attack 2019", "angina", "I have angina", "I had a heart attack in 2019", "stroke, my left side is weak", "asthma",
    "epilepsy, last seizure three weeks ago", "paraplegic since 2010, I can't feel my legs",
    "irregular heartbeat, cardiologist knows",
    "chest tightness on hard climbs, not checked yet", "history of self-harm", "suicide attempt 2015", "anaphylaxis to nuts",
    "heart attack 2019, check-up today", "family history of heart attack", "I am having physio for angina", "none"])
def test_a_listed_illness_is_not_an_emergency(line):
    assert triage_profile(make_profile(conditions=[line])).triage != "emergency"


def test_a_listed_heart_attack_refers_and_says_what_to_do_if_it_is_now():
    found = triage_profile(make_profile(conditions=["heart attack 2019"]))
    assert (found.triage, found.see_professional) == ("stop_and_refer", True)
    assert "right now" in found.message and "112" in found.message


@pytest.mark.parametrize("place", ["medications", "diet", "time_restrictions", "location", "preferred_activities"])
def test_every_line_of_free_text_is_read(place):
    line = "my chest is being crushed right now, chest pain"
    value = line if place in ("diet", "time_restrictions", "location") else [line]
    assert triage_profile(make_profile(**{place: value})).triage == "emergency"


def test_the_strictest_line_wins_and_a_plain_profile_proceeds():
    assert triage_profile(make_profile()).triage == "proceed"
    classes = [triage_profile(make_profile(conditions=lines)).triage for lines in (
        ["asthma"], ["asthma", "angina"], ["asthma", "angina", "I want to die"])]
    assert classes == list(TRIAGE_ORDER[1:])
