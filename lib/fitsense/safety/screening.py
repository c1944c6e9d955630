"""Screening: from a profile to the limits a plan must keep, the most restrictive value of everything recognised.

The tables are in `screening.yaml`: conditions and medicines in people's own words, injured parts, age and BMI bands.
What no row recognises makes the limits more careful, and the limits say so. Knows nothing of plans; gives no medical
advice beyond "talk to a professional about ...".
"""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from fitsense.artifacts import read_yaml
from fitsense.contracts.profile import Equipment, Goal, Level, Profile, bmi
from fitsense.contracts.requests import Person
from fitsense.safety.language import has_strange_word
from fitsense.safety.triage import triage_words
from fitsense.safety.wording import has_cue, is_cleared, is_controlled, is_long_past, normalise_text

if TYPE_CHECKING:
    from fitsense.knowledge.exercises import Exercise

Intensity = Literal["low", "moderate", "high"]
INTENSITY_ORDER: tuple[Intensity, ...] = ("low", "moderate", "high")
ADULT = 18  # years
LEVEL_ORDER: tuple[Level, ...] = ("beginner", "intermediate", "advanced")
ACCESS_ORDER: tuple[Equipment, ...] = ("no_equipment", "home_gym", "full_gym")
# WHO 2020 calls 3-6 METs moderate; 4 METs as the ceiling of "low" is a heuristic (brisk walking).
MAX_CARDIO_MET: dict[str, float] = {"low": 4.0, "moderate": 6.0, "high": 20.0}
MAX_REFERRAL_TOPICS = 4
LEAST_TRAIN_MIN = 7  # heuristic: less is no training beside a warm-up that a rule asks for
LONG_PART_MIN = 8  # warm-up and cool-down from here on are there for safety, never shortened beside real work
_NOTHING = re.compile(
    r"^(?:i )?(?:have |am )?(?:none|no|nil|n/?a|nothing|never|healthy|not applicable|not (?:much|really|any(?:thing)?)|all good|"
    r"not that i know(?: of)?|good health|-+|\.|(?:no|without)(?: any)? (?:\w+ )?"
    r"(?:conditions?|issues?|problems?|medications?|meds|medicines?|tablets|injur\w+))\.?$")
_NEGATED = re.compile(
    r"^(?:(?:i )?(?:have |had |has |take )?"
    r"no\b(?! (?:longer|idea|control|medications?|meds|treatment|insulin|cure|improvement|relief|clearance|check\w*)\b)|"
    r"never (?:had|have|been|suffered|experienced|smoked|any)\b"
    r"(?! (?:my|it|the|fully|checked|treated|cleared|controlled|seen|right|well|good)\b)|"
    r"without\b(?! (?:my|any |medic\w+|meds|tablets|pills|treatment|insulin|inhaler|clearance))|denies\b|free of\b|"
    r"not (?:(?:have|had|having) )?(?:any|an?)\b|not (?:currently |really )?(?:pregnant|diabetic|asthmatic|epileptic|obese|"
    r"overweight|injured|allergic|an(?:a)?emic|hypertensive|breast-?feeding|post-?partum|on (?:any )?med\w+)\b|"
    r"(?:i )?(?:don't|dont|do not) (?:have|take)\b(?! (?:my|it|the|enough|control|good)\b))")
_SPLIT = re.compile(r"\s*(?:;|\+|&|\b(?:and|plus|also|but|except(?: for)?|apart from|aside from|other than|besides)\b)\s*")
_PIECE = re.compile(r"(\s*(?:[,;+&]|\b(?:and|plus|also|but)\b|\.(?=\s))\s*)")
_AFTER_ALL = re.compile(r"\b(?:since|after|following|despite)\b.*")  # "no pain since the stroke" denies no stroke


@dataclass(frozen=True)
class Limits:
    """What a plan for this person must keep; `max_joint_load` part -> 0..3, rests in seconds, the rest in minutes."""

    avoid_flags: frozenset[str] = frozenset()
    max_joint_load: dict[str, int] = field(default_factory=dict)
    min_rir: int = 1
    max_intensity: Intensity = "high"
    min_rest: int = 30
    warm_up_min: int = 5
    cool_down_min: int = 3
    max_session_min: int = 120
    max_days: int = 7
    referral: str | None = None
    allow_deficit: bool = True
    allow_calorie_number: bool = True
    seated_only: bool = False
    require_balance: bool = False
    unrecognised: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1)
def load_screening() -> dict:
    """Read `screening.yaml` with its word patterns compiled; cached."""
    table = read_yaml("fitsense.safety", "screening.yaml")
    for row in [*table["words"], *table["injury_words"]]:
        row["pattern"] = re.compile(r"\b(?:" + "|".join(row["match"]) + ")")
    return table


def screen(profile: Profile) -> Limits:
    """Find the limits of a profile: injuries, conditions, medicines, age, BMI, and words said in passing."""
    given, info = profile.constraints, profile.personal_info
    said = [*given.conditions, *(given.medications or [])]
    aside = [given.diet or "", given.time_restrictions, *profile.preferences.preferred_activities]
    rows = [*_band_rows("age_bands", info.age, profile.goals), *_band_rows("bmi_bands", bmi(profile), profile.goals)]
    if 30 <= bmi(profile) < 35 and info.fitness_level == "beginner":
        rows.append(load_screening()["bmi_beginner"])
    return _combine(rows, list(given.injuries), said, aside, profile.preferences.workout_duration)


def screen_person(person: Person) -> Limits:
    """Find the limits of the short form of a profile (no medicines, no BMI)."""
    return _combine(_band_rows("age_bands", person.age, [person.goal]), list(person.injuries), list(person.conditions), [],
                    person.workout_duration)


def keeps_light(age: int, limits: Limits) -> bool:
    """Whether a person's loads stay light: under 18, or effort capped (rule careful_reps)."""
    return age < ADULT or limits.max_intensity != "high"


def is_allowed(exercise: "Exercise", limits: Limits, access: Equipment, level: Level) -> str | None:
    """Return None where a person with these limits may do the exercise, else the rule_id of the first broken rule."""
    if exercise.access != access and ACCESS_ORDER.index(exercise.access) > ACCESS_ORDER.index(access):
        return "limit_equipment"
    if exercise.level != level and LEVEL_ORDER.index(exercise.level) > LEVEL_ORDER.index(level):
        return "limit_level"
    if limits.seated_only and not exercise.seated:
        return "limit_seated"
    loads = exercise.joint_load
    if any([loads[part] > most for part, most in limits.max_joint_load.items()]):  # a list is quicker here
        return "limit_joint_load"
    if not limits.avoid_flags.isdisjoint(exercise.flags):
        return "limit_movement"
    if exercise.kind == "cardio" and exercise.met > MAX_CARDIO_MET[limits.max_intensity]:
        return "limit_intensity"
    if exercise.kind == "strength" and limits.max_intensity == "low":  # nothing but gentle movement is safe for now
        return "limit_intensity"
    return None


def _band_rows(table: str, value: float, goals: list[Goal]) -> list[dict]:
    rows = [row for row in load_screening()[table] if row["from"] <= value < row["below"]]
    return [{**row, "refer": row["refer_weight_loss"]} if "refer_weight_loss" in row and "weight_loss" in goals else row
            for row in rows]


def _combine(rows: list[dict], injuries: list[str], said: list[str], aside: list[str], minutes: int) -> Limits:
    table, unrecognised = load_screening(), []
    for text in said:
        found, unknown = read_words(text)
        rows = [*rows, *found]
        unrecognised += unknown
    for text in aside:
        rows = [*rows, *(row for row in read_words(text)[0] if row["rule_id"] in table["aside"])]
    rows = _drop_explained(rows)
    parts = [*injuries, *(row["part"] for row in rows if "part" in row)]
    rows = [*rows, *(table["injuries"][part] for part in dict.fromkeys(parts))]
    if len(set(parts)) >= table["many_parts"]["from"]:
        rows.append(table["many_parts"])
    if unrecognised:
        rows.append(table["unrecognised"])
    if any(map(_is_warning, unrecognised)):
        rows.append(table["warning_sign"])
    limits = _tighten(Limits(unrecognised=tuple(unrecognised)), rows)
    return _fit_to_minutes(replace(limits, referral=_referral(rows, unrecognised)), minutes)


@lru_cache(maxsize=4096)
def _is_warning(clause: str) -> bool:
    return triage_words(clause).triage in ("emergency", "stop_and_refer")


@lru_cache(maxsize=4096)
def read_words(text: str) -> tuple[tuple[dict, ...], tuple[str, ...]]:
    """Recognise one entry of a person's own words: the table rows it matches, and the words nobody recognised.

    What is about somebody else is left out first. Whether it is controlled, cleared or long past is read from the whole
    entry, what it is from each clause; beside a known condition, a name after a comma is unrecognised as well.
    """
    whole = _drop_others(normalise_text(text))
    if _NOTHING.match(whole):
        return (), ()
    found, unknown = [], []
    for clause in map(drop_denied, _SPLIT.split(whole)):
        if not clause or _NOTHING.match(clause):
            continue
        rows = _match_rows(clause)
        found += [row for row in rows if _state_fits(row, whole)]
        unknown += _unknown_names(clause, rows) if rows else [] if _is_remark(clause, True) else [clause]
    return tuple(found), tuple(unknown)


def _match_rows(clause: str) -> list[dict]:
    table = load_screening()
    return [row for row in [*table["words"], *table["injury_words"]] if row["pattern"].search(clause)]


def _unknown_names(clause: str, rows: list[dict]) -> list[str]:
    """The pieces between commas that no row touches and that name something rather than remark on it."""
    spans = [match.span() for row in rows for match in row["pattern"].finditer(clause)]
    pieces = [(match.start(), match[0].strip()) for match in re.finditer(r"[^,]+", clause)]
    return [piece for at, piece in pieces if piece and not _NEGATED.match(piece) and not _NOTHING.match(piece)
            and not any(start < at + len(piece) + 1 and at < end for start, end in spans) and not _is_remark(piece, False)]


def _is_remark(words: str, alone: bool) -> bool:
    """Whether words only qualify what was said before; `alone`: no condition stands beside them."""
    table = load_screening()
    if re.search(table["qualifiers"], words):
        return True
    return not alone and re.search(table["remarks"], words) is not None and not has_strange_word(words)


def _drop_others(whole: str) -> str:
    """Leave out what is about somebody else: pieces that begin with them, and what "and" adds to those.

    A family history goes on over commas. Words of one's own ("I", "me" beside a known condition) are kept.
    """
    parts, kept, about = _PIECE.split(whole), "", None
    for joint, piece in zip(["", *parts[1::2]], parts[::2], strict=True):
        goes_on = joint.strip() in ("and", "&", "+", "plus") or (joint.strip() == "," and about == "family")
        goes_on = goes_on or (about == "other" and has_cue("pronoun_start", piece))
        if has_cue("family_history", piece):
            about = "family"
        elif has_cue("other_start", piece) and not _is_own(piece):
            about = "other"
        elif about is None or not goes_on or _is_own(piece):
            about = None
        if about is None:
            kept += (joint if kept else "") + piece
    return kept


def _is_own(piece: str) -> bool:
    return has_cue("own_words", piece) or (re.search(r"\bme\b", piece) is not None and bool(_match_rows(piece)))


def drop_denied(clause: str) -> str:
    """Leave out what a clause denies: "no asthma, diabetes or gout, high bp" keeps "high bp"."""
    if not _NEGATED.match(clause):
        return clause
    parts = [part.strip() for part in clause.split(",")]
    listed = [index for index, part in enumerate(parts) if re.search(r"\b(?:or|nor)\b", part)]
    last = listed[-1] if listed else 0
    denied = [_AFTER_ALL.search(part) for part in parts[:last + 1]]
    return ", ".join([*(after[0] for after in denied if after and _match_rows(after[0])), *parts[last + 1:]])


def _state_fits(row: dict, whole: str) -> bool:
    when = row.get("when")
    if when is None:
        return True
    if when in ("cleared", "not_cleared", "long_past"):
        state = "cleared" if is_cleared(whole) else "long_past" if is_long_past(whole) else "not_cleared"
        return when == state
    return (when == "controlled") == is_controlled(whole)


def _drop_explained(rows: list[dict]) -> list[dict]:
    """Leave out rows that a medicine only suggests where the person named the condition themselves."""
    named = {row["topic"] for row in rows if "topic" in row and not row.get("suggested")}
    return [row for row in rows if not (row.get("suggested") and row["topic"] in named)]


def _tighten(limits: Limits, rows: list[dict]) -> Limits:
    """Combine with rows: the most restrictive of every value, the union of what to avoid."""
    joints = dict(limits.max_joint_load)
    for row in rows:
        for part, most in row.get("max_joint_load", {}).items():
            joints[part] = min(most, joints.get(part, 3))

    def values(field: str) -> list:
        return [getattr(limits, field), *(row[field] for row in rows if field in row)]

    reasons = dict.fromkeys([*limits.reasons, *((row["rule_id"], row["say"]) for row in rows if "say" in row)])
    return replace(
        limits, max_joint_load=dict(sorted(joints.items())), reasons=tuple(reasons),
        avoid_flags=limits.avoid_flags.union(*(row["avoid"] for row in rows if "avoid" in row)),
        max_intensity=min(values("max_intensity"), key=INTENSITY_ORDER.index),
        **{field: max(values(field)) for field in ("min_rir", "min_rest", "warm_up_min", "cool_down_min")},
        **{field: min(values(field)) for field in ("max_session_min", "max_days", "allow_deficit", "allow_calorie_number")},
        **{field: max(values(field)) for field in ("seated_only", "require_balance")})


def _fit_to_minutes(limits: Limits, minutes: int) -> Limits:
    """Fit warm-up and cool-down to a session of some minutes; where those that a rule asks for do not fit, go gentle.

    Short ones may shrink to 30 % and 20 % of the session (heuristic). From LONG_PART_MIN on they are there for safety and
    stay; where that leaves less than LEAST_TRAIN_MIN to train, nothing but gentle movement, itself no harder than a
    warm-up, is safe: then both shrink, and the reasons say so first.
    """
    minutes = min(minutes, limits.max_session_min)
    warm_up, cool_down = (min(part, most) for part, most in (
        (limits.warm_up_min, max(2, int(minutes * 0.3))), (limits.cool_down_min, max(1, int(minutes * 0.2)))))
    kept_warm, kept_cool = (part if part >= LONG_PART_MIN else short for part, short in (
        (limits.warm_up_min, warm_up), (limits.cool_down_min, cool_down)))
    if (kept_warm, kept_cool) == (warm_up, cool_down) or minutes - kept_warm - kept_cool >= LEAST_TRAIN_MIN:
        return replace(limits, warm_up_min=kept_warm, cool_down_min=kept_cool)
    gentle = _tighten(limits, [load_screening()["short_session"]])
    return replace(gentle, warm_up_min=warm_up, cool_down_min=cool_down, reasons=(gentle.reasons[-1], *limits.reasons))


def _referral(rows: list[dict], unrecognised: list[str]) -> str | None:
    topics = list(dict.fromkeys(row["refer"] for row in rows if "refer" in row))
    if unrecognised:
        topics.append("what we could not recognise: " + ", ".join(f'"{clause[:40]}"' for clause in unrecognised[:2]))
    if not topics:
        return None
    if len(topics) > MAX_REFERRAL_TOPICS:
        topics = [*topics[:MAX_REFERRAL_TOPICS - 1], "your other conditions"]
    return f"Before you train, talk to your doctor or care team about {'; '.join(topics)}."
