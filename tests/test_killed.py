"""A run that is killed in every data stage and started again ends with the bytes of one that never was."""

import pytest
from smoke_runs import KILL_MOMENTS

from fitsense.artifacts import STAGES, hash_folder, read_json


def test_data_stages_run_undisturbed(undisturbed):
    for stage in STAGES[:4]:
        assert read_json(undisturbed / stage / "manifest.json")["outputs"], stage


@pytest.mark.parametrize("stage", STAGES[:4])
def test_killed_and_resumed_gives_the_same_bytes(smoke_run, undisturbed, stage):
    assert stage in KILL_MOMENTS, "the smoke run must be killed in this stage"
    ours, theirs = hash_folder(smoke_run / stage), hash_folder(undisturbed / stage)
    for hashes in (ours, theirs):
        hashes.pop("ledger.json", None)  # timings and cost: outside the comparison
    assert ours and ours == theirs
