"""The exercise catalogue: what each exercise trains, needs and loads, with cues and easier and harder forms.

Knows nothing of people or plans. Joint loads and flags are heuristics (see the header of exercises.yaml).
"""

from functools import cache, lru_cache
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from fitsense.contracts.profile import BODY_PARTS, BodyPart, Equipment, Level
from fitsense.contracts.strictness import Strict
from fitsense.knowledge.catalogue import read_rows

Kind = Literal["strength", "cardio", "mobility", "balance"]
Pattern = Literal[
    "squat",
    "hinge",
    "lunge",
    "horizontal_push",
    "vertical_push",
    "horizontal_pull",
    "vertical_pull",
    "core",
    "carry",
    "calf",
    "biceps",
    "triceps",
    "lateral_raise",
    "rotator",
    "hip_abduction",
    "cardio",
    "mobility",
    "balance",
]
Flag = Literal[
    "overhead",
    "spinal_loading",
    "spinal_flexion",
    "impact",
    "isometric",
    "supine",
    "prone",
    "head_down",
    "fall_risk",
    "breath_hold",
    "axial",
    "deep",
    "floor",
    "over_face",
]
Muscle = Literal[
    "chest",
    "back",
    "shoulders",
    "biceps",
    "triceps",
    "quads",
    "hamstrings",
    "glutes",
    "calves",
    "forearms",
    "core",
    "hips",
    "neck",
    "heart",
    "balance",
]
Mechanic = Literal["compound", "isolation", "none"]
Line = Annotated[str, Field(min_length=1, max_length=60)]


class Exercise(Strict):
    """One exercise. `joint_load` part -> 0..3 for all eight parts; `met` energy cost; `each_side`: left and right.

    `mechanic`: more than one joint moves, one moves, or none to speak of (holds, and all that is not strength).
    """

    model_config = ConfigDict(populate_by_name=True)

    name: Annotated[str, Field(min_length=1, max_length=40)]
    kind: Kind = "strength"
    pattern: Pattern
    mechanic: Mechanic
    primary: list[Muscle]
    secondary: list[Muscle] = []
    access: Equipment
    level: Level = "beginner"
    joint_load: dict[BodyPart, Annotated[int, Field(ge=0, le=3)]] = Field(default={}, alias="load")
    flags: list[Flag] = []
    cues: Annotated[list[Line], Field(min_length=2, max_length=3)]
    mistake: Line
    easier: str | None = None
    harder: str | None = None
    met: Annotated[float, Field(gt=0, le=15)] = 3.5
    seated: bool = False
    each_side: bool = False
    dose: Literal["reps", "seconds", "minutes"] = "reps"

    @model_validator(mode="before")
    @classmethod
    def _default_mechanic(cls, row: Any) -> Any:
        if not isinstance(row, dict) or "mechanic" in row:
            return row
        return {**row, "mechanic": "compound" if row.get("kind", "strength") == "strength" else "none"}

    @model_validator(mode="after")
    def _name_every_joint(self):
        loads = {part: self.joint_load.get(part, 0) for part in BODY_PARTS}
        self.joint_load.clear()
        self.joint_load.update(loads)
        return self


@cache
def load_exercises() -> dict[str, Exercise]:
    """The whole catalogue, name -> Exercise, sorted by name; raises ValueError on a doubled or dangling name."""
    rows = read_rows("exercises.yaml", Exercise)
    catalogue = {row.name: row for row in sorted(rows, key=lambda row: row.name)}
    if len(catalogue) != len(rows):
        raise ValueError("exercises.yaml: a name stands there twice; names must differ")
    for row in rows:
        for other in (row.easier, row.harder):
            if other is not None and other not in catalogue:
                raise ValueError(f"exercises.yaml: {row.name}: easier/harder {other!r} is not in the catalogue")
    return catalogue


@cache
def _names_by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in load_exercises()}


@lru_cache(maxsize=4096)
def find_exercise(name: str) -> Exercise | None:
    """Find an exercise by name, letter case and outer white space aside; None where the catalogue has none."""
    found = _names_by_lower_case().get(name.strip().lower())
    return load_exercises()[found] if found else None
