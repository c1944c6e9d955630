"""Modifying: a request in the person's own words answered with at most six reasoned changes (eight to drop a day).

A warning sign in the request comes first: then nothing changes and the answer says whom to turn to. A request that is
not understood changes nothing and asks. Knows nothing of how changes are carried out.
"""

import math
from dataclasses import replace

from fitsense.contracts.changes import MAX_CHANGES, Modification
from fitsense.contracts.requests import ModificationInput
from fitsense.knowledge.exercises import find_exercise
from fitsense.planning.applying import suggest_reps
from fitsense.planning.intents import Intent, read_intent
from fitsense.planning.selection import Selector, select_for_person
from fitsense.planning.weeks import Proposal, estimate_minutes, find_form, find_replacement, list_names
from fitsense.safety.screening import ACCESS_ORDER, screen_person
from fitsense.safety.triage import triage_text

ADD_SETS, EASIER_PCT, HARDER_PCT, CAREFUL_HARDER_PCT, MOST_LIFTS = 2, -10, 5, 2.5, 4
SHORTER_SHARE, ADDED_DAYS, LEAST_CARDIO_MIN, MOST_SETS = 0.67, 2, 5, 5
USUAL_NOTE = "Stop on sharp pain, dizziness or chest discomfort."


def modify(given: ModificationInput) -> Modification:
    """Answer one request to change a plan; every change keeps the person's limits."""
    triage = triage_text(given.request)
    selector = select_for_person(given.person)
    if triage.triage in ("emergency", "stop_and_refer"):
        return Modification(
            summary="Safety comes first: the plan stays as it is until this is checked.",
            changes=[],
            kept=list_names(given.plan)[:6],
            safety_note=triage.message,
        )
    intent = read_intent(given.request, given.plan)
    if intent.kind == "injury":
        selector = spare_parts(given.person, intent.parts)
    proposal = Proposal(given.person, selector, given.plan)
    summary = _HANDLERS[intent.kind](proposal, intent)
    note = triage.message if triage.triage == "modify" else selector.limits.referral or USUAL_NOTE
    return Modification(summary=summary, changes=proposal.changes, kept=proposal.kept(), safety_note=note)


def spare_parts(person, parts: tuple[str, ...]) -> Selector:
    """The selector of the person as if these parts were injured as well."""
    injured = person.model_copy(update={"injuries": list(dict.fromkeys([*person.injuries, *parts]))})
    return replace(select_for_person(person), limits=screen_person(injured))


def list_unsafe(proposal: Proposal) -> list[str]:
    """Exercises of the week as it stands that the limits do not allow."""
    known = [(name, find_exercise(name)) for name in list_names(proposal.week)]
    return [name for name, exercise in known if exercise is not None and not proposal.selector.allows(exercise)]


def swap_unsafe(proposal: Proposal, reason: str) -> int:
    """Swap or remove every exercise that the limits no longer allow; count what could be done."""
    done = 0
    for name in list_unsafe(proposal):
        other = find_replacement(name, proposal.week, proposal.selector)
        swapped = other is not None and proposal.offer(
            action="swap", exercise=name, replacement=other.name, reason=reason
        )
        done += swapped or proposal.offer(action="remove", exercise=name, reason=reason)
    return done


def _spare_injury(proposal: Proposal, intent: Intent) -> str:
    parts = " and ".join(part.replace("_", " ") for part in intent.parts)
    proposal.most = MAX_CHANGES
    done = swap_unsafe(proposal, f"Spares the {parts}."[:80])
    if list_unsafe(proposal):
        return f"The first exercises that load the {parts} are changed; leave out the others and ask for a new plan."
    if done:
        return f"Exercises that load the {parts} are swapped; the rest stays."
    return f"Nothing in the plan loads the {parts} much; keep the effort easy."


def _use_less_equipment(proposal: Proposal, intent: Intent) -> str:
    proposal.selector = replace(proposal.selector, access=intent.access)
    proposal.most = MAX_CHANGES
    swap_unsafe(proposal, "Needs no equipment." if intent.access == "no_equipment" else "Works at home.")
    if list_unsafe(proposal):
        return "The first exercises are swapped; set your equipment in the profile for a whole new plan."
    return "Everything in the plan now works with what you have; set your equipment in the profile if this lasts."


def _name_new_equipment(proposal: Proposal, intent: Intent) -> str:
    name = {"full_gym": "full gym", "home_gym": "home gym"}[intent.access]
    if ACCESS_ORDER.index(proposal.person.equipment_access) >= ACCESS_ORDER.index(intent.access):
        return "Your plan already counts on that equipment; nothing needs to change."
    return f"Set equipment to {name} in your profile and ask for a new plan; until then this plan stays."


def _swap_disliked(proposal: Proposal, intent: Intent) -> str:
    names = intent.names or tuple(_names_of_patterns(proposal, intent.patterns))
    for name in names[:2]:
        other = find_replacement(name, proposal.week, proposal.selector)
        if other is not None:
            proposal.offer(
                action="swap", exercise=name, replacement=other.name, reason="Same muscles, one you may like more."
            )
    if proposal.changes:
        return "Swapped for something that trains the same; the rest stays."
    return "There is no good swap within your limits; tell us which exercise bothers you most."


def _names_of_patterns(proposal: Proposal, patterns: tuple[str, ...]) -> list[str]:
    known = [(name, find_exercise(name)) for name in list_names(proposal.start)]
    return [name for name, exercise in known if exercise is not None and exercise.pattern in patterns]


def _drop_days(proposal: Proposal, intent: Intent) -> str:
    proposal.most = MAX_CHANGES
    have = len(proposal.start)
    if intent.n_days is not None and intent.n_days >= have:
        return f"The plan has {have} day{'s' if have > 1 else ''} already; nothing to drop."
    n_drop = have - intent.n_days if intent.n_days else 1
    days = [day for day in proposal.start if day.day == intent.day] if intent.day else proposal.start[::-1]
    if have == 1 or not days:
        return "Nothing to drop there: name one of the training days of your plan."
    dropped = []
    for day in days[:n_drop]:
        if len(proposal.changes) + len(day.exercises) <= MAX_CHANGES:
            for item in day.exercises:
                proposal.offer(action="remove", day=day.day, exercise=item.name, reason="One day fewer.")
            dropped.append(day.day)
    left = have - len(dropped)
    return (
        f"{' and '.join(dropped)} dropped: {left} day{'s' if left > 1 else ''} left. Ask again to drop more."
        if len(dropped) < n_drop
        else f"{' and '.join(dropped)} dropped: {left} day{'s' if left > 1 else ''} left."
    )


def _shorten_days(proposal: Proposal, intent: Intent) -> str:
    limits = proposal.selector.limits
    most = intent.minutes or int(proposal.person.workout_duration * SHORTER_SHARE)
    for _ in range(MAX_CHANGES):
        long_days = [
            day for day in proposal.week if estimate_minutes(day.exercises, limits) > most and len(day.exercises) > 2
        ]
        if not any([_shorten(proposal, day, most) for day in long_days]):
            break
    if not proposal.changes:
        for name in list_names(proposal.start):
            sets = next(item.sets for day in proposal.start for item in day.exercises if item.name == name)
            if sets > 1:
                proposal.offer(action="adjust", exercise=name, sets=sets - 1, reason=f"Fits {most} minutes.")
    return (
        f"Cut to about {most} minutes: the main exercises stay." if proposal.changes else "Your days are short already."
    )


def _shorten(proposal: Proposal, day, most: int) -> bool:
    """Shorten one day: its cardio where that is enough, else without its least needed exercise."""
    over = math.ceil(estimate_minutes(day.exercises, proposal.selector.limits) - most)
    timed = next((item for item in day.exercises if item.reps.endswith(" min")), None)
    left = int(float(timed.reps.removesuffix(" min"))) - over if timed else 0
    if left >= LEAST_CARDIO_MIN:
        return proposal.offer(
            action="adjust", day=day.day, exercise=timed.name, reps=f"{left} min", reason=f"Fits {most} minutes."
        )
    return proposal.offer(action="remove", day=day.day, exercise=_least_needed(day), reason=f"Fits {most} minutes.")


def _least_needed(day) -> str:
    """The last strength or stretching exercise of a day: timed cardio and the first two stay."""
    sets = [item for item in day.exercises if not item.reps.endswith(" min")]
    return (sets if len(sets) > 1 else day.exercises)[-1].name


def list_lifts(proposal: Proposal, intent: Intent) -> list:
    """The compact entries an effort change is about: the named ones, else the first strength exercises."""
    entries = {item.name: item for day in proposal.start for item in day.exercises}
    known = {name: find_exercise(name) for name in entries}
    strength = [name for name, exercise in known.items() if exercise is not None and exercise.kind == "strength"]
    return [entries[name] for name in (intent.names or strength)][:MOST_LIFTS]


def _make_harder(proposal: Proposal, intent: Intent) -> str:
    careful = proposal.selector.limits.max_intensity != "high" or proposal.person.age >= 65
    for item in list_lifts(proposal, intent):
        _step_effort(proposal, item, "harder", CAREFUL_HARDER_PCT if careful else HARDER_PCT, bool(intent.names))
    if proposal.changes:
        return "A small step up; keep the same reps in reserve."
    return "You are at your safe limit for now."


def _make_easier(proposal: Proposal, intent: Intent) -> str:
    for item in list_lifts(proposal, intent):
        _step_effort(proposal, item, "easier", EASIER_PCT, bool(intent.names))
    return "Eased off: lighter or easier forms, same days." if proposal.changes else "Cut each set short of strain."


def _step_effort(proposal: Proposal, item, way: str, pct: float, is_named: bool) -> None:
    """Step one exercise up or down: by load where it has one, by its other form, else by size."""
    exercise, form = find_exercise(item.name), find_form(item.name, proposal.selector, way)
    has_load = exercise is not None and exercise.kind == "strength"
    has_load = has_load and bool(proposal.person.equipment_access != "no_equipment" or item.weight_kg)
    by_load = {
        "action": "adjust",
        "exercise": item.name,
        "load_change_pct": pct,
        "reason": f"A step {way}, same movement.",
    }
    by_form = {"action": "swap", "exercise": item.name, "reason": f"The {way} form."}
    steps = [by_load] if has_load else []
    if form is not None:
        steps.insert(0 if is_named and way == "easier" else len(steps), {**by_form, "replacement": form.name})
    any(proposal.offer(**step) for step in [*steps, _step_size(item, 1 if way == "harder" else -1)])


def _step_size(item, sign: int) -> dict:
    """One set or five minutes more or fewer, never under one set or five minutes."""
    if item.reps.endswith(" min"):
        minutes = max(LEAST_CARDIO_MIN, int(float(item.reps.removesuffix(" min"))) + sign * LEAST_CARDIO_MIN)
        return {"action": "adjust", "exercise": item.name, "reps": f"{minutes} min", "reason": "A few minutes' step."}
    sets = min(max(item.sets + sign, 1), MOST_SETS)
    return {"action": "adjust", "exercise": item.name, "sets": sets, "reason": "One set's step."}


def _add_more(proposal: Proposal, intent: Intent) -> str:
    limits, added = proposal.selector.limits, []
    for day in proposal.start:
        here = {item.name for item in day.exercises}
        exercise = next(
            (
                exercise
                for pattern in intent.patterns
                for exercise in proposal.selector.pool(pattern)
                if exercise.name not in here
            ),
            None,
        )
        if exercise is None or len(added) == ADDED_DAYS:
            continue
        sets = 1 if exercise.dose == "minutes" else ADD_SETS
        if estimate_minutes(day.exercises, limits) + 5 <= proposal.person.workout_duration:
            done = proposal.offer(
                action="add",
                day=day.day,
                exercise=exercise.name,
                sets=sets,
                reps=suggest_reps(exercise),
                reason="More of what you asked for.",
            )
        else:
            done = proposal.offer(
                action="swap",
                day=day.day,
                exercise=_least_needed(day),
                replacement=exercise.name,
                sets=sets,
                reps=suggest_reps(exercise),
                reason="More of what you asked for, same time.",
            )
        added += [day.day] if done else []
    return f"Added on {' and '.join(added)}." if added else "There is no room for more within your limits and time."


def _ask_back(proposal: Proposal, intent: Intent) -> str:
    return (
        "Nothing changed yet: say which day or exercise, and whether it should be shorter, easier, harder or swapped."
    )


_HANDLERS = {
    "injury": _spare_injury,
    "new_equipment": _name_new_equipment,
    "less_equipment": _use_less_equipment,
    "dislike": _swap_disliked,
    "fewer_days": _drop_days,
    "less_time": _shorten_days,
    "too_easy": _make_harder,
    "too_hard": _make_easier,
    "more_of": _add_more,
    "unclear": _ask_back,
}
