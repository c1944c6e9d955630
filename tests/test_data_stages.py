"""The data stages of the smoke run: killed and resumed they give the bytes of one that never was; faults stop what follows."""

import shutil

import pytest
from smoke_runs import DATA_STAGES, SMOKE, run_all

from fitsense.artifacts import STAGES, hash_folder, read_json, read_jsonl


@pytest.mark.parametrize("stage", DATA_STAGES)
def test_killed_and_resumed_gives_the_same_bytes(data_stages, undisturbed, stage):
    ours, theirs = hash_folder(data_stages / stage), hash_folder(undisturbed / stage)
    for hashes in (ours, theirs):
        hashes.pop("ledger.json", None)  # timings and cost: outside the comparison
    assert ours and ours == theirs


def test_users_never_shared_across_splits(data_stages):
    folder = data_stages / "03_distillation"
    users = [{record["context"]["user_id"] for record in read_jsonl(folder / f"{split}.jsonl")}
             for split in ("train", "val", "test")]
    assert all(users) and not users[0] & users[1] and not users[0] & users[2] and not users[1] & users[2]


def test_a_broken_manifest_is_made_again_by_a_plain_run(data_stages, outputs):
    shutil.copytree(data_stages / "01_synthesis", outputs / "broken" / "01_synthesis")
    (outputs / "broken" / "01_synthesis" / "manifest.json").write_text('{"stage": ')
    listed = run_all(outputs, *SMOKE, "--run-id", "broken", "--list")
    assert listed.returncode == 0 and "not finished" in listed.stdout.splitlines()[0]
    done = run_all(outputs, *SMOKE, "--run-id", "broken", "--only", "01")
    assert done.returncode == 0 and read_json(outputs / "broken" / "01_synthesis" / "manifest.json")["stage"] == "01_synthesis"


def test_tampered_upstream_stops_the_next_stage(data_stages, outputs):
    for stage in STAGES[:3]:
        shutil.copytree(data_stages / stage, outputs / "tampered" / stage)
    path = outputs / "tampered" / "02_teacher_labelling" / "responses.jsonl"
    path.write_text(path.read_text().replace("a", "b", 1))
    done = run_all(outputs, *SMOKE, "--run-id", "tampered", "--only", "03", "--force")
    assert done.returncode == 2 and "02_teacher_labelling: outputs changed: responses.jsonl" in done.stderr
    assert "--from 02" in done.stderr and "Traceback" not in done.stderr


def test_missing_base_model_is_one_message(data_stages, outputs, tmp_path, monkeypatch):
    for stage in STAGES[:4]:
        shutil.copytree(data_stages / stage, outputs / "no-base" / stage, dirs_exist_ok=True)
    monkeypatch.setenv("FITSENSE_CACHE", str(tmp_path / "empty"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # a port where nothing listens
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
        monkeypatch.setenv(name, "/dev/null" if name == "PIP_CONFIG_FILE" else "")
    monkeypatch.setenv("PIP_RETRIES", "0")
    done = run_all(outputs, *SMOKE, "--run-id", "no-base", "--only", "05")
    assert done.returncode == 2 and "could not be fetched" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr and not any((tmp_path / "empty").glob("*"))
