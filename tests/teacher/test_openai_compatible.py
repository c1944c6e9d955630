"""The endpoint teacher against real servers: one that misbehaves on demand, and `transformers serve` itself."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from chat_server import GOOD, ChatServer

from fitsense.artifacts import read_json, read_jsonl
from fitsense.contracts.requests import make_request
from fitsense.params import TeacherParams
from fitsense.teacher.choice import make_teacher
from fitsense.teacher.labelling import label_queries
from fitsense.teacher.openai_compatible import strip_fences
from fitsense.teacher.protocol import RequestFailed, TeacherError


def params_for(base_url: str, **changed) -> TeacherParams:
    values = {"provider": "openai_compatible", "model_name": "tiny", "base_url": base_url, "timeout_s": 5,
              "max_attempts": 3, "api_key_env": "FITSENSE_TEST_KEY", "usd_per_million_prompt_tokens": 1.0,
              "usd_per_million_completion_tokens": 2.0}
    return TeacherParams(**values | changed)


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("FITSENSE_TEST_KEY", raising=False)


def test_retries_500_and_429_then_answers(chat_queries, tmp_path):
    with ChatServer([500, 429, (GOOD, "stop")]) as server:
        params = params_for(server.base_url)
        ledger = label_queries(chat_queries, make_teacher(params), tmp_path, params)
    rows = read_jsonl(tmp_path / "responses.jsonl")
    assert [row["status"] for row in rows] == ["accepted", "accepted"]
    assert len(server.seen) == 4, "two faults, then one answer a question"
    assert rows[0]["response_text"] == GOOD and rows[0]["tokens"] == {"prompt": 100, "completion": 20}
    assert rows[0]["cost"] == pytest.approx(100e-6 + 40e-6) and rows[0]["latency_ms"] > 0
    assert ledger["cost_usd"] == pytest.approx(0.00028)


def test_time_out_is_retried_then_fails_that_query_only(chat_queries, tmp_path):
    with ChatServer(["slow", "slow", (GOOD, "stop")]) as server:
        params = params_for(server.base_url, timeout_s=0.4, max_attempts=2)
        label_queries(chat_queries, make_teacher(params), tmp_path, params)
    first, second = read_jsonl(tmp_path / "responses.jsonl")
    assert first["status"] == "rejected" and "timeout_s=0.4" in first["error"]
    assert first["response_text"] is None and first["latency_ms"] is None
    assert second["status"] == "accepted"


def test_truncated_and_invalid_answers_are_asked_again_with_the_reason(chat_queries, tmp_path):
    with ChatServer([("Rest days", "length"), ("word " * 200, "stop"), (GOOD, "stop")]) as server:
        params = params_for(server.base_url)
        label_queries(chat_queries[:1], make_teacher(params), tmp_path, params)
    [row] = read_jsonl(tmp_path / "responses.jsonl")
    assert row["status"] == "accepted" and row["attempt_count"] == 3
    assert row["tokens"] == {"prompt": 300, "completion": 60}, "refused attempts are paid for too"
    prompts = [seen["body"]["messages"][0]["content"] for seen in server.seen]
    assert "refused: truncated" in prompts[1] and "at most 150 words" in prompts[2]


def test_attempts_run_out_into_rejected_with_every_reason(chat_queries, tmp_path):
    with ChatServer([("half an answ", "length")]) as server:
        params = params_for(server.base_url)
        label_queries(chat_queries[:1], make_teacher(params), tmp_path, params)
    [refused] = read_jsonl(tmp_path / "rejected.jsonl")
    assert len(refused["attempts"]) == 3 and all("truncated" in one["reason"] for one in refused["attempts"])
    ledger = read_json(tmp_path / "ledger.json")
    assert ledger["n_rejected"] == 1 and sum(ledger["refusals_by_reason"].values()) == 3


def test_resume_asks_nothing_twice(chat_queries, tmp_path):
    with ChatServer([(GOOD, "stop")]) as server:
        params = params_for(server.base_url)
        label_queries(chat_queries, make_teacher(params), tmp_path, params)
        before = (tmp_path / "responses.jsonl").read_bytes()
        label_queries(chat_queries, make_teacher(params), tmp_path, params)
        assert len(server.seen) == 2 and (tmp_path / "responses.jsonl").read_bytes() == before
        changed = params_for(server.base_url, max_tokens=99)
        label_queries(chat_queries, make_teacher(changed), tmp_path, changed)
        assert len(server.seen) == 4, "another max_tokens shapes answers: asked again"
    assert server.seen[0]["body"]["max_tokens"] == 2400 and server.seen[-1]["body"]["max_tokens"] == 99


def test_options_a_server_refuses_are_adjusted(chat_queries, tmp_path):
    script = [(400, "Unsupported parameter: 'max_tokens', use 'max_completion_tokens'"),
              (400, "temperature does not support 0"), (GOOD, "stop")]
    with ChatServer(script) as server:
        params = params_for(server.base_url)
        label_queries(chat_queries[:1], make_teacher(params), tmp_path, params)
    assert server.seen[-1]["body"]["max_completion_tokens"] == 2400
    assert not {"max_tokens", "temperature"} & set(server.seen[-1]["body"])


def test_refused_key_stops_the_run_and_names_the_variable(chat_queries, tmp_path, monkeypatch):
    monkeypatch.setenv("FITSENSE_TEST_KEY", "sk-secret-value")
    with ChatServer([401]) as server:
        params = params_for(server.base_url)
        with pytest.raises(TeacherError, match="FITSENSE_TEST_KEY") as caught:
            label_queries(chat_queries, make_teacher(params), tmp_path, params)
    assert server.seen[0]["authorization"] == "Bearer sk-secret-value"
    assert "sk-secret-value" not in str(caught.value)
    assert not list(tmp_path.glob("*.jsonl")), "nothing half-written"


def test_key_is_written_nowhere(chat_queries, tmp_path, monkeypatch):
    monkeypatch.setenv("FITSENSE_TEST_KEY", "sk-secret-value")
    with ChatServer([(GOOD, "stop")]) as server:
        params = params_for(server.base_url)
        label_queries(chat_queries, make_teacher(params), tmp_path, params)
    assert all(b"sk-secret-value" not in path.read_bytes() for path in tmp_path.iterdir())


def test_missing_key_is_refused_unless_on_loopback():
    with pytest.raises(TeacherError, match="FITSENSE_TEST_KEY is not set"):
        make_teacher(params_for("https://api.example.org/v1"))
    assert make_teacher(params_for("http://localhost:1/v1")).model_name == "tiny"


def test_nobody_there_stops_the_run(chat_queries, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    params = params_for(f"http://127.0.0.1:{free}/v1", max_attempts=1)
    with pytest.raises(TeacherError, match="nothing answers"):
        label_queries(chat_queries, make_teacher(params), tmp_path, params)


def test_a_server_that_keeps_failing_stops_the_run(chat_queries, tmp_path):
    many = [query | {"query_id": f"q-{n:06d}-4"} for n, query in enumerate(chat_queries * 4)]
    with ChatServer([500]) as server:
        params = params_for(server.base_url, max_attempts=1)
        with pytest.raises(TeacherError, match="5 requests in a row failed"):
            label_queries(many, make_teacher(params), tmp_path, params)
    assert len(server.seen) == 5


def test_prompt_shows_contract_limits_and_request(queries):
    query = next(query for query in queries if query["prompt_type"] == "plan_creation")
    teacher = make_teacher(params_for("http://localhost:1/v1"))
    prompt = teacher.read_prompt(make_request(query["prompt_type"], query["input"]), "contract: it broke")
    assert "weekly_schedule" in prompt and "Use only these exercises" in prompt and "contract: it broke" in prompt
    assert prompt.endswith("}") and "Input:\n" in prompt


def test_code_fences_come_off():
    assert strip_fences('```json\n{"a":1}\n```') == '{"a":1}'
    assert strip_fences(' plain ') == "plain"


TEMPLATE = ("{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
            "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")


def build_tiny_model(folder: Path) -> Path:
    """Make a random two-layer Llama and a byte-level tokenizer with a chat template, as a folder to serve."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer, raw.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    raw.train_from_iterator(["rest days help muscles adapt"] * 4, trainers.BpeTrainer(
        vocab_size=320, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|im_start|>", "<|im_end|>"]))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|im_end|>", pad_token="<|im_end|>")
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                         num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=8192,
                         eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, bos_token_id=None)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def wait_until_served(port: int, process: subprocess.Popen, log: Path, seconds: float = 240) -> None:
    """Return once the server answers its health check; fail with its log when it dies or takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as reply:
                if reply.status == 200:
                    return
        except OSError:
            time.sleep(1)
    raise AssertionError(f"transformers serve did not come up:\n{log.read_text()[-2000:]}")


@pytest.fixture
def served_model(tmp_path):
    """A running `transformers serve` on the tiny model: (base_url, model folder)."""
    folder = build_tiny_model(tmp_path / "tiny-llama")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "serve.log"
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(folder), "--host", "127.0.0.1",
               "--port", str(port), "--device", "cpu"]
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT,
                                   env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")})
    try:
        wait_until_served(port, process, log)
        yield f"http://127.0.0.1:{port}/v1", folder
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.full
@pytest.mark.timeout(400)
def test_against_transformers_serve(served_model, queries, tmp_path):
    base_url, folder = served_model
    params = params_for(base_url, model_name=str(folder), timeout_s=120, max_attempts=2, max_tokens=24)
    asked = [q for q in queries if q["prompt_type"] in ("coaching_question", "safety_adjustment")][:2]
    ledger = label_queries(asked, make_teacher(params), tmp_path / "out", params)
    rows = {row["query_id"]: row for row in read_jsonl(tmp_path / "out" / "responses.jsonl")}
    safety = rows[next(q["query_id"] for q in asked if q["prompt_type"] == "safety_adjustment")]
    assert safety["status"] == "rejected" and safety["attempt_count"] == 2, "a random model writes no valid JSON"
    refused = {one["query_id"]: one for one in read_jsonl(tmp_path / "out" / "rejected.jsonl")}
    assert all(attempt["reason"] for attempt in refused[safety["query_id"]]["attempts"])
    assert safety["tokens"]["completion"] > 0 and safety["tokens"]["prompt"] > 100 and safety["latency_ms"] > 0
    assert ledger["n_queries"] == 2 and ledger["tokens"]["completion"] > 0
    assert not any("no answer" in (row["error"] or "") for row in rows.values())


@pytest.mark.full
@pytest.mark.timeout(400)
def test_wrong_address_on_transformers_serve_stops(served_model, chat_queries, tmp_path):
    base_url, folder = served_model
    params = params_for(base_url.replace("/v1", "/nowhere"), model_name=str(folder), max_attempts=1)
    with pytest.raises(TeacherError, match="teacher.base_url"):
        label_queries(chat_queries, make_teacher(params), tmp_path / "out", params)


def test_a_request_that_fails_says_so(chat_queries):
    with ChatServer([422]) as server:
        teacher = make_teacher(params_for(server.base_url, max_attempts=1))
        with pytest.raises(RequestFailed, match="HTTP 422"):
            teacher.answer(make_request(chat_queries[0]["prompt_type"], chat_queries[0]["input"]))
