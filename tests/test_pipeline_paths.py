"""A params file is found by a notebook whatever folder the run was started from."""

from fitsense.params import ROOT
from fitsense.pipeline import _from_root


def test_a_file_of_the_repository_is_named_from_its_root(monkeypatch, tmp_path):
    assert _from_root("params/smoke.yaml") == "params/smoke.yaml"
    monkeypatch.chdir(ROOT / "params")
    assert _from_root("smoke.yaml") == "params/smoke.yaml"
    monkeypatch.chdir(tmp_path)
    assert _from_root(str(ROOT / "params" / "smoke.yaml")) == "params/smoke.yaml"


def test_a_file_elsewhere_keeps_its_whole_path(monkeypatch, tmp_path):
    (tmp_path / "mine.yaml").write_text("seed: 3")
    monkeypatch.chdir(tmp_path)
    assert _from_root("mine.yaml") == str((tmp_path / "mine.yaml").resolve())
