"""Events: what gets in the way of a person's training: illness, travel, stress, a small ache; when, how long, how much.

Rates and effects with their sources are in `life.yaml`. Knows nothing of sessions.
"""

from dataclasses import dataclass

import numpy as np

from fitsense.synthesis.dice import read_yaml

YEAR = 365.0
EFFECTS = {"attendance": 1.0, "form": 1.0, "recovery": 1.0, "sleep": 0.0, "food": 1.0}  # name -> what it is on a plain day


@dataclass(frozen=True)
class Event:
    """One event: its name in `life.yaml`, first day and length in days; a niggle names whether the lower body has it."""

    name: str
    day: int
    n_days: int
    lower_body: bool = False

    def overlaps(self, first: int, last: int) -> bool:
        """Whether any of its days is in first..last (inclusive)."""
        return self.day <= last and self.day + self.n_days > first


def draw_events(rng: np.random.Generator, n_days: int) -> tuple[Event, ...]:
    """Draw the events of a stretch of days, by first day; one kind may come twice."""
    rows, found = read_yaml("life.yaml")["events"], []
    counts = rng.poisson([row["a_year"] * n_days / YEAR for row in rows]).tolist()
    for row, count in zip(rows, counts, strict=True):
        for _ in range(count):
            start, length, low = rng.random(3).tolist()
            shortest, longest = row["days"]
            found.append(Event(row["name"], int(start * n_days), shortest + int(length * (longest - shortest + 1)), low < 0.5))
    return tuple(sorted(found, key=lambda event: (event.day, event.name, event.n_days)))


def list_effects(events: tuple[Event, ...], n_days: int) -> dict[str, np.ndarray]:
    """For each effect an array of n_days: factors multiply, hours of sleep add; a niggle's `form` is left to its half."""
    rows = {row["name"]: row for row in read_yaml("life.yaml")["events"]}
    effects = {name: np.full(n_days, plain) for name, plain in EFFECTS.items()}
    for event in events:
        span = slice(event.day, event.day + event.n_days)
        for name in EFFECTS:
            if name == "sleep":
                effects[name][span] += rows[event.name][name]
            elif not (name == "form" and event.name == "niggle"):
                effects[name][span] *= rows[event.name][name]
    return effects


def list_niggles(events: tuple[Event, ...], n_days: int) -> np.ndarray:
    """Factors on the strength of the day, (n_days, 2): upper and lower body."""
    form = next(row["form"] for row in read_yaml("life.yaml")["events"] if row["name"] == "niggle")
    factors = np.ones((n_days, 2))
    for event in events:
        if event.name == "niggle":
            factors[event.day:event.day + event.n_days, int(event.lower_body)] *= form
    return factors
