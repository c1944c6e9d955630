"""Modifying: a request in the person's own words answered with at most six reasoned changes (eight to drop a day).

A warning sign in the request comes first: then nothing changes and the answer says whom to turn to. A request that is
not understood changes nothing and asks. Knows nothing of how changes are carried out.
"""

import math
from dataclasses import replace

from fitsense.contracts.changes import MAX_CHANGES, Modification
from fitsense.contracts.plan import MAX_ENTRIES_PER_WEEK
from fitsense.contracts.requests import CompactExercise, ModificationInput
from fitsense.knowledge.exercises import Exercise, find_exercise
from fitsense.planning.applying import DEFAULT_MINUTES, read_minutes, suggest_reps
from fitsense.planning.intents import Intent, read_intent
from fitsense.planning.selection import Selector, is_careful, select_for_person
from fitsense.planning.splits import is_gentle
from fitsense.planning.weeks import Proposal, estimate_minutes, find_form, find_replacement, list_names, list_smallest
from fitsense.safety.permitted import may_get_harder
from fitsense.safety.reports import screen_with_parts
from fitsense.safety.screening import ACCESS_ORDER
from fitsense.safety.triage import triage_text

ADD_SETS, EASIER_PCT, HARDER_PCT, CAREFUL_HARDER_PCT, MOST_LIFTS = 2, -10, 5, 2.5, 4
SHORTER_SHARE, ADDED_DAYS, LEAST_CARDIO_MIN, MOST_SETS, MAX_DAY_ENTRIES = 0.67, 2, 5, 5, 10
GENTLE_PATTERNS = ("mobility", "easy_cardio")
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
        selector = select_for_person(given.person, screen_with_parts(given.person, intent.parts))
    proposal = Proposal(given.person, selector, given.plan)
    summary = _HANDLERS[intent.kind](proposal, intent)
    note = triage.message if triage.triage == "modify" else selector.limits.referral or USUAL_NOTE
    return Modification(summary=summary, changes=proposal.changes, kept=proposal.kept(), safety_note=note)


def list_unsafe(proposal: Proposal) -> list[str]:
    """Exercises of the week as it stands that the limits do not allow."""
    known = [(name, find_exercise(name)) for name in list_names(proposal.week)]
    return [name for name, exercise in known if exercise is not None and not proposal.selector.allows(exercise)]


def swap_unsafe(proposal: Proposal, reason: str) -> int:
    """Swap or remove every exercise that the limits no longer allow; count what could be done."""
    done = 0
    for name in list_unsafe(proposal):
        other = find_replacement(name, proposal.week, proposal.selector)
        swap = {"action": "swap", "exercise": name, "replacement": other.name, "reason": reason} if other else None
        done += (
            (swap is not None and proposal.offer_swap(**swap))
            or proposal.offer(action="remove", exercise=name, reason=reason)
            or (swap is not None and proposal.offer_all([swap], any_length=True))
        )
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
            proposal.offer_swap(exercise=name, replacement=other.name, reason="Same muscles, one you may like more.")
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
        gone = [{"action": "remove", "day": day.day, "exercise": item.name, "reason": "One day fewer."} for item in day.exercises]
        if proposal.offer_all(gone):
            dropped.append(day.day)
    if not dropped:
        return f"That is more than one answer can change ({MAX_CHANGES} exercises): ask for a new plan with fewer days."
    left = have - len(dropped)
    more = " Ask again to drop more." if len(dropped) < n_drop else ""
    return f"{' and '.join(dropped)} dropped: {left} day{'s' if left > 1 else ''} left.{more}"


def _shorten_days(proposal: Proposal, intent: Intent) -> str:
    most = intent.minutes or int(proposal.person.workout_duration * SHORTER_SHARE)
    meant = _days_meant(proposal.start, intent)
    if not meant:
        return f"There is no training on {intent.day} in your plan; nothing needs to be cut."
    if intent.minutes and not _list_long(meant, proposal.selector, most):
        return f"{intent.day or 'Every day'} fits in {most} minutes already; nothing needs to be cut."
    for _ in range(MAX_CHANGES):
        long_days = _list_long(_days_meant(proposal.week, intent), proposal.selector, most)
        if not any([_shorten(proposal, day, most) for day in long_days if len(day.exercises) > 2]):
            break
    for day in _list_long(_days_meant(proposal.week, intent), proposal.selector, most):
        _cut_sets(proposal, day, most)
    if not proposal.changes:
        _take_a_set_off(proposal, intent, f"Fits {most} minutes.")
    if not proposal.changes:
        return "Your days are short already."
    what = f"{intent.day or 'Your days'} cut"
    if _list_long(_days_meant(proposal.week, intent), proposal.selector, most):
        return f"{what} towards {most} minutes, as far as one answer goes: ask again to cut more."
    return f"{what} to about {most} minutes: the main exercises stay."


def _days_meant(week: list, intent: Intent) -> list:
    """The days of a week that a request is about: the one it names, else all."""
    return [day for day in week if intent.day in (None, day.day)]


def _list_long(days: list, selector: Selector, most: int) -> list:
    return [day for day in days if estimate_minutes(day.exercises, selector) > most]


def _cut_sets(proposal: Proposal, day, most: int) -> None:
    """As many sets of each exercise as let a day fit, at least one, with less cardio where that helps."""
    reason = f"Fits {most} minutes."
    for sets in range(max(item.sets for item in day.exercises), 0, -1):
        fewer = [item.model_copy(update={"sets": min(item.sets, sets)}) for item in day.exercises]
        over = math.ceil(estimate_minutes(fewer, proposal.selector) - most)
        shorter = _shorten_cardio(day, over, reason) if over > 0 else None
        if over <= 0 or shorter is not None or sets == 1:
            cut = [item.name for item in day.exercises if item.sets > sets]
            adjust = {"action": "adjust", "day": day.day, "sets": sets, "reason": reason}
            proposal.offer_all([*({**adjust, "exercise": name} for name in cut), *([shorter] if shorter else [])])
            return


def _take_a_set_off(proposal: Proposal, intent: Intent, reason: str) -> None:
    """One set fewer of everything in the days meant that has more than one."""
    for item in list_smallest(_days_meant(proposal.start, intent)):
        if item.sets > 1:
            proposal.offer(action="adjust", day=intent.day, exercise=item.name, sets=item.sets - 1, reason=reason)


def _shorten(proposal: Proposal, day, most: int) -> bool:
    """Shorten one day: its cardio where that is enough, else without its least needed exercise."""
    over = math.ceil(estimate_minutes(day.exercises, proposal.selector) - most)
    shorter = _shorten_cardio(day, over, f"Fits {most} minutes.")
    if shorter is not None:
        return proposal.offer(**shorter)
    needless = _least_needed(day, proposal.selector)
    if needless is None:
        return False
    return proposal.offer(action="remove", day=day.day, exercise=needless, reason=f"Fits {most} minutes.")


def _shorten_cardio(day, over: int, reason: str) -> dict | None:
    """The change that takes `over` minutes off a day's cardio; None where too little of it would be left."""
    timed = next((item for item in day.exercises if item.reps.endswith(" min")), None)
    left = (read_minutes(timed.reps) or 0) - over if timed else 0
    if left < LEAST_CARDIO_MIN:
        return None
    return {"action": "adjust", "day": day.day, "exercise": timed.name, "reps": f"{left} min", "reason": reason}


def _least_needed(day, selector: Selector) -> str | None:
    """The last strength or stretching exercise of a day: timed cardio and the first two stay.

    Balance work stays for a person who needs it (rule dose_balance_65); None where a day has nothing else.
    """
    free = [item for item in day.exercises if not (selector.limits.require_balance and _is_balance(item.name))]
    sets = [item for item in free if not item.reps.endswith(" min")]
    least = (sets if len(sets) > 1 else free)[-1:]
    return least[0].name if least else None


def _is_balance(name: str) -> bool:
    exercise = find_exercise(name)
    return exercise is not None and exercise.kind == "balance"


def list_lifts(proposal: Proposal, intent: Intent) -> list:
    """The compact entries an effort change is about: the named ones, else the first strength exercises."""
    entries = {item.name: item for item in list_smallest(proposal.start)}
    known = {name: find_exercise(name) for name in entries}
    strength = [name for name, exercise in known.items() if exercise is not None and exercise.kind == "strength"]
    return [entries[name] for name in (intent.names or strength) if name in entries][:MOST_LIFTS]


def _make_harder(proposal: Proposal, intent: Intent) -> str:
    if is_gentle(proposal.selector):
        return "Only gentle movement is safe for you for now: nothing is made harder."
    limits = proposal.selector.limits
    careful = is_careful(proposal.person.age, limits)
    for item in (item for item in list_lifts(proposal, intent) if may_get_harder(item.name, limits)):
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
    minutes = read_minutes(item.reps)
    if minutes is not None:
        minutes = max(LEAST_CARDIO_MIN, minutes + sign * LEAST_CARDIO_MIN)
        return {"action": "adjust", "exercise": item.name, "reps": f"{minutes} min", "reason": "A few minutes' step."}
    sets = min(max(item.sets + sign, 1), MOST_SETS)
    return {"action": "adjust", "exercise": item.name, "sets": sets, "reason": "One set's step."}


def _add_more(proposal: Proposal, intent: Intent) -> str:
    patterns, added = _patterns_allowed(proposal.selector, intent.patterns), []
    if intent.patterns and not patterns:
        return "Only gentle movement is safe for you for now: easy cardio and stretching, nothing harder is added."
    for day in _days_meant(proposal.start, intent):
        if len(added) < ADDED_DAYS and any(_add_to(proposal, day, item) for item in _list_new(proposal, day, patterns)):
            added.append(day.day)
    if added:
        return f"Added on {' and '.join(added)}; the sessions stay within your time."
    return "There is no room for more within your limits and time."


def _patterns_allowed(selector: Selector, patterns: tuple[str, ...]) -> list[str]:
    """The patterns asked for; easy cardio and stretching alone where only gentle movement is safe."""
    if not is_gentle(selector):
        return list(patterns)
    gentle = ["easy_cardio" if pattern == "cardio" else pattern for pattern in patterns]
    return [pattern for pattern in gentle if pattern in GENTLE_PATTERNS]


def _list_new(proposal: Proposal, day, patterns: list[str]) -> list[Exercise]:
    """The first exercise of each pattern that the day does not have yet."""
    here = {item.name for item in day.exercises}
    pools = [[item for item in proposal.selector.pool(pattern) if item.name not in here] for pattern in patterns]
    return [pool[0] for pool in pools if pool]


def _add_to(proposal: Proposal, day, exercise: Exercise) -> bool:
    """Add an exercise to a day where there is time; else with less cardio, else in place of the least needed one."""
    reason = "More of what you asked for"
    add = {"action": "add", "day": day.day, "exercise": exercise.name}
    n_entries = sum(len(day.exercises) for day in proposal.week)
    if len(day.exercises) < MAX_DAY_ENTRIES and n_entries < MAX_ENTRIES_PER_WEEK:
        for dose in _list_doses(exercise):
            over = _minutes_over(proposal, [*day.exercises, CompactExercise(name=exercise.name, **dose)])
            shorter = _shorten_cardio(day, over, "Makes room for what you asked for.") if over > 0 else None
            if over <= 0 and proposal.offer(**add, **dose, reason=f"{reason}."):
                return True
            is_other = shorter is not None and exercise.kind != "cardio"
            if is_other and proposal.offer_all([shorter, {**add, **dose, "reason": f"{reason}, less cardio."}]):
                return True
    return _swap_in(proposal, day, exercise, f"{reason}, same time.")


def _swap_in(proposal: Proposal, day, exercise: Exercise, reason: str) -> bool:
    old = _least_needed(day, proposal.selector)
    if old is None:
        return False
    swap = {"action": "swap", "day": day.day, "exercise": old, "replacement": exercise.name, "reason": reason}
    rest = [item for item in day.exercises if item.name != old]
    for dose in _list_doses(exercise):
        over = _minutes_over(proposal, [*rest, CompactExercise(name=exercise.name, **dose)])
        if over <= 0 and proposal.offer(**swap, **dose):
            return True
    return False


def _list_doses(exercise: Exercise) -> list[dict]:
    """Doses to try, largest first: two sets or ten minutes, then one set or five."""
    if exercise.dose == "minutes":
        return [{"sets": 1, "reps": f"{minutes} min"} for minutes in (DEFAULT_MINUTES, LEAST_CARDIO_MIN)]
    return [{"sets": sets, "reps": suggest_reps(exercise)} for sets in (ADD_SETS, 1)]


def _minutes_over(proposal: Proposal, exercises: list[CompactExercise]) -> int:
    """Whole minutes by which a day of these exercises would exceed the person's time (0 or less: it fits)."""
    most = min(proposal.person.workout_duration, proposal.selector.limits.max_session_min)
    return math.ceil(round(estimate_minutes(exercises, proposal.selector), 6)) - most


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
