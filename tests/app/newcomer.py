"""The person whom the form describes as a newcomer finds it."""

from fitsense.app.forms import DEFAULTS, profile_from_form
from fitsense.contracts.profile import Profile


def default_profile() -> Profile:
    """The profile of the form, nothing changed."""
    return profile_from_form(*DEFAULTS.values())
