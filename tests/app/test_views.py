"""Views: what a person wrote or a model made never becomes markup."""
from newcomer import default_profile

from fitsense.app.desk import Desk
from fitsense.app.tables import plan_table
from fitsense.app.views import chat_view, guard_view, plan_view, triage_view
from fitsense.coach.choice import OpenedCoach
from fitsense.coach.coaches import CoachReply, RulesCoach
from fitsense.models.adapters import AdapterChoice

RULES = AdapterChoice(None, "rules", "rules coach", "nothing trained")
SCRIPT = "<script>alert(1)</script>"


def write_plan(profile=None):
    *_, answer = Desk(OpenedCoach(RulesCoach(), RULES)).write_plan(profile or default_profile())
    return answer


def test_every_exercise_of_the_plan_is_shown_with_its_dose():
    answer = write_plan()
    page, table = plan_view(answer.plan), plan_table(answer.plan)
    assert len(table) == sum(len(day.exercises) for day in answer.plan.workout_plan.weekly_schedule)
    assert all(name in page for name in table["exercise"])


def test_markup_in_words_is_escaped():
    plan = write_plan().plan
    workout = plan.workout_plan.model_copy(update={"name": SCRIPT, "overview": SCRIPT})
    shown = plan_view(plan.model_copy(update={"workout_plan": workout}))
    reply = CoachReply("x", "repaired", repairs=[SCRIPT], adapter_label=SCRIPT, n_tokens=1)
    for view in (shown, guard_view(reply), chat_view(SCRIPT), triage_view("modify", SCRIPT, [SCRIPT])):
        assert "<script" not in view and "&lt;script&gt;" in view


def test_what_is_said_reads_as_sentences_and_nothing_heavier_is_offered_to_the_gentle():
    profile = default_profile()
    gentle = profile.model_copy(update={"constraints": profile.constraints.model_copy(
        update={"conditions": ["chest tightness, not checked"]})})
    usual, careful = plan_view(write_plan().plan), plan_view(write_plan(gentle).plan)
    assert ".;" not in usual + careful
    assert "% heavier" in usual and "% heavier" not in careful
