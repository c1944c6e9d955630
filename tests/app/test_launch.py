"""Launching: sharing needs credentials, batch mode closes, the form gives a profile."""

import json
import socket
import sqlite3
import tempfile
import urllib.error
import urllib.request

import pytest
from newcomer import default_profile

from fitsense.app.forms import DEFAULTS, ask_about_units, profile_from_form, split_list, split_words
from fitsense.app.launch import (
    BATCH_VARIABLE,
    AppError,
    LaunchedApp,
    check_auth,
    close_unless_interactive,
    launch_app,
)
from fitsense.app.selfcheck import check_as_client
from fitsense.artifacts import MANIFEST_KEYS
from fitsense.coach.store import InteractionStore
from fitsense.contracts.strictness import ContractError
from fitsense.params import DemoParams, Params


def test_share_without_credentials_is_refused_before_anything_starts(tmp_path):
    with pytest.raises(AppError, match="--auth USER:PASS"):
        launch_app(tmp_path, share=True, block=False, release_dir=tmp_path)


@pytest.mark.parametrize("auth", ["coach", "coach:", ":secret", ("coach", "")])
def test_half_credentials_are_refused(auth):
    with pytest.raises(AppError, match="USER:PASS"):
        check_auth(True, auth)


def test_credentials_may_be_text_or_a_pair():
    assert check_auth(True, "coach:se:cret") == check_auth(False, ("coach", "se:cret")) == ("coach", "se:cret")
    assert check_auth(False, None) is None


def test_batch_mode_closes_the_app_and_reading_leaves_it_open(tmp_path, monkeypatch):
    app = launch_app(tmp_path / "no_run", block=False, release_dir=tmp_path / "no_release")
    monkeypatch.delenv(BATCH_VARIABLE, raising=False)
    assert "still open" in close_unless_interactive(app)
    assert urllib.request.urlopen(app.url, timeout=10).status == 200
    monkeypatch.setenv(BATCH_VARIABLE, "1")
    assert "closed" in close_unless_interactive(app)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(app.url, timeout=2)


def test_a_locked_app_does_not_answer_a_stranger(tmp_path):
    app = launch_app(tmp_path / "no_run", auth="coach:secret", block=False, release_dir=tmp_path / "no_release")
    try:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{app.url}gradio_api/info", timeout=10)
    finally:
        app.close()


def test_the_form_becomes_a_profile_and_names_what_is_wrong():
    form = {**DEFAULTS, "conditions": "high blood pressure, not controlled\nasthma; eczema", "workout_duration": 45.0}
    profile = profile_from_form(*form.values())
    assert profile.constraints.conditions == ["high blood pressure, not controlled", "asthma", "eczema"]
    assert profile.preferences.workout_duration == 45
    with pytest.raises(ContractError, match="profile.personal_info.weight_kg: got None"):
        profile_from_form(*{**DEFAULTS, "weight_kg": None}.values())


def test_words_are_split_at_lines_not_at_commas_and_lists_at_both():
    assert split_words(" a, b \n\n c;d ") == ["a, b", "c", "d"]
    assert split_list(" nuts, banana \n\n soy;rice,") == ["nuts", "banana", "soy", "rice"]
    form = {**DEFAULTS, "allergies": "nuts, banana", "preferred_activities": "walking, swimming\nyoga"}
    profile = profile_from_form(*form.values())
    assert profile.constraints.allergies == ["nuts", "banana"]
    assert profile.preferences.preferred_activities == ["walking", "swimming", "yoga"]


@pytest.mark.parametrize(
    ("height_cm", "weight_kg", "asked"),
    [
        (175, 150, "1.75 m and 150 kg: are these metric?"),
        (170, 200, "1.70 m and 200 kg: are these metric?"),
        (180, 50, "1.80 m and 50 kg: are these metric?"),
        (168, 68, None),
        (165, 120, None),
    ],
)
def test_a_body_that_may_be_in_pounds_is_asked_about(height_cm, weight_kg, asked):
    form = {**DEFAULTS, "height_cm": height_cm, "weight_kg": weight_kg}
    assert ask_about_units(profile_from_form(*form.values())) == asked


def test_the_store_keeps_what_was_asked_and_lets_go_of_its_file(tmp_path):
    path = tmp_path / "kept" / "visits.sqlite"
    app = launch_app(tmp_path / "no_run", block=False, release_dir=tmp_path / "no_release", store_path=path)
    try:
        check_as_client(app.url, default_profile())
        page = urllib.request.urlopen(app.url, timeout=10).read().decode()
    finally:
        app.close()
    assert "kept in a file on the computer" in page and "written to no file" not in page
    with sqlite3.connect(path) as kept:
        assert kept.execute("SELECT prompt_type FROM ai_interactions").fetchall() == [("plan_creation",)]


def test_waiting_ends_with_a_closed_store(tmp_path):
    class Store:
        closed = False

        def close(self):
            self.closed = True

    class Page:
        def block_thread(self):
            raise KeyboardInterrupt

    app = LaunchedApp("url", None, Page(), Store())
    with pytest.raises(KeyboardInterrupt):
        app.wait()
    assert app.store.closed


def test_a_store_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AppError, match="store: got"):
        launch_app(tmp_path, block=False, release_dir=tmp_path, store_path=tmp_path / "file" / "visits.sqlite")


def test_a_taken_port_is_named_and_the_store_is_let_go(tmp_path, monkeypatch):
    closed = []
    monkeypatch.setattr(InteractionStore, "close", lambda store: closed.append(store.path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        params = Params(name="test", demo=DemoParams(port=port))
        kept = {"release_dir": tmp_path, "store_path": tmp_path / "visits.sqlite"}
        with pytest.raises(AppError, match=f"demo.port: got {port}; allowed"):
            launch_app(tmp_path / "no_run", block=False, params=params, **kept)
    assert closed == [tmp_path / "visits.sqlite"]


@pytest.mark.parametrize("spoil", [lambda manifest: manifest.pop("parameters"),
                                   lambda manifest: manifest["parameters"].update(demo={"old_name": 1})])
def test_a_run_whose_settings_cannot_be_read_is_named(tmp_path, spoil):
    manifest = dict.fromkeys(MANIFEST_KEYS, {}) | {"params_name": "old", "parameters": {}}
    spoil(manifest)
    folder = tmp_path / "a-run" / "07_coaching_demo"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(AppError, match="a-run: its settings cannot be read; run its stage 07 again"):
        launch_app(tmp_path / "a-run", block=False, release_dir=tmp_path)


def test_without_a_store_the_page_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    app = launch_app(tmp_path / "no_run", block=False, release_dir=tmp_path / "no_release")
    try:
        check_as_client(app.url, default_profile())
        page = urllib.request.urlopen(app.url, timeout=10).read().decode()
    finally:
        app.close()
    assert "written to no file" in page and "kept in a file" not in page
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
