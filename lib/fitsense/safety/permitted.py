"""Which exercises the person behind a request may do: what a grammar lets a student name. Knows nothing of grammars."""

from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import Request, person_of
from fitsense.knowledge.exercises import load_exercises
from fitsense.safety.screening import is_allowed, screen, screen_person


def allowed_names(request: Request) -> tuple[str, ...]:
    """The exercises this request's person may do, sorted: what the grammar lets the student name."""
    asked = request.input
    person = person_of(asked) if isinstance(asked, Profile) else asked.person
    limits = screen(asked) if isinstance(asked, Profile) else screen_person(person)
    return tuple(
        name
        for name, exercise in load_exercises().items()
        if is_allowed(exercise, limits, person.equipment_access, person.fitness_level) is None
    )
