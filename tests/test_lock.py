"""requirements.lock, environment.yml and pyproject.toml name the same packages at the same versions."""

import re
import tomllib

import yaml
from packaging.requirements import Requirement

from fitsense.params import ROOT

LOCK = dict(re.match(r"([\w.-]+)==(\S+)", line).groups() for line in (ROOT / "requirements.lock").read_text().splitlines()
            if line and not line.startswith("#"))


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]


def test_lock_satisfies_pyproject():
    for requirement in declared():
        assert requirement.name in LOCK, requirement
        assert requirement.specifier.contains(LOCK[requirement.name]), (requirement, LOCK[requirement.name])


def test_environment_agrees_with_lock_and_annotates_every_top_level_dependency():
    text = (ROOT / "environment.yml").read_text()
    environment = yaml.safe_load(text)
    assert "python=3.11" in environment["dependencies"]
    pins = next(item["pip"] for item in environment["dependencies"] if isinstance(item, dict))
    assert pins[0] == "-r requirements.lock"
    assert dict(pin.split("==") for pin in pins[1:]) == {r.name: LOCK[r.name] for r in declared()}
    for requirement in declared():
        assert re.search(rf"- {re.escape(requirement.name)}==\S+\s+# \w", text), f"{requirement.name}: who uses it?"


def test_lock_names_no_machine_and_no_index():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text and "+cpu" not in text and "@" not in text
