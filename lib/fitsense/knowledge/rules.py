"""The rules the engine and the verifier apply, each with an evidence tier and a source.

Planning's stand in rules.yaml, safety's in safety_rules.yaml. Knows nothing of how a rule is applied.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from fitsense.contracts.strictness import Strict
from fitsense.knowledge.catalogue import read_rows

Tier = Literal["guideline", "meta_analysis", "expert_consensus", "heuristic"]
RULE_FILES = ("rules.yaml", "safety_rules.yaml")


class Rule(Strict):
    """One rule: what it says, how sure it is, where it comes from."""

    rule_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    text: Annotated[str, Field(min_length=1, max_length=240)]
    tier: Tier
    source: Annotated[str, Field(min_length=1, max_length=240)]


@cache
def load_rules() -> dict[str, Rule]:
    """All rules, rule_id -> Rule, sorted; raises ValueError where two rules share an id."""
    room = files("fitsense.knowledge")
    rows = [row for file in RULE_FILES if (room / file).is_file() for row in read_rows(file, Rule)]
    rules = {row.rule_id: row for row in sorted(rows, key=lambda row: row.rule_id)}
    if len(rules) != len(rows):
        raise ValueError(f"{' or '.join(RULE_FILES)}: a rule_id stands there twice; ids must differ")
    return rules
