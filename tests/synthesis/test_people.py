"""Simulated people: shares near their sources, health that fits the person, quotas for every slice, rare cases on request."""

from collections import Counter

import numpy as np
import pytest

from fitsense.contracts.profile import bmi
from fitsense.knowledge.exercises import load_exercises
from fitsense.params import SynthesisParams
from fitsense.safety.screening import ACCESS_ORDER, read_words, screen
from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.health import Body, draw_health, list_prevalences
from fitsense.synthesis.people import simulate_people
from fitsense.synthesis.quotas import BLOCK, SLICE_VALUES

NATURAL = SynthesisParams(n_users=600, rare_case_block=0)


@pytest.fixture(scope="module")
def crowd():
    """Many people as chance has them, slice quotas aside."""
    return simulate_people(NATURAL, 7)


def infos(people):
    return [person.profile.personal_info for person in people]


def test_ages_sexes_and_bodies_follow_their_table(crowd):
    table = read_yaml("people.yaml")
    bands = {(low, high): percent for low, high, percent in table["age_bands"]}
    for (low, high), percent in bands.items():
        share = np.mean([low <= info.age <= high for info in infos(crowd)])
        assert abs(share - percent / sum(bands.values())) < 0.035, (low, high, share)
    for gender, percent in table["gender"].items():
        assert abs(np.mean([info.gender == gender for info in infos(crowd)]) - percent / 100) < 0.05
    for gender in ("male", "female"):
        heights = [info.height_cm for info in infos(crowd) if info.gender == gender and 20 <= info.age < 60]
        assert abs(np.mean(heights) - table["height_cm"][gender][0]) < 1.5
    assert 23.5 < np.median([bmi(person.profile) for person in crowd]) < 27


def test_people_hang_together(crowd):
    """Joint, not each by itself: more illness with age and weight, less sitting with experience, goals by weight."""
    def share(people, test):
        return np.mean([test(person) for person in people])

    old, young = ([p for p in crowd if low <= p.profile.personal_info.age < high] for low, high in ((60, 100), (18, 35)))
    assert share(old, lambda p: p.health.conditions != ()) > share(young, lambda p: p.health.conditions != ()) + 0.15
    heavy, light = ([p for p in crowd if low <= bmi(p.profile) < high] for low, high in ((28, 60), (18.5, 25)))
    slimmers = [share(group, lambda p: p.profile.goals[0] == "weight_loss") for group in (heavy, light)]
    assert slimmers[0] > 1.4 * slimmers[1]
    groups = ([p for p in crowd if (p.profile.personal_info.fitness_level == "beginner") is new] for new in (False, True))
    sitters = [share(group, lambda p: p.profile.personal_info.activity_level == "sedentary") for group in groups]
    assert sitters[0] < 0.6 * sitters[1]


def test_prevalences_rise_with_age_and_weight_and_keep_to_sex():
    rows = [row["name"] for row in read_yaml("people.yaml")["conditions"]]

    def chance(name, age=50, gender="female", kg_m2=27.0):
        return list_prevalences(Body(age, gender, kg_m2))[rows.index(name)]

    assert chance("type 2 diabetes", 70) > chance("type 2 diabetes", 50) > chance("type 2 diabetes", 35) > 0
    assert chance("hypertension", kg_m2=35) > 1.3 * chance("hypertension", kg_m2=25)
    assert chance("osteoporosis", 70) > 3 * chance("osteoporosis", 70, "male") and chance("pregnancy", 30, "male") == 0
    assert chance("pregnancy", 60) == 0 and chance("heart disease", 20) == 0
    assert all(row.get("source") for row in read_yaml("people.yaml")["conditions"])


def test_conditions_medicines_and_words_fit_the_person(crowd):
    rows = {row["name"]: row for row in read_yaml("people.yaml")["conditions"]}
    named = [(person, name, words) for person in crowd for name, words in person.health.conditions]
    assert {name for _, name, _ in named} >= set(rows) - {"something rare"} and len(named) > 150
    for person, name, words in named:
        low, high = rows[name]["ages"]
        assert low <= person.profile.personal_info.age <= high and words in rows[name]["phrases"]
        assert person.profile.personal_info.gender in rows[name].get("sexes", [person.profile.personal_info.gender])
    for person in crowd:
        allowed = {medicine for name, _ in person.health.conditions for medicine in rows[name]["medications"]}
        assert set(person.health.medications) <= allowed


def test_every_slice_value_is_met_from_one_block_on():
    for seed in range(6):
        people = simulate_people(SynthesisParams(n_users=BLOCK), seed)
        for tag, values in SLICE_VALUES.items():
            assert {person.slice_tags[tag] for person in people} == set(values), (seed, tag)


def test_quotas_without_rare_cases_leave_no_value_out_either():
    people = simulate_people(SynthesisParams(n_users=2 * BLOCK, rare_case_block=0), 3)
    for tag, values in SLICE_VALUES.items():
        counts = Counter(person.slice_tags[tag] for person in people)
        assert set(counts) == set(values) and min(counts.values()) >= 2, tag


def test_rare_cases_are_there_when_asked_for():
    rows = read_yaml("people.yaml")["rare_cases"]
    for start in (1, 41):
        block = simulate_people(SynthesisParams(n_users=80), 5, range(start, start + 40))
        for row in rows:
            assert any(meets(person, row) for person in block), (start, row["name"])
    asked_for = {"pregnant", "heart-disease", "eating-disorder-history", "insulin", "under-18", "very-low-bmi"}
    assert asked_for <= {row["name"] for row in rows}
    thin = [person for person in simulate_people(SynthesisParams(n_users=80), 5) if bmi(person.profile) <= 16.5]
    assert len(thin) == 2 and not any(screen(person.profile).allow_calorie_number for person in thin)


def meets(person, row):
    """Whether a person is the rare case of a row of the table."""
    info, (low, high) = person.profile.personal_info, row["ages"]
    body_low, body_high = row.get("bmi", (0, 99))
    return (low <= info.age <= high and info.gender == row.get("sex", info.gender)
            and body_low <= bmi(person.profile) <= body_high and ("condition" not in row or person.health.has(row["condition"]))
            and row.get("medication", "") in " ".join([*person.health.medications, ""]))


def test_without_being_asked_for_rare_cases_are_rare(crowd):
    assert sum(bmi(person.profile) < 16.5 for person in crowd) == 0
    assert np.mean([person.health.has("type 1 diabetes") for person in crowd]) < 0.02


def test_no_draw_for_an_impossible_flag_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="conditions: nobody aged 10"):
        draw_health(np.random.default_rng(1), Body(10, "male", 20.0), "medical")


def test_screening_recognises_every_condition_but_the_rare_ones():
    for row in read_yaml("people.yaml")["conditions"]:
        for phrase in row["phrases"]:
            found, unknown = read_words(phrase)
            rare = row["name"] == "something rare"
            assert bool(unknown) == rare and bool(found) != rare, (phrase, unknown)


def test_feedback_names_exercises_within_reach(crowd):
    catalogue = load_exercises()
    said = [(person, workout) for person in crowd for workout in person.profile.feedback.previous_workouts]
    assert len(said) > 500
    for person, workout in said:
        reach = ACCESS_ORDER.index(person.profile.preferences.equipment_access)
        assert ACCESS_ORDER.index(catalogue[workout.exercise].access) <= reach
