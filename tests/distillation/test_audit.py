"""The leakage audit: near-duplicates are found, named, dropped or kept as asked, and never empty a prompt type."""

import pytest
from made_up_people import count_words, say

from fitsense.artifacts import hash_folder, read_json, read_jsonl
from fitsense.distillation.dataset import build_dataset
from fitsense.distillation.figures import plot_audit, plot_base_lengths, tabulate_leaks
from fitsense.distillation.filtering import DatasetError
from fitsense.distillation.lengths import report_lengths
from fitsense.distillation.splitting import SPLITS
from fitsense.near_duplicates import find_near_duplicates, shingle_words
from fitsense.params import DistillationParams


def build(queries, responses, folder, **changed):
    return build_dataset(queries, responses, folder, DistillationParams(**changed), 7, count_words)


def repeat_held_out(queries, dataset, shout=str.upper):
    """Let one training person ask what a test person asks; returns the ids of the two records."""
    asked = next(r for r in dataset.split["test"] if r["context"]["prompt_type"] == "coaching_question")
    copied = next(r for r in dataset.split["train"] if r["context"]["prompt_type"] == "coaching_question")
    by_id = {query["query_id"]: query for query in queries}
    words = by_id[asked["context"]["query_id"]]["input"]["question"]
    by_id[copied["context"]["query_id"]]["input"]["question"] = f"{shout(words)}!"
    return copied["record_id"], asked["record_id"]


def test_clean_data_leak_nothing(queries, responses, tmp_path):
    dataset = build(queries, responses, tmp_path)
    assert dataset.audit["near_duplicates"]["pairs"] == [] == dataset.audit["shared_users"]
    assert dataset.manifest["left_out"]["near_duplicate_of_held_out"] == 0


def test_a_near_duplicate_is_reported_and_dropped_from_train(queries, responses, tmp_path):
    train, test = repeat_held_out(queries, build(queries, responses, tmp_path))
    dataset = build(queries, responses, tmp_path)
    assert read_json(tmp_path / "leakage_audit.json")["near_duplicates"]["pairs"] == [
        {"train": train, "held_out": test, "similarity": 1.0}]
    ids = {name: {record["record_id"] for record in read_jsonl(tmp_path / f"{name}.jsonl")} for name in (*SPLITS, "all_records")}
    assert train not in ids["train"] | ids["all_records"] and test in ids["test"]
    assert dataset.manifest["left_out"]["near_duplicate_of_held_out"] == 1
    assert len(dataset.records) + sum(dataset.manifest["left_out"].values()) == len(queries)
    assert "1 were at least 0.8 like one of" in (tmp_path / "README.md").read_text()
    assert dataset.manifest["leakage"]["near_duplicates"]["by_prompt_type"]["coaching_question"]["found"] == 1


def test_dropping_can_be_turned_off_and_still_reports(queries, responses, tmp_path):
    train, _ = repeat_held_out(queries, build(queries, responses, tmp_path))
    dataset = build(queries, responses, tmp_path, drop_near_duplicates=False)
    assert train in {record["record_id"] for record in dataset.split["train"]}
    assert dataset.manifest["leakage"]["near_duplicates"]["found"] == 1
    assert "still in train" in (tmp_path / "README.md").read_text()


def test_a_prompt_type_never_vanishes_silently(queries, responses, tmp_path):
    for query in queries:
        if query["prompt_type"] == "safety_adjustment":
            query["input"]["message"] = "All good, no pain."
    with pytest.raises(DatasetError, match="safety_adjustment are near-duplicates.*drop_near_duplicates=false"):
        build(queries, responses, tmp_path)


def test_version_follows_the_content(queries, responses, tmp_path):
    first = build(queries, responses, tmp_path / "a").manifest["version"]
    assert build(queries, responses, tmp_path / "b").manifest["version"] == first
    assert hash_folder(tmp_path / "a") == hash_folder(tmp_path / "b")
    queries[0]["input"]["person"]["age"] += 1
    assert build(queries, responses, tmp_path / "c").manifest["version"] != first
    assert f"Version {first}" in (tmp_path / "a/README.md").read_text()


def test_minhash_agrees_with_comparing_everything():
    known = {f"k{n}": say(n, 0) for n in range(60)} | {"k-long": "my knee hurts when I squat deep on leg day in the gym"}
    asked = {f"a{n}": say(n, 1) for n in range(60)} | {"a-same": say(7, 0).title() + ".",
                                                       "a-near": "My knee hurts when I squat deep on leg day in the gym today",
                                                       "a-far": "My knee hurts when I run"}
    for similarity in (0.8, 0.95):
        pairs = {(name, other): len(a & b) / len(a | b) for name, a in ((n, shingle_words(t)) for n, t in asked.items())
                 for other, b in ((n, shingle_words(t)) for n, t in known.items())}
        slow = {pair[0] for pair, value in pairs.items() if value >= similarity}
        found = find_near_duplicates(known, asked, similarity, seed=3)
        assert {one.name for one in found} == slow and all(pairs[one.name, one.other] >= similarity for one in found)
        assert ("a-near" in slow) == (similarity == 0.8)


def test_lengths_are_counted_for_every_base(queries, responses, tmp_path):
    records = build(queries, responses, tmp_path).records
    counters = {"words": count_words, "letters": lambda turn, response: len(turn) + len(response)}
    rows = {(row["base"], row["prompt_type"]): row for row in report_lengths(records, counters, 300)}
    assert len(rows) == 4 and sum(row["n"] for row in rows.values()) == 2 * len(records)
    chat = [r for r in records if r["context"]["prompt_type"] == "coaching_question"]
    lengths = [len(r["instruction"]) + len(r["response"]) for r in chat]
    assert rows["letters", "coaching_question"]["over"] == sum(length > 300 for length in lengths) > 0
    assert rows["letters", "coaching_question"]["q100"] == max(lengths) and rows["words", "coaching_question"]["over"] == 0


def test_figures_show_the_leaks(queries, responses, tmp_path):
    train, _ = repeat_held_out(queries, build(queries, responses, tmp_path))
    dataset = build(queries, responses, tmp_path)
    assert [record["record_id"] for record in dataset.dropped] == [train]
    left, right = plot_audit(dataset).axes
    assert "1 of " in left.get_title() + left.get_title(loc="left") and sum(bar.get_height() for bar in right.patches) == 1
    row, = tabulate_leaks(dataset)
    assert row["train"].lower().strip("!") == row["held_out"].lower() and row["similarity"] == 1.0
    rows = report_lengths(dataset.records, {"words": count_words}, 300)
    assert len(plot_base_lengths(rows).axes[0].get_yticklabels()) == 2
