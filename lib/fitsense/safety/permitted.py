"""What the person behind a request may do: their limits as the request shows them, and the exercises within those.

Verifier, teacher prompt and grammar all read it here. Knows nothing of grammars or prompts.
"""

from fitsense.contracts.logs import WeekLog
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import AdaptationInput, ModificationInput, Person, Request, SafetyInput, person_of
from fitsense.knowledge.exercises import find_exercise, load_exercises
from fitsense.safety.reports import find_hurt_parts, read_report, screen_with_parts
from fitsense.safety.screening import Limits, is_allowed, screen, screen_person


def limits_of(request: Request) -> Limits:
    """The limits of a request's person, with what the message itself reports: a part that hurts, a condition told."""
    asked = request.input
    if isinstance(asked, Profile):
        return screen(asked)
    if isinstance(asked, SafetyInput):
        return read_report(asked.person, asked.message).limits
    if isinstance(asked, ModificationInput):
        return screen_with_parts(asked.person, find_hurt_parts(asked.request))
    if isinstance(asked, AdaptationInput):
        return screen_with_notes(asked.person, asked.logs)
    return screen_person(asked.person)


def screen_with_notes(person: Person, logs: list[WeekLog]) -> Limits:
    """The limits of a person with what the notes of their logs report: a part that hurts, a condition told."""
    return read_report(person, "\n".join(week.note for week in logs if week.note)).limits


def may_get_harder(name: str, limits: Limits) -> bool:
    """Whether an exercise may take more load or work: never where only gentle movement is safe, nor where a limit bars it."""
    exercise = find_exercise(name)
    allowed = exercise is None or is_allowed(exercise, limits, "full_gym", "advanced") is None
    return allowed and limits.max_intensity != "low"


def allowed_names(request: Request) -> tuple[str, ...]:
    """The exercises this request's person may do, in the catalogue's order: what may be named to them."""
    asked = request.input
    person, limits = person_of(asked) if isinstance(asked, Profile) else asked.person, limits_of(request)
    return tuple(name for name, exercise in load_exercises().items()
                 if is_allowed(exercise, limits, person.equipment_access, person.fitness_level) is None)
