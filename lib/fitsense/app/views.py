"""Views: plans, triage, changes and the guard's account as HTML; every word that came from outside is escaped.

Knows the contracts and the coach's reply; knows nothing of events or state. Classes are styled in theme.py.
"""

from base64 import b64encode
from html import escape

from fitsense.app.tables import describe_dose
from fitsense.coach.choice import AdapterChoice
from fitsense.coach.coaches import CoachReply
from fitsense.contracts.changes import Change, Modification, SafetyAdjustment, Triage
from fitsense.contracts.plan import ExerciseEntry, Plan, SessionDay
from fitsense.contracts.strictness import dump_compact

SOURCE_WORDS = {"run": "your own run", "release": "released adapter", "rules": "rules coach, no model"}
TRIAGE_TITLES: dict[Triage, str] = {
    "emergency": "Call emergency services now",
    "stop_and_refer": "Stop training and see a professional",
    "modify": "Train, with changes",
    "proceed": "Fine to train",
}
VERDICT_TITLES = {
    "accepted": "Accepted as written",
    "repaired": "Repaired by the guard",
    "replaced": "Replaced by the planning engine",
}
MAX_NOTES = 12


def header_view(choice: AdapterChoice) -> str:
    """The page header: the name, and which adapter answers and why."""
    return (
        f'<div class="fs-head"><div><div class="fs-name">FitSense</div>'
        f'<div class="fs-tag">A small model writes your week. Rules check every line of it.</div></div>'
        f'<div class="fs-adapter"><span class="fs-chip">{SOURCE_WORDS[choice.source]}</span>'
        f"<b>{escape(choice.label)}</b><span>{escape(choice.reason)}</span></div></div>"
    )


def progress_view(raw_text: str, label: str) -> str:
    """What a reader sees while the student writes: how far it is."""
    n_sessions, n_entries = raw_text.count('"focus":'), raw_text.count('"notes":')
    if n_entries:
        done = f"{n_entries} exercises over {n_sessions} days so far"
    else:
        done = f"{len(raw_text)} characters so far" if raw_text else "reading what you gave"
    return (
        f'<div class="fs-card fs-wait" role="status"><b>{escape(label)} is writing</b><span>{done}</span>'
        '<div class="fs-bar"><i></i></div></div>'
    )


def plan_view(plan: Plan, reply: CoachReply | None = None) -> str:
    """A whole plan: referral banner, who wrote it, overview, a card a day, food, what to do when it does not fit."""
    workout = plan.workout_plan
    referral = workout.adaptations.referral
    banner = (
        f'<div class="fs-banner fs-stop_and_refer"><b>Before you start</b><p>{escape(referral)}</p></div>'
        if referral
        else ""
    )
    days = "".join(_session_view(session) for session in workout.weekly_schedule)
    return (
        f'{banner}<h2 class="fs-title">{escape(workout.name)}</h2>{_origin_view(reply)}'
        f'<p class="fs-lead">{escape(workout.overview)}</p>'
        f'<div class="fs-week">{days}</div>'
        f'<div class="fs-grid">{_nutrition_view(plan)}{_adapted_view(plan)}'
        f"{_progression_view(plan)}{_fit_view(plan)}</div>"
    )


def download_view(plan: Plan) -> str:
    """A link that saves a plan as JSON; the file is in the link itself, so nothing is left on the server."""
    packed = b64encode((dump_compact(plan) + "\n").encode()).decode()
    return (
        f'<a class="fs-chip" download="fitsense_plan.json" href="data:application/json;base64,{packed}">'
        "Download the plan as JSON</a>"
    )


def units_view(question: str | None) -> str:
    """A notice that asks about units, to be answered by pressing the button once more."""
    if question is None:
        return ""
    return (
        f'<div class="fs-banner fs-modify" role="alert"><b>{escape(question)}</b>'
        "<p>Correct them, or press the button again to go on.</p></div>"
    )


def _session_view(session: SessionDay) -> str:
    rows = "".join(_entry_view(entry) for entry in session.exercises)
    return (
        f'<section class="fs-card"><header class="fs-day"><h3>{session.day}</h3><span>{escape(session.focus)}</span>'
        f'<span class="fs-meta">{session.duration} min · {session.intensity_level}</span></header>'
        f'<ul class="fs-entries">{rows}</ul></section>'
    )


def _entry_view(entry: ExerciseEntry) -> str:
    rest = f" · rest {entry.rest} s" if entry.rest else ""
    note = f'<div class="fs-note">{escape(entry.notes)}</div>' if entry.notes else ""
    return (
        f'<li><div class="fs-line"><b>{escape(entry.name)}</b>'
        f'<span class="fs-dose">{escape(describe_dose(entry))}</span></div>'
        f'<div class="fs-sub">{escape(entry.intensity)}{rest}</div>{note}</li>'
    )


def _nutrition_view(plan: Plan) -> str:
    food = plan.nutrition_suggestions
    target = (
        f"{food.calorie_target:,} kcal a day"
        if food.calorie_target is not None
        else "No calorie number for you: ask a professional"
    )
    shares = (("protein", food.macros.protein), ("carbs", food.macros.carbs), ("fat", food.macros.fat))
    bars = "".join(f'<i class="fs-{name}" style="flex:{share}"></i>' for name, share in shares)
    words = " · ".join(f"{name} {share} %" for name, share in shares)
    return (
        f'<section class="fs-card"><h4>Food</h4><p class="fs-big">{target}</p><div class="fs-macros">{bars}</div>'
        f"<p>{words}</p><p>Before: {escape(food.meal_timing.pre_workout)}<br>"
        f"After: {escape(food.meal_timing.post_workout)}</p></section>"
    )


def _adapted_view(plan: Plan) -> str:
    given = plan.workout_plan.adaptations.model_dump()
    parts = [
        (key.removesuffix("_friendly").replace("_", " "), text)
        for key, text in given.items()
        if key.endswith("_friendly")
    ]
    lines = "".join(f"<li><b>{escape(part.capitalize())}</b>: {escape(text)}</li>" for part, text in parts)
    return (
        f'<section class="fs-card"><h4>Made for you</h4><p>{escape(given["difficulty_adjustment"])}</p>'
        f'<ul class="fs-plain">{lines}</ul></section>'
    )


def _progression_view(plan: Plan) -> str:
    weeks = plan.workout_plan.progression_plan
    rows = "".join(
        f"<li><b>Week {number}</b> +{week.intensity_increase} %: {escape(_join_sentences(week.exercise_progressions))}</li>"
        for number, week in enumerate((weeks.week_1, weeks.week_2, weeks.week_3, weeks.week_4), 1)
    )
    return f'<section class="fs-card"><h4>Four weeks</h4><ul class="fs-plain">{rows}</ul></section>'


def _join_sentences(lines: list[str]) -> str:
    return " ".join(line if line.endswith((".", "!", "?")) else f"{line}." for line in lines)


def _fit_view(plan: Plan) -> str:
    fit = plan.adaptive_recommendations
    heavier = fit.if_too_easy.increase_weight
    short = fit.if_time_constrained.shortened_version
    rows = (
        (
            "Too hard",
            f"{fit.if_too_difficult.reduce_weight} % lighter; {'; '.join(fit.if_too_difficult.modify_exercises)}",
        ),
        ("Too easy", "; ".join([*([f"{heavier} % heavier"] if heavier else []), *fit.if_too_easy.add_exercises])),
        ("Short of time", f"{', '.join(short.exercises_to_keep)} ({short.circuit_format})"),
    )
    lines = "".join(f"<li><b>{name}</b>: {escape(text)}</li>" for name, text in rows)
    return f'<section class="fs-card"><h4>When it does not fit</h4><ul class="fs-plain">{lines}</ul></section>'


def _origin_view(reply: CoachReply | None) -> str:
    """One line at the top of a plan: how much of it the student wrote, and what the guard did."""
    if reply is None:
        return '<span class="fs-chip">changed by you, checked again</span>'
    share = "" if reply.n_tokens == 0 else f"{_share_words(reply)} · "
    return f'<span class="fs-chip">{share}{_verdict_title(reply)}</span>'


def _share_words(reply: CoachReply) -> str:
    """How much the student wrote, as a share and, of a plan, as exercises kept."""
    exercises = f", exercises kept: {reply.n_exercises_kept} of {reply.n_exercises}" if reply.n_exercises else ""
    return f"{reply.kept:.0%} written by the student{exercises}"


def _verdict_title(reply: CoachReply) -> str:
    return "Written by the planning engine" if reply.n_tokens == 0 else VERDICT_TITLES[reply.verdict]


def guard_view(reply: CoachReply) -> str:
    """The guard's account: verdict, how much the student wrote itself, what was wrong and what was mended."""
    is_rules = reply.n_tokens == 0
    kept = "No model wrote this; it was verified like any other answer." if is_rules else _share_words(reply)
    figures = "" if is_rules else f" · {reply.n_tokens} tokens in {reply.latency_s:.0f} s"
    bar = "" if is_rules else f'<div class="fs-kept"><i style="width:{reply.kept:.0%}"></i></div>'
    repairs = _list_view("What was changed", reply.repairs)
    wrong = _list_view(
        "What was wrong in the raw answer", [f"{item.place}: {item.reason}" for item in reply.violations]
    )
    return (
        f'<section class="fs-card fs-guard fs-{reply.verdict}"><h4>{_verdict_title(reply)}</h4>'
        f"<p>{kept}{figures}</p>{bar}"
        f'<p class="fs-sub">{escape(reply.adapter_label)}</p>{repairs}{wrong}</section>'
    )


def _list_view(title: str, items: list[str]) -> str:
    if not items:
        return ""
    more = f"<li>and {len(items) - MAX_NOTES} more</li>" if len(items) > MAX_NOTES else ""
    lines = "".join(f"<li>{escape(item)}</li>" for item in items[:MAX_NOTES])
    return f'<details><summary>{title} ({len(items)})</summary><ul class="fs-plain">{lines}{more}</ul></details>'


def triage_view(triage: Triage, message: str, stop_signs: list[str] | tuple[str, ...] = ()) -> str:
    """A banner: what to do now, and the signs at which to stop."""
    signs = f"<p>Stop at once at: {escape(', '.join(stop_signs))}.</p>" if stop_signs else ""
    return (
        f'<div class="fs-banner fs-{triage}" role="alert"><b>{TRIAGE_TITLES[triage]}</b>'
        f"<p>{escape(message)}</p>{signs}</div>"
    )


def answer_view(answer: Modification | SafetyAdjustment) -> str:
    """A reasoned answer: its summary, its changes, its note."""
    if isinstance(answer, SafetyAdjustment):
        return triage_view(answer.triage, answer.message, answer.stop_signs) + changes_view(answer.changes)
    kept = f'<p class="fs-sub">Kept: {escape(", ".join(answer.kept))}</p>' if answer.kept else ""
    return (
        f'<section class="fs-card"><p class="fs-lead">{escape(answer.summary)}</p>{kept}'
        f"<p>{escape(answer.safety_note)}</p></section>{changes_view(answer.changes)}"
    )


def chat_view(text: str) -> str:
    """A plain answer."""
    return f'<section class="fs-card"><p class="fs-lead">{escape(text)}</p></section>'


def changes_view(changes: list[Change]) -> str:
    """Changes as lines of plain words, each with its reason."""
    if not changes:
        return ""
    lines = "".join(
        f"<li><b>{escape(describe_change(change))}</b><div class='fs-note'>{escape(change.reason)}</div></li>"
        for change in changes
    )
    return f'<section class="fs-card"><h4>Changes to your plan</h4><ul class="fs-plain">{lines}</ul></section>'


def describe_change(change: Change) -> str:
    """One change in words."""
    day = f"{change.day}: " if change.day else ""
    if change.action == "swap":
        return f"{day}{change.exercise} → {change.replacement}"
    dose = [
        f"{change.sets} sets" if change.sets else "",
        f"of {change.reps}" if change.reps else "",
        f"load {change.load_change_pct:+g} %" if change.load_change_pct is not None else "",
        f"rest {change.rest} s" if change.rest is not None else "",
    ]
    return f"{day}{change.action} {change.exercise} {' '.join(part for part in dose if part)}".strip()
