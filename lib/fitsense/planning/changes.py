"""Changes: the door to answering requests for change and to carrying changes out.

`modify` answers, `apply_changes` and `apply_to_week` carry out. Knows nothing of safety messages or logs.
"""

from fitsense.planning.applying import apply_changes, apply_to_week
from fitsense.planning.modifying import modify

__all__ = ["apply_changes", "apply_to_week", "modify"]
