"""Reading people's own words: normalise text, and tell control, clearance, time and other people by `wording.yaml`.

Knows nothing of conditions, symptoms or plans; only how an English sentence is turned round.
"""

import re
import unicodedata
from functools import lru_cache

from fitsense.artifacts import read_yaml

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_PLAIN = str.maketrans({"\u2019": "'", "\u2018": "'", "`": "'", "\u2013": "-", "\u2014": "-"})


@lru_cache(maxsize=4096)
def normalise_text(text: str) -> str:
    """Lower-case, plain quotes and dashes, no invisible characters, single spaces."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_PLAIN)
    return re.sub(r"\s+", " ", _INVISIBLE.sub("", text)).strip()


@lru_cache(maxsize=1)
def load_wording() -> dict:
    """Read `wording.yaml`, cues compiled; cached."""
    table = read_yaml("fitsense.safety", "wording.yaml")
    for name, patterns in table["cues"].items():
        whole = r"\b(?:" + "|".join(patterns) + ")"
        for short, long in table["short"].items():
            whole = whole.replace(short, long)
        table["cues"][name] = re.compile(whole)
    return table


@lru_cache(maxsize=4096)
def has_cue(name: str, text: str) -> bool:
    """Whether a normalised text has a cue of `wording.yaml`."""
    return load_wording()["cues"][name].search(text) is not None


def is_controlled(text: str) -> bool:
    """Tell whether normalised words say a condition is under control; doubt, a question and silence count as not."""
    return has_cue("controlled", text) and not has_cue("not_controlled", text) and "?" not in text


def is_cleared(text: str) -> bool:
    """Tell whether normalised words say a professional has looked at it and cleared it."""
    return has_cue("cleared", text) and not has_cue("not_cleared", text)


def is_long_past(text: str) -> bool:
    """Tell whether normalised words place it two or more years back, as something that is over and not left unchecked."""
    return has_cue("long_past", text) and not has_cue("lasting", text) and not has_cue("not_cleared", text)


def is_about_other(text: str) -> bool:
    """Tell whether normalised words are about somebody else."""
    return has_cue("other_person", text)
