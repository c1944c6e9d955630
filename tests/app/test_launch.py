"""Launching: sharing needs credentials, batch mode closes, the form gives a profile."""

import urllib.error
import urllib.request

import pytest

from fitsense.app.forms import DEFAULTS, profile_from_form, split_words
from fitsense.app.launch import BATCH_VARIABLE, AppError, check_auth, close_unless_interactive, launch_app
from fitsense.contracts.strictness import ContractError


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


def test_words_are_split_at_lines_not_at_commas():
    assert split_words(" a, b \n\n c;d ") == ["a, b", "c", "d"]
