"""The dataset: counted filters, whole users, balanced strata, equal bytes, and a folder `datasets` can load."""

import random

import pytest
from made_up_people import count_words
from pydantic import ValidationError

from fitsense.artifacts import hash_folder, read_json, read_jsonl
from fitsense.contracts.requests import make_request, user_turn
from fitsense.distillation.dataset import build_dataset
from fitsense.distillation.figures import plot_cells, plot_lengths, plot_split, share_by_stratum, tabulate_lengths
from fitsense.distillation.filtering import DatasetError, join_records
from fitsense.distillation.splitting import SPLITS, assert_disjoint, split_by_user
from fitsense.params import DistillationParams


def build(queries, responses, folder, seed=7, **changed):
    return build_dataset(queries, responses, folder, DistillationParams(**changed), seed, count_words)


def users_of(records):
    return {record["context"]["user_id"] for record in records}


def test_record_keys_and_contents(queries, responses, tmp_path):
    record = build(queries, responses, tmp_path).records[0]
    query = next(q for q in queries if q["query_id"] == record["context"]["query_id"])
    assert list(record) == ["record_id", "instruction", "context", "response", "metadata"]
    assert list(record["context"]) == ["query_id", "user_id", "prompt_type", "slice_tags", "scenario_id",
                                       "expected_safety_constraints"]
    assert record["instruction"] == user_turn(make_request(query["prompt_type"], query["input"]))
    assert record["metadata"] == {"provider": "rule_based", "model_name": "fitsense-rules",
                                  "n_tokens": count_words(record["instruction"], record["response"])}
    assert isinstance(record["response"], str)


@pytest.mark.parametrize(("change", "reason"), [
    ({"status": "rejected", "response_text": None}, "not_accepted"),
    ({"response_text": '{"triage":"fine"}'}, "breaks_contract"),
    ({"post_validation": {"valid": False, "violations": [{"rule_id": "x"}]}}, "has_violations"),
    ({"response_text": '{"triage":"proceed","message":"' + "m" * 390 + '","changes":[],"stop_signs":[],'
                       '"see_professional":false}'}, "too_long"),
])
def test_every_filter_counts_its_reason(queries, responses, change, reason):
    place = next(i for i, query in enumerate(queries) if query["prompt_type"] == "safety_adjustment")
    responses[place] = responses[place] | change
    records, left_out = join_records(queries, responses, 400, count_words)
    assert left_out[reason] == 1 and sum(left_out.values()) == 1
    assert len(records) == len(queries) - 1


def test_missing_and_foreign_responses(queries, responses):
    _, left_out = join_records(queries, responses[1:], 4096, count_words)
    assert left_out["no_response"] == 1
    with pytest.raises(DatasetError, match="q-999999-0"):
        join_records(queries, [*responses, responses[0] | {"query_id": "q-999999-0"}], 4096, count_words)
    with pytest.raises(DatasetError, match="more than once"):
        join_records(queries, [*responses, responses[0]], 4096, count_words)


def test_users_are_whole_and_strata_balanced(queries, responses, tmp_path):
    dataset = build(queries, responses, tmp_path, val_fraction=0.2, test_fraction=0.2)
    assert sum(len(users_of(dataset.split[name])) for name in SPLITS) == len(users_of(dataset.records)) == 40
    assert [dataset.manifest["splits"][name]["n_users"] for name in SPLITS] == [24, 8, 8]
    strata, shares = share_by_stratum(dataset)
    assert len(strata) == 6
    assert abs(shares["test"] - 0.2).max() < 0.06 and abs(shares["val"] - 0.2).max() < 0.06


def test_same_inputs_same_bytes_whatever_their_order(queries, responses, tmp_path):
    build(queries, responses, tmp_path / "a")
    order = random.Random(1)
    build(order.sample(queries, len(queries)), order.sample(responses, len(responses)), tmp_path / "b")
    build(queries, responses, tmp_path / "c", seed=8)
    assert hash_folder(tmp_path / "a") == hash_folder(tmp_path / "b")
    assert (tmp_path / "a/test.jsonl").read_bytes() != (tmp_path / "c/test.jsonl").read_bytes()


def test_every_split_has_a_user_even_when_there_are_three(queries, responses, tmp_path):
    few = [query for query in queries if query["user_id"] <= 3]
    kept = [row for row in responses if int(row["query_id"][2:8]) <= 3]
    dataset = build(few, kept, tmp_path)
    assert [len(users_of(dataset.split[name])) for name in SPLITS] == [1, 1, 1]
    with pytest.raises(DatasetError, match="at least 3"):
        build([q for q in few if q["user_id"] < 3], [r for r in kept if int(r["query_id"][2:8]) < 3], tmp_path / "two")


def test_an_empty_split_cannot_be_asked_for():
    with pytest.raises(ValidationError, match="val_fraction"):
        DistillationParams(val_fraction=0.0)


def test_shared_user_is_caught(queries, responses):
    records, _ = join_records(queries, responses, 4096, count_words)
    split = split_by_user(records, 0.1, 0.1, 7)
    split["test"].append(split["train"][0])
    with pytest.raises(DatasetError, match="train.jsonl and test.jsonl"):
        assert_disjoint(split)


def test_manifest_counts_what_is_on_disk(queries, responses, tmp_path):
    dataset = build(queries, responses, tmp_path)
    manifest = read_json(tmp_path / "dataset_manifest.json")
    assert manifest == dataset.manifest
    for name in SPLITS:
        assert manifest["splits"][name]["n_records"] == len(read_jsonl(tmp_path / f"{name}.jsonl"))
    assert manifest["sha256"]["all_records.jsonl"] == hash_folder(tmp_path)["all_records.jsonl"]
    assert sum(part["tokens"]["total"] for part in manifest["splits"].values()) == sum(
        record["metadata"]["n_tokens"] for record in dataset.records)


def test_datasets_loads_the_folder_offline(queries, responses, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    dataset = build(queries, responses, tmp_path / "data")
    loaded = datasets.load_dataset(str(tmp_path / "data"), cache_dir=str(tmp_path / "cache"))
    sizes = {split: len(rows) for split, rows in loaded.items()}
    assert sizes == {{"val": "validation"}.get(name, name): len(dataset.split[name]) for name in SPLITS}
    first = loaded["test"][0]
    assert first["response"] == dataset.split["test"][0]["response"]
    assert first["context"]["slice_tags"] == dataset.split["test"][0]["context"]["slice_tags"]


def test_card_tells_the_counts(queries, responses, tmp_path):
    dataset = build(queries, responses, tmp_path)
    card = (tmp_path / "README.md").read_text()
    assert f"{len(dataset.records)} question-and-answer pairs" in card and "license: apache-2.0" in card
    assert f"| train | {dataset.manifest['splits']['train']['n_users']} |" in card


def test_figures_draw_the_dataset(queries, responses, tmp_path):
    dataset = build(queries, responses, tmp_path)
    heights = [bar.get_height() for bar in plot_split(dataset).axes[0].containers[0]]
    assert heights == [dataset.manifest["splits"][name]["n_users"] for name in SPLITS]
    assert len(plot_cells(dataset).axes) == 3
    assert "4096" in plot_lengths(dataset, 4096).axes[0].texts[0].get_text()
    assert {row["prompt_type"] for row in tabulate_lengths(dataset)} == {"coaching_question", "safety_adjustment"}
