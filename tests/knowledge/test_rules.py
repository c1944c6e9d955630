"""Every rule names its tier and source."""

from fitsense.knowledge.rules import load_rules


def test_rules_have_tier_and_source_and_exact_numbers_are_not_overclaimed():
    rules = load_rules()
    assert len(rules) >= 40
    assert rules["load_step"].tier == "guideline" and "ACSM 2009" in rules["load_step"].source
    assert rules["split_by_days"].tier == "heuristic"
    assert list(rules) == sorted(rules)
