"""What the person behind a request may do: their limits as the request shows them, and the exercises within those.

Verifier, teacher prompt and grammar all read it here. Knows nothing of grammars or prompts.
"""

from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import ModificationInput, Request, SafetyInput, person_of
from fitsense.knowledge.exercises import load_exercises
from fitsense.safety.reports import find_parts, is_hurting, read_report, screen_with_parts
from fitsense.safety.screening import Limits, is_allowed, screen, screen_person


def limits_of(request: Request) -> Limits:
    """The limits of a request's person, with what the message itself reports: a part that hurts, a condition told."""
    asked = request.input
    if isinstance(asked, Profile):
        return screen(asked)
    if isinstance(asked, SafetyInput):
        return read_report(asked.person, asked.message).limits
    if isinstance(asked, ModificationInput) and is_hurting(asked.request):
        return screen_with_parts(asked.person, find_parts(asked.request))
    return screen_person(asked.person)


def allowed_names(request: Request) -> tuple[str, ...]:
    """The exercises this request's person may do, in the catalogue's order: what may be named to them."""
    asked = request.input
    person, limits = person_of(asked) if isinstance(asked, Profile) else asked.person, limits_of(request)
    return tuple(name for name, exercise in load_exercises().items()
                 if is_allowed(exercise, limits, person.equipment_access, person.fitness_level) is None)
