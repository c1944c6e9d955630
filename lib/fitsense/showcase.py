"""The showcase: plans for people who are hard to plan for, printed with every reason on one page to read critically.

    python -m fitsense.showcase      # writes reports/hard_profiles.html

The people stand in hard_profiles.yaml. Uses no model, clock or chance: the same code writes the same page.
"""

from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path

import yaml

from fitsense.artifacts import write_text
from fitsense.contracts.plan import ExerciseEntry, Plan
from fitsense.contracts.profile import Profile, bmi
from fitsense.contracts.strictness import check_contract
from fitsense.knowledge.rules import load_rules
from fitsense.page_style import COLOURS
from fitsense.params import ROOT
from fitsense.planning.explain import Reason, explain_plan, list_left_out
from fitsense.planning.prescribe import prescribe
from fitsense.planning.selection import select_for
from fitsense.safety.screening import screen
from fitsense.safety.verifier import verify_plan

PAGE = ROOT / "reports" / "hard_profiles.html"
STYLE = COLOURS + """
*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1rem;color:var(--ink);
background:var(--ground)}h1,h2,h3{line-height:1.25}h2{margin-top:3rem;border-top:2px solid var(--line);padding-top:1rem}
h3{font-size:1rem;margin:1.25rem 0 .3rem}a{color:var(--link)}.mute{color:var(--mute);font-size:.85rem}
.refer{border-left:4px solid var(--warn);padding:.4rem .8rem;background:var(--card)}.ok{color:var(--good)}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;width:100%}th,td{padding:.3rem .5rem;text-align:left;
vertical-align:top;border-bottom:1px solid var(--line)}tr.day th{background:var(--card)}ol{columns:18rem}ul{padding-left:1.2rem}
code{font-size:.85em}summary{cursor:pointer;color:var(--link)}"""


@cache
def load_people() -> tuple[tuple[str, Profile], ...]:
    """Who each person is in one line, and the profile; raises ContractError where one is out of bounds."""
    table = yaml.safe_load((files("fitsense") / "hard_profiles.yaml").read_text(encoding="utf-8"))
    return tuple((row["who"], _fill(table["usual"], row)) for row in table["people"])


def _fill(usual: dict, row: dict) -> Profile:
    given = {name: {**value, **row.get(name, {})} if isinstance(value, dict) else row.get(name, value)
             for name, value in usual.items()}
    return check_contract(Profile, given, row["who"])


def write_page(path: Path = PAGE) -> Path:
    """Write the page; return where."""
    return write_text(path, render_page())


def render_page() -> str:
    """The whole page as self-contained HTML."""
    people = load_people()
    links = "".join(f'<li><a href="#p{n}">{escape(who)}</a></li>' for n, (who, _) in enumerate(people, start=1))
    sections = "".join(_render_person(n, who, profile) for n, (who, profile) in enumerate(people, start=1))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>FitSense: plans for hard profiles</title><style>{STYLE}</style><h1>Plans for hard profiles</h1>"
        f"<p>{len(people)} people for whom a plan is hard to get right, and what the planning engine prescribes, with the rule "
        "behind every decision. Written by the code from its tables and checked by the verifier; no model, nobody real. A plan "
        "is no medical advice, and where a referral stands it comes before the plan.</p>"
        '<p class="mute">Tiers: guideline, meta-analysis, expert consensus, heuristic (our own choice, not a finding). RIR: '
        "repetitions left in reserve. RPE: effort of 10. Minutes include warm-up and cool-down.</p>"
        f"<ol>{links}</ol>{sections}{_render_glossary(sections)}</html>\n")


def _render_person(number: int, who: str, profile: Profile) -> str:
    plan = prescribe(profile)
    workout, reasons = plan.workout_plan, explain_plan(profile, plan)
    referral = workout.adaptations.referral
    banner = f'<p class="refer"><b>First:</b> {escape(referral)}</p>' if referral else ""
    return (
        f'<section id="p{number}"><h2>{number}. {escape(who)}</h2><p class="mute">{escape(_describe(profile))}</p>{banner}'
        f"<p><b>{escape(workout.name)}.</b> {escape(workout.overview)}</p>"
        f"<p>{escape(workout.adaptations.difficulty_adjustment)}</p>{_render_rules(profile)}{_render_week(plan)}"
        f"<h3>Four weeks</h3>{_render_progression(plan)}<h3>Food</h3><p>{escape(_describe_food(plan))}</p>"
        f"{_render_left_out(profile)}{_render_reasons(reasons)}{_render_check(profile, plan)}</section>")


def _describe(profile: Profile) -> str:
    info, wants, given = profile.personal_info, profile.preferences, profile.constraints
    said = [*given.conditions, *(given.medications or []), *(f"injured {part.replace('_', ' ')}" for part in given.injuries)]
    said += [text for text in (given.diet, *(f"allergy: {food}" for food in given.allergies or [])) if text]
    goals = " and ".join(goal.replace("_", " ") for goal in profile.goals)
    return (f"{info.age} years, {info.gender}, {info.height_cm:g} cm, {info.weight_kg:g} kg (BMI {bmi(profile)}), "
            f"{info.fitness_level}; wants {goals}, {wants.days_per_week} x {wants.workout_duration} minutes, "
            f"{wants.equipment_access.replace('_', ' ')}; says: {'; '.join(said) or 'nothing else'}.")


def _render_rules(profile: Profile) -> str:
    rows = "".join(f"<tr><td>{escape(say)}</td><td>{_cite(rule_id)}</td></tr>" for rule_id, say in screen(profile).reasons)
    if not rows:
        return "<h3>What screening decided</h3><p>No limits: nothing that was said calls for any.</p>"
    return (f'<h3>What screening decided</h3><div class="wide"><table><tr><th>Decision</th><th>Rule, tier, source</th></tr>'
            f"{rows}</table></div>")


def _cite(rule_id: str) -> str:
    rule = load_rules()[rule_id]
    return f'<code>{rule_id}</code> <span class="mute">{rule.tier.replace("_", " ")}; {escape(rule.source)}</span>'


def _render_week(plan: Plan) -> str:
    rows = ""
    for session in plan.workout_plan.weekly_schedule:
        rows += (f'<tr class="day"><th colspan="5">{session.day}: {escape(session.focus)}, {session.duration} min, '
                 f"{session.intensity_level}</th></tr>")
        rows += "".join(_render_entry(entry) for entry in session.exercises)
    head = "<tr><th>Exercise</th><th>Dose</th><th>Effort</th><th>Rest</th><th>Note</th></tr>"
    return f'<h3>The week</h3><div class="wide"><table>{head}{rows}</table></div>'


def _render_entry(entry: ExerciseEntry) -> str:
    dose = f"{entry.sets} x {entry.reps}" if entry.reps is not None else f"{entry.duration} min"
    rest = f"{entry.rest} s" if entry.rest else "none"
    cells = (entry.name, dose, entry.intensity, rest, entry.notes)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _render_progression(plan: Plan) -> str:
    weeks = plan.workout_plan.progression_plan
    listed = (weeks.week_1, weeks.week_2, weeks.week_3, weeks.week_4)
    lines = [" ".join(week.exercise_progressions) for week in listed]
    return f"<ul>{''.join(f'<li>Week {number}: {escape(line)}</li>' for number, line in enumerate(lines, start=1))}</ul>"


def _describe_food(plan: Plan) -> str:
    food = plan.nutrition_suggestions
    target = f"{food.calorie_target} kcal a day" if food.calorie_target is not None else "No calorie number"
    macros, meals = food.macros, food.meal_timing
    return (f"{target}; protein {macros.protein} %, carbohydrate {macros.carbs} %, fat {macros.fat} %. "
            f"Before: {meals.pre_workout} After: {meals.post_workout}")


def _render_left_out(profile: Profile) -> str:
    rows = "".join(f"<li>{escape(', '.join(names))}: {escape(say)} <code>{rule_id}</code></li>"
                   for (rule_id, say), names in list_left_out(select_for(profile)).items())
    return f"<h3>Left out, though it would have come first</h3><ul>{rows}</ul>" if rows else ""


def _render_reasons(reasons: list[Reason]) -> str:
    """Why each exercise stands there, and each distinct reason behind the numbers once."""
    rows: dict[str, None] = {}
    for reason in reasons:
        kind = reason.place.rsplit(".", 1)[-1]
        label = kind.replace("_", " ") if not kind.isdigit() else "exercise" if ".exercises." in reason.place else "day"
        if kind == "gamified_stats":
            continue
        row = f"<tr><td>{label}</td><td>{escape(reason.sentence)}</td><td><code>{reason.rule_id}</code></td></tr>"
        rows[row] = None
    return (f"<details><summary>Why: {len(rows)} reasons for days, exercises and numbers</summary>"
            f'<div class="wide"><table><tr><th>What</th><th>Why</th><th>Rule</th></tr>{"".join(rows)}</table></div></details>')


def _render_glossary(sections: str) -> str:
    """Every rule the page names, with its text, tier and source."""
    rows = "".join(f"<tr><td><code>{rule_id}</code></td><td>{escape(rule.text)}</td><td>{rule.tier.replace('_', ' ')}; "
                   f"{escape(rule.source)}</td></tr>"
                   for rule_id, rule in load_rules().items() if f"<code>{rule_id}</code>" in sections)
    return (f'<section><h2>The rules</h2><div class="wide"><table><tr><th>Rule</th><th>What it says</th>'
            f"<th>Tier, source</th></tr>{rows}</table></div></section>")


def _render_check(profile: Profile, plan: Plan) -> str:
    found = verify_plan(profile, plan)
    if not found:
        return '<p class="ok">Verifier: nothing wrong.</p>'
    return f"<p>Verifier: {escape('; '.join(violation.reason for violation in found))}</p>"


if __name__ == "__main__":
    print(write_page().relative_to(ROOT))
