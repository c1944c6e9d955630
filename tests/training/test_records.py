"""Records: prompts carry no label, the end of the turn is learned, selection keeps to budget, shares and seed."""

import dataclasses

import pytest

from fitsense.models.tokens import count_record_tokens, end_of_turn_id, load_tokenizer, render_prompt
from fitsense.params import ModelParams, ParamsError, PromptTypeShares, TrainingParams
from fitsense.training.records import (
    IGNORED,
    TokenisedRecord,
    assert_end_of_turn_trained,
    count_epoch_tokens,
    select_records,
    tokenise_record,
)

RECORD = {"record_id": "r1", "instruction": "Write a plan.\nInput:\n{}", "response": '{"a":1}',
          "context": {"user_id": 1, "prompt_type": "plan_creation"}}


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(ModelParams())


def make_records(n, kind="plan_creation", length=100):
    return [TokenisedRecord(f"{kind}-{i:04d}", i, kind, [0] * (length + i % 7), [0] * (length + i % 7)) for i in range(n)]


def shares(**given):
    return PromptTypeShares(**{kind: given.get(kind, 0.0) for kind in PromptTypeShares.model_fields})


def test_only_the_answer_and_its_end_are_trained(tokenizer):
    record = tokenise_record(tokenizer, RECORD)
    trained = [token for token in record.labels if token != IGNORED]
    assert tokenizer.decode(trained) == '{"a":1}<|im_end|>'
    assert trained[-1] == end_of_turn_id(tokenizer) == tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert record.n_tokens == count_record_tokens(tokenizer, RECORD["instruction"], RECORD["response"])
    assert tokenizer.decode(record.input_ids).startswith(render_prompt(tokenizer, RECORD["instruction"]))


def test_masked_end_of_turn_is_caught(tokenizer):
    record = tokenise_record(tokenizer, RECORD)
    assert_end_of_turn_trained(tokenizer, [record])
    masked = dataclasses.replace(record, labels=[*record.labels[:-1], IGNORED])
    with pytest.raises(ValueError, match="end-of-turn"):
        assert_end_of_turn_trained(tokenizer, [masked])


def test_selection_keeps_to_budget_shares_and_seed():
    records = make_records(200) + make_records(200, "coaching_question")
    training = TrainingParams(token_budget=10_000, prompt_type_shares=shares(plan_creation=3.0, coaching_question=1.0))
    chosen = select_records(records, training, seed=1)
    assert 9_000 <= count_epoch_tokens(chosen) <= 10_000
    plans = [record for record in chosen if record.prompt_type == "plan_creation"]
    assert 0.7 < count_epoch_tokens(plans) / count_epoch_tokens(chosen) < 0.8
    assert chosen == select_records(list(reversed(records)), training, seed=1) != select_records(records, training, seed=2)
    assert max(record.user_id for record in plans) > 150, "spread over users, never the head"


def test_longer_than_max_length_is_left_out_whole():
    records = make_records(20, length=100) + make_records(5, "coaching_question", length=5000)
    chosen = select_records(records, TrainingParams(token_budget=0), seed=1)
    assert {record.prompt_type for record in chosen} == {"plan_creation"} and len(chosen) == 20


def test_a_length_that_admits_nothing_names_itself():
    with pytest.raises(ParamsError, match="training.max_length: got 64; allowed: at least 100"):
        select_records(make_records(20), TrainingParams(max_length=64), seed=1)


def test_long_records_are_left_out_only_where_asked_and_where_the_short_ones_fill_the_budget():
    records = make_records(50, length=100) + [dataclasses.replace(one, record_id="x" + one.record_id)
                                              for one in make_records(50, length=900)]
    def longest(**given):
        wanted = TrainingParams(prompt_type_shares=shares(plan_creation=1.0), **given)
        return max(record.n_tokens for record in select_records(records, wanted, seed=1))
    assert longest(token_budget=3000) < 200 < 900 <= longest(token_budget=3000, record_lengths="all")
    assert longest(token_budget=20_000) >= 900, "the shorter half holds 5,000 tokens: not enough"


def test_no_share_no_training():
    records = make_records(20) + make_records(20, "coaching_question")
    chosen = select_records(records, TrainingParams(token_budget=0, prompt_type_shares=shares(plan_creation=1.0)), seed=1)
    assert {record.prompt_type for record in chosen} == {"plan_creation"}
