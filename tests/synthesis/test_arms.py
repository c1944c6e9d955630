"""What adaptation is worth: equal people and dice in every arm, relations that must hold, intervals that are intervals."""

from dataclasses import replace

import pytest

from fitsense.params import SynthesisParams
from fitsense.synthesis.arms import ARMS, N_WEEKS, live_weeks
from fitsense.synthesis.world import simulate
from fitsense.synthesis.worth import compare_arms, draw_arms, live_arms


@pytest.fixture(scope="module")
def world():
    return simulate(SynthesisParams(n_users=24, n_days=14), 7)


@pytest.fixture(scope="module")
def arms(world):
    return live_arms(world, 7, 16)


def test_every_arm_has_the_same_people_and_the_same_first_week(arms):
    assert list(arms) == list(ARMS) and {len(lived) for lived in arms.values()} == {16}
    for lived in zip(*arms.values(), strict=True):
        assert len({(weeks.planned, weeks.weekly_gain[0]) for weeks in lived}) == 1 and len(lived[0].weekly_gain) == N_WEEKS
    assert any(one.weekly_gain != two.weekly_gain for one, two in zip(arms["fixed"], arms["adapted"], strict=True))


def test_the_same_seed_lives_the_same_weeks(world, arms):
    lived = [live_weeks(person, world.plans[person.user_id], "adapted", 7) for person in world.people[:3]]
    assert arms["adapted"][0] in lived
    other = [live_weeks(person, world.plans[person.user_id], "adapted", 8) for person in world.people[:3]]
    assert arms["adapted"][0] not in other


def test_going_more_often_gains_more_in_every_arm(world):
    for arm in ARMS:
        gains = []
        for share in (0.3, 0.95):
            people = [replace(person, traits=replace(person.traits, adherence=share)) for person in world.people[:10]]
            gains.append(sum(live_weeks(person, world.plans[person.user_id], arm, 7).gain for person in people))
        assert gains[1] > 1.3 * gains[0], arm


def test_blind_progression_misses_more_repetitions_than_adapting(arms):
    missed = {arm: sum(weeks.missed for weeks in lived) for arm, lived in arms.items()}
    assert missed["printed"] > 1.5 * missed["adapted"]


def test_the_table_and_figure_tell_what_was_lived(arms):
    table = compare_arms(arms, 7, n_samples=200).set_index("outcome")
    mean = sum(weeks.gain for weeks in arms["fixed"]) / 16
    assert table.loc["strength gained, share", "fixed"].startswith(f"{mean:.3f} [") and (table.people == 16).all()
    assert {"adapted - fixed", "adapted - printed"} <= set(table.columns)
    assert len(draw_arms(arms).axes) == 2
