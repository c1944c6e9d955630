"""Triage of words it was not tuned on: what no longer cancels an emergency, and what must stay harmless.

Of `triage_unseen.yaml`, read with the table as it was before the mend: 1 of 30 harmless messages raised a false alarm,
13 of 30 dangerous ones were missed. With the mend of the rules: 1 and 3; the table was then widened by those: 0 and 0. The
lexicon that replaced that table was built with these messages in view: they guard it, they do not measure it. For what it
does on messages nobody had read see `test_triage_blind.py`.
"""

import re
from pathlib import Path

import pytest
import yaml

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.safety.lexicon import load_lexicon
from fitsense.safety.triage import load_triage, triage_text

UNSEEN = yaml.safe_load((Path(__file__).parent / "triage_unseen.yaml").read_text(encoding="utf-8"))


def rank(message: str) -> int:
    """How careful the class of a message is, 0 for proceed to 3 for emergency."""
    return TRIAGE_ORDER.index(triage_text(message).triage)


@pytest.mark.parametrize(("message", "most"), UNSEEN["harmless"])
def test_harmless_messages_raise_no_false_alarm(message, most):
    assert rank(message) <= TRIAGE_ORDER.index(most), triage_text(message).matched


@pytest.mark.parametrize(("message", "least"), UNSEEN["dangerous"])
def test_dangerous_messages_are_not_missed(message, least):
    assert rank(message) >= TRIAGE_ORDER.index(least), triage_text(message).matched


@pytest.mark.parametrize("message", [
    "I got chest pain while doing chest press", "On chest day today I felt crushing chest pain",
    "This is not doms, I have chest pain",
    "I passed out this morning, I only slept 4 hours", "I can't breathe after sprints", "My lips turned blue during intervals",
    "I want to kill myself lol", "I am scared I might hurt myself tonight", "I can't feel my legs after deadlifts lol",
    "my urine is dark brown after leg day, dehydrated maybe", "cola coloured urine, also I take vitamins",
    "benching today and my chest suddenly hurt and I got sweaty", "I fainted during leg day", "i'm suicidal haha",
    "throat is swelling, took a vitamin pill", "brown urine, maybe dehydrated", "chest press, then chest pain"])
def test_words_of_context_do_not_cancel_an_emergency(message):
    assert triage_text(message).triage == "emergency"


@pytest.mark.parametrize("message", [
    "severe knee pain after leg day, 8 out of 10", "my knee locked on leg day and is swollen", "my knee gave way lol"])
def test_words_of_context_do_not_cancel_a_referral(message):
    assert triage_text(message).triage == "stop_and_refer"


@pytest.mark.parametrize(("message", "most"), [
    ("chest press was heavy but good", "proceed"), ("sore chest muscles after chest day lol", "proceed"),
    ("I'm worried I might hurt myself on the deadlift", "modify"), ("pee was red after beetroot juice", "proceed"),
    ("hard to talk during intervals, is that the right pace?", "proceed"), ("I can't walk after leg day haha", "proceed"),
    ("out of breath while doing hill repeats haha", "proceed"), ("dying after those squats, see you Thursday", "proceed"),
    ("my legs hurt so bad after leg day", "proceed"), ("passed out in bed at 9 after the long hike", "proceed")])
def test_a_match_that_its_own_words_explain_stays_harmless(message, most):
    assert rank(message) <= TRIAGE_ORDER.index(most), triage_text(message).matched


@pytest.mark.parametrize("message", [
    "I never had chest pain this bad", "I have not had chest pain like this before", "This is not normal chest pain",
    "Never had such a headache, worst of my life", "no relief from the chest pain", "no let-up in the chest pressure",
    "what is wrong with me, chest pain and sweating", "what is this crushing feeling in my chest",
    "not just chest pain, also my jaw",
    "this isn't the usual chest tightness", "never passed out before but I did this morning", "haven't had chest pain before"])
def test_comparatives_and_questions_about_oneself_deny_nothing(message):
    assert triage_text(message).triage == "emergency"


@pytest.mark.parametrize("message", [
    "no chest pain", "no chest pain, just heartburn from coffee", "never had chest pain in my life",
    "No pain like last time, all good",
    "I have never fainted or had chest pain", "I didn't faint, just sat down for a rest",
    "What are the signs of a heart attack?",
    "what does chest tightness mean", "What should I do if I get chest pain during a workout?",
    "no pain before or after training"])
def test_plain_denials_and_general_questions_stay_harmless(message):
    assert triage_text(message).triage == "proceed"


@pytest.mark.parametrize("message", [
    "My dad collapsed at the gym and is not responding", "My friend passed out next to me and won't wake up",
    "my wife had a seizure on the treadmill", "my mother collapsed in the kitchen, she isn't responding",
    "my coach had a heart attack here at the gym", "my girlfriend collapsed two minutes ago",
    "my husband was lifting and his face drooped"])
def test_somebody_else_in_danger_is_an_emergency(message):
    assert triage_text(message).triage == "emergency"


@pytest.mark.parametrize("message", [
    "my dad had a heart attack last year", "my friend fainted at the gym yesterday", "my dad had a stroke, I want to stay fit",
    "my uncle died of a heart attack at 60", "my dog collapsed after our run", "my mum has angina, so I want to stay fit",
    "my partner was out of breath on the stairs, fun to beat him"])
def test_somebody_elses_past_or_pet_is_not(message):
    assert triage_text(message).triage == "proceed"


@pytest.mark.parametrize(("message", "expected"), [
    ("crushing chest pain, cardiologist cleared me last year", "stop_and_refer"),
    ("crushing chest pain, but I was cleared in January", "stop_and_refer"),
    ("chest pain last year, cleared by my cardiologist", "modify"), ("I fainted in 2015, fully checked and cleared", "modify")])
def test_an_old_clearance_does_not_clear_what_is_new(message, expected):
    assert triage_text(message).triage == expected


def test_an_emergency_is_explained_in_its_own_sentence_only():
    assert not [row["id"] for row in load_triage()["rows"] if row["triage"] == "emergency" and " ~ " in " ".join(row["signs"])]
    assert triage_text("my chest muscles are sore after bench press yesterday. I have crushing chest pain.").triage == "emergency"


def test_every_concept_that_a_row_names_is_in_the_lexicon():
    told = " ".join(sign for row in load_triage()["rows"] for sign in row["signs"])
    named = {word for word in re.findall(r"[A-Z][A-Z_]+", told)}
    assert named <= set(load_lexicon()), named - set(load_lexicon())


@pytest.mark.parametrize("message", [
    "schmerzen in der brust", "me duele el pecho", "j'ai mal à la poitrine", "no puedo respirar", "pijn in mijn borst",
    "mam ból w klatce piersiowej", "у меня болит грудь", "胸が痛い", "nach dem training habe ich starke schmerzen in der brust"])
def test_another_language_is_never_called_harmless(message):
    found = triage_text(message)
    assert found.triage == "modify" and found.matched == ("triage_not_english",) and "English" in found.message


@pytest.mark.parametrize("message", [
    "ok", "Zumba", "kayaking Saturday", "thx coach", "deadlift bench squat", "Bulgarian split squats plz", "", "140kg!!!",
    "Zumba or kayaking Saturday?", "feeling strong tbh", "PR today!!! 140kg", "any tips for grip?", "swap Pallof Press"])
def test_short_and_slangy_english_is_english(message):
    assert triage_text(message).triage == "proceed"


def test_the_default_message_claims_no_more_than_it_knows():
    message = triage_text("can I swap squats for leg press?").message
    assert "that we know" in message and "English only" in message and "get help" in message
