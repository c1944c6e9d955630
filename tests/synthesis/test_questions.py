"""What people ask: true of them, said in many ways, labelled by construction, no wording given to two people."""

import re
from collections import Counter

import numpy as np
import pytest

from fitsense.contracts.plan import iter_entries
from fitsense.contracts.requests import INPUTS, INSTRUCTIONS, PROMPT_TYPES, make_request, person_of, user_turn
from fitsense.contracts.strictness import CONTROL, check_contract
from fitsense.near_duplicates import DEFAULT_SIMILARITY, find_repeats
from fitsense.params import SynthesisParams
from fitsense.planning.facts import retrieve_facts
from fitsense.planning.intents import read_intent
from fitsense.safety.triage import triage_text
from fitsense.synthesis import views
from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.duplicates import list_free_texts, measure_near_duplicates
from fitsense.synthesis.messages import fits_person, load_messages
from fitsense.synthesis.phrasing import Situation, compose
from fitsense.synthesis.world import simulate
from fitsense.teacher.checking import check_answer
from fitsense.teacher.rule_based import RuleBasedTeacher

RECORD_KEYS = ["query_id", "user_id", "scenario_id", "prompt_type", "slice_tags", "expected_safety_constraints",
               "context_summary", "instruction", "input"]
SITUATION = Situation(weeks=9, age=38, weight=81.4, years=4.5)


@pytest.fixture(scope="module")
def town():
    return simulate(SynthesisParams(n_users=200, n_days=42), 7)


def asked(town, prompt_type):
    return [query for query in town.queries if query["prompt_type"] == prompt_type]


def strings_of(value):
    """Every string inside nested JSON."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings_of(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings_of(inner)]
    return [value] if isinstance(value, str) else []


def test_one_question_of_each_type_and_contracts_hold(town):
    assert len({query["query_id"] for query in town.queries}) == len(town.queries) == 5 * 200
    for start in range(0, len(town.queries), 5):
        assert [query["prompt_type"] for query in town.queries[start:start + 5]] == list(PROMPT_TYPES)
    for query in town.queries:
        assert list(query) == RECORD_KEYS and query["instruction"] == INSTRUCTIONS[query["prompt_type"]]
        assert re.fullmatch(r"q-\d{6}-\d+", query["query_id"]) and re.fullmatch(r"[a-z0-9-]+", query["scenario_id"])
        check_contract(INPUTS[query["prompt_type"]], query["input"], query["query_id"])
        assert not any(CONTROL.search(text) or "\n" in text or "{" in text for text in strings_of(query["input"]))
        assert "\n" not in query["context_summary"]
    assert views.count_invalid(town) == 0
    broken = {**town.queries[1], "input": {**town.queries[1]["input"], "request": ""}}
    assert views.count_invalid(type(town)([], {}, {}, {}, [broken])) == 1


def test_more_questions_than_types_cycle_and_stay_different():
    world = simulate(SynthesisParams(n_users=12, n_days=28, questions_per_user=12), 7)
    types = [query["prompt_type"] for query in world.queries if query["user_id"] == 4]
    assert types == [PROMPT_TYPES[number % 5] for number in range(12)]
    reports = [query["input"]["message"] for query in world.queries if query["prompt_type"] == "safety_adjustment"]
    assert len(set(reports)) == len(reports) == 24


def test_slice_tags_are_the_persons_own(town):
    for query in town.queries:
        person, tags = town.people[query["user_id"] - 1], query["slice_tags"]
        assert list(tags) == ["age_band", "sex", "goal_type", "activity_level", "condition_flag"]
        assert tags["goal_type"] == person.profile.goals[0] and tags["sex"] == person.profile.personal_info.gender
        has = (bool(person.profile.constraints.injuries), bool(person.profile.constraints.conditions))
        expected = {(False, False): "none", (True, False): "injury", (False, True): "medical", (True, True): "both"}
        assert tags["condition_flag"] == expected[has]


def test_near_duplicates_are_rare(town):
    assert measure_near_duplicates(town.queries, seed=7) < 0.02
    texts = list_free_texts(town.queries)
    assert len(texts) == 600
    some = {name: text for name, text in list(texts.items())[:80] if len(text.split()) >= 8}
    copies = {f"{name}-copy": text.upper() + " thanks" for name, text in some.items()}
    found = {(pair.other, pair.name) for pair in find_repeats(some | copies, DEFAULT_SIMILARITY, seed=7)}
    assert len(some) > 30 and {(name, f"{name}-copy") for name in some} <= found, "near copies are found"


def test_small_talk_changes_nothing_of_what_is_asked(town):
    """Every part around a request, alone: the engine reads the same request, finds the same facts, and hears no alarm."""
    person, week = person_of(town.people[0].profile), [day for day in make_request(
        "plan_modification", asked(town, "plan_modification")[0]["input"]).input.plan]
    name, table = week[0].exercises[0].name, read_yaml("phrases.yaml")
    request, question = f"I hate {name}, give me something else.", "How much protein do I need?"
    voiced = [part for kind in ("openers", "contexts", "closers") for rows in table[kind].values() for part in rows if part]
    for part in (SITUATION.fill(part, "Tess", "Kofi") for part in voiced):
        assert triage_text(part).triage == "proceed", part
        for text in (f"{part} {request}", f"{request} {part}"):
            assert read_intent(text, week) == read_intent(request, week), part
        assert retrieve_facts(f"{part} {question}", person, week) == retrieve_facts(question, person, week), part


def test_composed_requests_mean_what_their_core_means(town):
    table, rng = read_yaml("requests.yaml"), np.random.default_rng(3)
    week = make_request("plan_modification", asked(town, "plan_modification")[0]["input"]).input.plan
    fill = {"days": 2, "minutes": 20, "exercise": week[0].exercises[0].name, "part": "knee", "equipment": "a kettlebell",
            "area": "core"}
    for kind, row in table["modification"].items():
        for core in (text.format(**fill) for text in row["say"]):
            texts = [compose(rng, core, SITUATION) for _ in range(20)]
            assert len(set(texts)) >= 15, "twenty people, at least fifteen wordings"
            for text in texts:
                assert read_intent(text, week) == read_intent(core, week), (kind, text)


def test_small_talk_is_true():
    newcomer = Situation(weeks=1, age=20, weight=60.0, years=0)
    texts = [compose(np.random.default_rng(seed), "Do I need protein shakes?", newcomer) for seed in range(300)]
    assert not any(re.search(r"\bweek \d|years (i|now|at)|yrs", text, re.I) for text in texts)
    assert sum(" 20" in text or "20 " in text for text in texts) > 10


def test_change_requests_name_only_what_is_true(town):
    kinds = Counter()
    for query in asked(town, "plan_modification"):
        kinds[query["scenario_id"]] += 1
        given, text = query["input"], query["input"]["request"].lower()
        if query["scenario_id"] in ("modify-dislike", "modify-too-hard", "modify-too-easy"):
            assert any(one["name"].lower() in text for day in given["plan"] for one in day["exercises"])
        if query["scenario_id"] == "modify-fewer-days":
            assert int(re.search(r"(\d+) day", text)[1]) < len(given["plan"])
        if query["scenario_id"] == "modify-less-time" and given["person"]["workout_duration"] > 10:
            assert int(re.search(r"(\d+) min", text)[1]) < given["person"]["workout_duration"]
        assert query["scenario_id"].removeprefix("modify-").replace("-", " ") in query["context_summary"]
    assert set(kinds) == {f"modify-{kind}" for kind in read_yaml("requests.yaml")["modification"]}


def test_progress_questions_carry_the_logs_there_are(town):
    lengths, seen = [], Counter()
    for query in asked(town, "progress_adaptation"):
        given, life = query["input"], town.lives[query["user_id"]]
        lengths.append(len(user_turn(make_request(query["prompt_type"], given))))
        seen[len(given["logs"])] += 1
        for week in given["logs"]:
            assert len(week["sessions"]) == len(life.read_week(week["week"] - 1))
            assert week["sessions_planned"] == len(given["plan"])
            average = life.sleep.average(week["week"] * 7 - 7, week["week"] * 7 - 1)
            assert week.get("sleep_hours_avg") == (None if average is None else round(average, 1))
        done = sum(len(week["sessions"]) for week in given["logs"])
        assert f"{len(given['logs'])} weeks of logs, {done} of" in query["context_summary"]
    assert set(seen) == {0, 1, 2, 3, 4} and max(lengths) < 2850 and np.median(lengths) < 2000


def test_notes_speak_of_events_that_happened(town):
    events = {row["name"]: [note.split("{")[0] for note in row["notes"]] for row in read_yaml("life.yaml")["events"]}
    told = 0
    for query in asked(town, "progress_adaptation"):
        for week in query["input"]["logs"]:
            life, span = town.lives[query["user_id"]], (week["week"] * 7 - 7, week["week"] * 7 - 1)
            there = {event.name for event in life.events if event.overlaps(*span)}
            for name, starts in events.items():
                if any(week.get("note", "").startswith(start) for start in starts):
                    told += 1
                    assert name in there, week["note"]
    assert told > 10


def test_compact_plan_is_the_plan(town):
    for query in asked(town, "plan_modification")[:20]:
        named = [one["name"] for day in query["input"]["plan"] for one in day["exercises"]]
        assert named == [entry.name for _, entry in iter_entries(town.plans[query["user_id"]])]


def test_expected_limits_are_those_of_screening(town):
    for query in town.queries:
        if query["prompt_type"] == "plan_creation":
            assert query["input"]["derived"]["sessions"] >= 1
        if query["prompt_type"] != "safety_adjustment":
            limits = town.people[query["user_id"] - 1].limits
            expected = query["expected_safety_constraints"]
            assert expected["min_rir"] == limits.min_rir and expected["calorie_number"] == limits.allow_calorie_number
            assert expected["referral"] == (limits.referral is not None) and set(expected["avoid"]) == limits.avoid_flags


def test_no_report_is_given_to_two_people():
    world = simulate(SynthesisParams(n_users=400, n_days=14, questions_per_user=3), 11)
    reports = [query["input"]["message"] for query in world.queries if query["prompt_type"] == "safety_adjustment"]
    labelled = {text for rows in load_messages().values() for _, text in rows}
    given = [text for text in reports if text in labelled]
    assert len(given) > 0.75 * len(reports) and len(set(given)) == len(given)


def test_reports_carry_their_label_in_the_shares_of_the_table(town):
    labels = {text: triage for triage, rows in load_messages().items() for _, text in rows}
    rows = {row["id"]: row["triage"] for row in read_yaml("safety_messages.yaml")["scenarios"]}
    shares = Counter()
    for query in asked(town, "safety_adjustment"):
        expected = query["expected_safety_constraints"]["triage"]
        shares[expected] += 1
        label = labels.get(query["input"]["message"]) or rows[query["scenario_id"].removeprefix("safety-")]
        assert expected == label
    for name, percent in read_yaml("safety_messages.yaml")["shares"].items():
        assert shares[name] == 2 * percent, "exactly, in every twenty"


def test_messages_are_given_to_those_they_can_be_true_of(town):
    by_age = {low: next(p for p in town.people if p.profile.personal_info.age >= low and not p.health.uses_wheelchair
                        and p.health.flag == "none") for low in (14, 66)}
    young = next(p for p in town.people if p.profile.personal_info.age < 17 and not p.health.uses_wheelchair)
    old, expecting = by_age[66], next(p for p in town.people if p.health.has("pregnancy"))
    assert not fits_person("I'm 71 and my chest feels tight", young) and fits_person("My chest feels tight", young)
    assert not fits_person("a bit hungover, train today?", young) and not fits_person("24 weeks pregnant and dizzy", old)
    assert fits_person("24 weeks pregnant and dizzy", expecting) and fits_person("I'm 40 kg on the leg press", old)
    seated = next(p for p in town.people if p.health.uses_wheelchair)
    assert not fits_person("My knee aches on stairs", seated)


def scenario_phrases():
    """(expected class, phrase) of every phrase of the scenario table."""
    for row in read_yaml("safety_messages.yaml")["scenarios"]:
        for phrase in row["say"]:
            yield row["triage"], phrase.format(exercise="Goblet Squat")


def test_scenario_table_is_sound():
    rows = read_yaml("safety_messages.yaml")["scenarios"]
    by_id = {row["id"]: row for row in rows}
    assert len(by_id) == len(rows)
    pairs = [(row, by_id[row["pair"]]) for row in rows if "pair" in row]
    assert len(pairs) >= 15 and all(row["triage"] != other["triage"] for row, other in pairs)
    assert len({phrase for _, phrase in scenario_phrases()}) >= 150


def test_triage_agrees_with_the_scenario_table():
    judged = [(expected, triage_text(phrase).triage, phrase) for expected, phrase in scenario_phrases()]
    wrong = [row for row in judged if row[0] != row[1]]
    assert len(wrong) <= 0.03 * len(judged), wrong
    missed = [row for row in wrong if row[0] == "emergency"]
    assert not missed, missed


def test_a_coaching_question_is_no_alarm(town):
    """Small talk around a plain question must not make the teacher answer it with an emergency message."""
    alarms = [query["input"]["question"] for query in asked(town, "coaching_question")
              if triage_text(query["input"]["question"]).triage in ("emergency", "stop_and_refer")]
    assert len(alarms) <= 1, alarms


def test_coaching_questions_vary_and_carry_facts(town):
    given = [query["input"] for query in asked(town, "coaching_question")]
    assert all(one["facts"] for one in given) and len({one["question"] for one in given}) > 190


def test_the_teacher_answers_every_question(town):
    teacher = RuleBasedTeacher()
    refused = []
    for query in town.queries:
        request = make_request(query["prompt_type"], query["input"])
        error = check_answer(request, teacher.answer(request)).error
        refused += [(query["query_id"], error)] if error else []
    assert not refused
