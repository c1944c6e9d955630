"""The command line: what it prints, its exit codes, one-line complaints, JSON lines, and no model on the rules path."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from fitsense.cli import BAD_INPUT, DONE, PLAIN_PROFILE, VIOLATIONS, main
from fitsense.contracts.changes import Adaptation, SafetyAdjustment
from fitsense.contracts.meals import MealWeek
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.strictness import check_contract
from fitsense.planning.calorie_steps import keep_calories_safe

LOGS = [{"week": week, "sessions_planned": 3, "sessions": [
    {"exercises": [{"name": "Goblet Squat", "sets": [{"reps": 12, "weight_kg": 16.0, "rir": 4}] * 3}]}] * 3}
    for week in (1, 2)]
ADAPTED = {"assessment": {"adherence": "high", "trend": "steady", "recovery": "good"}, "deload": False, "changes": [],
           "calorie_change": -100,
           "explanation": "One exercise goes up. Body weight suggests 100 kcal a day less."}
LOADED = {"user": "Kim", "goal": "muscle_gain", "calorie_target": 2400, "sessions_per_week": 3, "exercises": [
    {"name": "Goblet Squat", "sets": 3, "rep_min": 8, "rep_max": 12, "target_rir": 2, "weight_kg": 16,
     "smallest_step_kg": 2}]}


def changed_profile(path: str, value) -> dict:
    """The plain profile with the value at a dotted path changed."""
    profile = copy.deepcopy(PLAIN_PROFILE)
    *steps, last = path.split(".")
    place = profile
    for step in steps:
        place = place[step]
    place[last] = value
    return profile


def read_json(path: str):
    """The JSON value of a file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


@pytest.fixture
def write(tmp_path):
    """Write a JSON value (or raw text) to a file, return its path."""
    def write_file(name: str, value) -> str:
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return str(path)
    return write_file


@pytest.fixture
def run(capsys):
    """Run the command line; return (exit code, stdout, stderr)."""
    def run_main(*argv: str):
        try:
            code = main(list(argv))
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err
    return run_main


@pytest.fixture
def plan_file(write, run):
    """A file with the engine's plan for the plain profile."""
    return write("plan.json", run("plan", "--profile", write("profile.json", PLAIN_PROFILE))[1])


def test_plan_prints_a_plan_that_verifies(write, run, plan_file):
    check_contract(Plan, read_json(plan_file), "plan")
    code, out, err = run("verify", "--profile", write("profile.json", PLAIN_PROFILE), "--plan", plan_file)
    assert (code, json.loads(out), err) == (DONE, [], "")


def test_plan_is_the_same_every_time(write, run):
    path = write("profile.json", PLAIN_PROFILE)
    assert run("plan", "--profile", path) == run("plan", "--profile", path)


def test_meals_prints_a_week_or_why_there_is_none(write, run):
    code, out, _ = run("meals", "--profile", write("profile.json", PLAIN_PROFILE))
    assert code == DONE and check_contract(MealWeek, json.loads(out), "week").kind == "week"
    _, out, _ = run("meals", "--profile", write("profile.json", changed_profile("constraints.conditions", ["kidney disease"])))
    assert json.loads(out)["kind"] == "referred" and json.loads(out)["days"] == []


def test_adapt_of_a_loaded_plan_keeps_the_limits_of_the_profile(write, run):
    given = ("adapt", "--plan", write("plan.json", LOADED), "--logs", write("logs.json", LOGS), "--profile")
    for conditions, n_changes in (([], 1), (["chest tightness, not checked yet"], 0)):
        profile = write("profile.json", changed_profile("constraints.conditions", conditions))
        assert len(json.loads(run(*given, profile)[1])["changes"]) == n_changes


def test_verify_prints_violations_and_exits_1(write, run, plan_file):
    plan = read_json(plan_file)
    plan["workout_plan"]["weekly_schedule"][0]["exercises"][0]["name"] = "Moon Press"
    code, out, err = run("verify", "--profile", write("p.json", PLAIN_PROFILE), "--plan", write("bad.json", plan))
    assert (code, err) == (VIOLATIONS, "")
    violations = json.loads(out)
    assert all(list(violation) == ["rule_id", "severity", "place", "reason"] for violation in violations)
    assert violations[0]["rule_id"] == "check_unknown_exercise"
    assert violations[0]["place"] == "workout_plan.weekly_schedule.0.exercises.0.name"


def test_verify_refuses_a_broken_contract(write, run, plan_file):
    plan = read_json(plan_file)
    plan["workout_plan"]["weekly_schedule"][0]["exercises"][0]["sets"] = "three"
    code, out, err = run("verify", "--profile", write("p.json", PLAIN_PROFILE), "--plan", write("bad.json", plan))
    assert (code, out) == (BAD_INPUT, "")
    assert "exercises.0.sets" in err and "'three'" in err


@pytest.mark.parametrize(("text", "triage"), [
    ("crushing chest pain", "emergency"), ("my knee is swollen and hot", "stop_and_refer"), ("my knee aches", "modify"),
    ("feeling great", "proceed")])
def test_triage_prints_a_safety_answer(run, text, triage):
    code, out, err = run("triage", text)
    assert (code, err) == (DONE, "")
    assert check_contract(SafetyAdjustment, json.loads(out), "answer").triage == triage


@pytest.mark.parametrize("with_profile", [True, False])
def test_adapt_answers_a_full_plan(write, run, plan_file, with_profile):
    profile = ("--profile", write("profile.json", PLAIN_PROFILE)) if with_profile else ()
    code, out, err = run("adapt", "--plan", plan_file, "--logs", write("logs.json", LOGS), *profile)
    assert (code, err) == (DONE, "")
    check_contract(Adaptation, json.loads(out), "answer")


def test_adapt_answers_a_loaded_plan(write, run):
    code, out, err = run("adapt", "--plan", write("plan.json", LOADED), "--logs", write("logs.json", LOGS))
    assert (code, err) == (DONE, "")
    check_contract(Adaptation, json.loads(out), "answer")


def test_adapt_leaves_calories_alone_where_a_number_would_harm(write, run):
    young = write("young.json", changed_profile("personal_info.age", 15))
    gaining = [{**week, "bodyweight_kg": 70.0 + 2 * week["week"], "calories_avg": 2400} for week in LOGS]
    logs = write("logs.json", gaining)
    out = run("adapt", "--plan", write("plan.json", LOADED), "--logs", logs, "--profile", young)[1]
    assert json.loads(out)["calorie_change"] == 0


def weigh(*kilograms: float) -> list[dict]:
    """The logs with a body mass a week."""
    return [{**week, "bodyweight_kg": kg, "calories_avg": 1500} for week, kg in zip(LOGS, kilograms, strict=True)]


@pytest.mark.parametrize(("person", "kilograms", "expected"), [
    ({"height_cm": 180, "weight_kg": 110, "gender": "male"}, (110.0, 110.0), -100),
    ({"height_cm": 178, "weight_kg": 54.5}, (54.5, 54.5), 0),  # BMI 17.2: no target
    ({"age": 15}, (72.0, 72.0), 0),
    ({"height_cm": 150, "weight_kg": 45, "age": 60, "gender": "female"}, (45.0, 45.0), 0),  # at the floor of 1200 kcal
    ({"height_cm": 150, "weight_kg": 52, "age": 70, "gender": "female"}, (52.0, 52.0), 0),
])
def test_adapt_lowers_calories_only_above_the_floor(write, run, person, kilograms, expected):
    profile = changed_profile("goals", ["weight_loss"])
    profile["personal_info"].update(person)
    path = write("profile.json", profile)
    plan = write("plan.json", run("plan", "--profile", path)[1])
    out = run("adapt", "--plan", plan, "--logs", write("logs.json", weigh(*kilograms)), "--profile", path)[1]
    answer = json.loads(out)
    assert answer["calorie_change"] == expected
    assert ("kcal" in answer["explanation"]) == (expected != 0)


@pytest.mark.parametrize(("target", "expected"), [(None, 0), (1200, 0), (1650, 0), (1900, -100)])
def test_adapt_without_a_profile_keeps_to_the_plan_s_target(write, run, target, expected):
    plan = json.loads(run("plan", "--profile", write("profile.json", changed_profile("goals", ["weight_loss"])))[1])
    plan["nutrition_suggestions"]["calorie_target"] = target
    payload = Adaptation.model_validate(ADAPTED)
    kept = keep_calories_safe(payload, target, None)
    assert kept.calorie_change == expected
    assert ("kcal" in kept.explanation) == (expected != 0) and kept.explanation.startswith("One exercise goes up.")
    logs = write("logs.json", weigh(72.0, 72.0))
    code, out, err = run("adapt", "--plan", write("plan.json", plan), "--logs", logs)
    assert (code, err) == (DONE, "") and json.loads(out)["calorie_change"] <= 0


def test_adapt_may_go_up_from_a_target_that_is_too_low():
    starving = check_contract(Profile, changed_profile("personal_info.gender", "male"), "profile")
    up = Adaptation.model_validate({**ADAPTED, "calorie_change": 100})
    assert keep_calories_safe(up, 1000, starving).calorie_change == 100
    assert keep_calories_safe(up, 5900, starving).calorie_change == 0


EMERGENCIES = ["crushing chest pain right now, going down my left arm", "I want to kill myself", "I can't breathe"]


@pytest.mark.parametrize("condition", EMERGENCIES)
def test_plan_is_refused_in_an_emergency_with_what_to_do(write, run, condition):
    profile = changed_profile("constraints.conditions", [condition])
    code, out, err = run("plan", "--profile", write("profile.json", profile))
    assert (code, out) == (BAD_INPUT, "") and err.count("\n") == 1
    assert err.startswith("profile: ") and "emergency" in err
    lines = write("in.jsonl", "\n".join(json.dumps({"id": n, "profile": one}) for n, one in enumerate(
        [profile, PLAIN_PROFILE])))
    first, second = (json.loads(line) for line in run("plan", "--jsonl", lines)[1].splitlines())
    assert not first["ok"] and "emergency" in first["error"] and second["ok"]


def test_adapt_is_refused_in_an_emergency(write, run, plan_file):
    profile = write("profile.json", changed_profile("constraints.conditions", [EMERGENCIES[0]]))
    code, out, err = run("adapt", "--plan", plan_file, "--logs", write("logs.json", LOGS), "--profile", profile)
    assert (code, out) == (BAD_INPUT, "") and "emergency" in err


def test_demo_store_is_told_of_and_checked(run, tmp_path):
    assert "--store FILE" in run("demo", "--help")[1]
    for bad in ("", str(tmp_path)):
        code, out, err = run("demo", "--store", bad)
        assert (code, out) == (BAD_INPUT, "") and err.startswith("store: got") and err.count("\n") == 1


def test_demo_hands_the_store_on(run, tmp_path, monkeypatch):
    from fitsense.app import launch
    given = {}
    monkeypatch.setattr(launch, "launch_app", lambda **values: given.update(values))
    assert run("demo", "--store", str(tmp_path / "visits.sqlite"))[0] == DONE
    assert given["store_path"] == tmp_path / "visits.sqlite"
    assert run("demo")[0] == DONE and given["store_path"] is None


@pytest.mark.parametrize(("path", "value", "parts"), [
    ("personal_info.age", 5, ["profile.personal_info.age", "5", "13"]),
    ("personal_info.age", "30", ["profile.personal_info.age", "'30'", "integer"]),
    ("personal_info.age", True, ["profile.personal_info.age", "True"]),
    ("personal_info.gender", "x", ["profile.personal_info.gender", "'x'", "'male'"]),
    ("goals", [], ["profile.goals", "at least 1"]),
    ("constraints.injuries", ["brain"], ["profile.constraints.injuries.0", "'brain'", "'knee'"]),
    ("colour", "red", ["profile.colour", "'red'", "no such key"]),
])
def test_bad_profile_is_one_line_naming_field_value_and_allowed(write, run, path, value, parts):
    code, out, err = run("plan", "--profile", write("profile.json", changed_profile(path, value)))
    assert (code, out) == (BAD_INPUT, "")
    assert err.count("\n") == 1 and all(part in err for part in parts), err


@pytest.mark.parametrize("text", ["", "{", "[1,2", "null", "NaN", '{"a":1,"a":2}', "[" * 4000, "\x00", "\ufeff{", "💥"])
def test_broken_json_is_one_line(write, run, text):
    code, out, err = run("plan", "--profile", write("profile.json", text))
    assert (code, out) == (BAD_INPUT, "") and err.count("\n") == 1 and err.startswith("profile")


def test_unreadable_files_are_one_line(tmp_path, run):
    bad = tmp_path / "bytes.json"
    bad.write_bytes(b"\xff\xfe\x00")
    for path in (str(tmp_path / "none.json"), str(tmp_path), str(bad)):
        code, out, err = run("plan", "--profile", path)
        assert (code, out) == (BAD_INPUT, "") and err.count("\n") == 1 and err.startswith("profile: got")


@pytest.mark.parametrize("argv", [
    [], ["fly"], ["plan"], ["meals"], ["verify", "--profile", "x"], ["triage"], ["adapt", "--logs", "x"],
    ["plan", "--speed", "9"],
    ["triage", "  "], ["triage", "a" * 4001], ["triage", "bell \x07"], ["triage", "x", "--coach", "nowhere"],
    ["demo", "--auth", "nopassword"]])
def test_bad_use_is_one_line_and_exit_2(run, argv):
    code, out, err = run(*argv)
    assert (code, out) == (BAD_INPUT, "")
    assert err.count("\n") == 1, err


def test_logs_are_named_where_they_are_wrong(write, run):
    code, _, err = run("adapt", "--plan", write("p.json", LOADED), "--logs", write("l.json", [{"week": 0}]))
    assert code == BAD_INPUT and err.startswith("logs.0.")
    code, _, err = run("adapt", "--plan", write("p.json", LOADED), "--logs", write("l.json", LOGS * 3))
    assert code == BAD_INPUT and err.startswith("logs: got") and "4" in err


def test_jsonl_answers_every_line_in_order(write, run, plan_file):
    plan = read_json(plan_file)
    lines = [json.dumps({"id": "a", "profile": PLAIN_PROFILE, "plan": plan}), "not json", "",
             json.dumps({"id": 3, "profile": PLAIN_PROFILE}), json.dumps([1]),
             json.dumps({"id": "e", "profile": changed_profile("personal_info.age", 5), "plan": plan}),
             json.dumps({"id": "f", "profile": changed_profile("preferences.days_per_week", 1), "plan": plan})]
    code, out, err = run("verify", "--jsonl", write("in.jsonl", "\n".join(lines)))
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (DONE, "")
    assert [(answer["id"], answer["ok"]) for answer in answers] == [
        ("a", True), (None, False), (3, False), (None, False), ("e", False), ("f", True)]
    assert all(set(answer) == {"id", "ok", "result" if answer["ok"] else "error"} for answer in answers)
    assert answers[0]["result"] == [] and "age" in answers[4]["error"]
    assert {violation["rule_id"] for violation in answers[5]["result"]} == {"check_days"}


@pytest.mark.parametrize(("command", "record"), [
    ("plan", {"profile": PLAIN_PROFILE}), ("meals", {"profile": PLAIN_PROFILE}), ("triage", {"text": "my knee aches"}),
    ("adapt", {"plan": LOADED, "logs": LOGS}),
    ("triage", {"text": "my knee aches", "profile": PLAIN_PROFILE})])
def test_jsonl_gives_what_the_single_command_gives(write, run, command, record):
    code, out, _ = run(command, "--jsonl", write("in.jsonl", json.dumps({"id": 1, **record})))
    answer = json.loads(out)
    assert (code, answer["id"], answer["ok"]) == (DONE, 1, True)
    if "profile" not in record or command != "triage":
        single = [record["text"]] if command == "triage" else [
            part for key, value in record.items() for part in (f"--{key}", write(f"{key}.json", value))]
        assert json.loads(run(command, *single)[1]) == answer["result"]


def test_jsonl_survives_bad_bytes_and_unknown_keys(tmp_path, run):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"id":1,"text":"\xff"}\n{"id":2,"text":"fine","colour":1}\n{"id":3,"text":"fine"}\n')
    code, out, err = run("triage", "--jsonl", str(path))
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err, [answer["ok"] for answer in answers]) == (DONE, "", [False, False, True])
    assert "colour" in answers[1]["error"]


def test_jsonl_and_single_input_exclude_each_other(write, run):
    code, out, err = run("triage", "text", "--jsonl", write("in.jsonl", ""))
    assert (code, out) == (BAD_INPUT, "") and "--jsonl" in err


def test_demo_share_needs_auth(run):
    code, out, err = run("demo", "--share")
    assert (code, out) == (BAD_INPUT, "") and "auth" in err and err.count("\n") == 1


def test_an_adapter_whose_base_cannot_be_had_is_one_line(write, run, tmp_path, monkeypatch):
    from fitsense.models import base
    from fitsense.models.adapters import BASE_FILE
    from fitsense.params import ModelParams

    monkeypatch.setenv("FITSENSE_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(base.subprocess, "run", lambda *given, **options: subprocess.CompletedProcess(given, 1, "", "no network"))
    model = ModelParams()
    (tmp_path / "adapter_config.json").write_text("{}")
    (tmp_path / "adapter_model.safetensors").write_bytes(b"")
    (tmp_path / BASE_FILE).write_text(json.dumps({**base.base_fingerprint(model), "model": model.model_dump()}))
    code, _, err = run("plan", "--profile", write("p.json", PLAIN_PROFILE), "--coach", str(tmp_path))
    assert code == BAD_INPUT and len(err.strip().splitlines()) == 1
    assert "could not be fetched" in err and "no network" in err


def test_module_runs_without_loading_a_model():
    code = "import sys; from fitsense.cli import main; main(['triage', 'my knee aches']); " \
           "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'gradio', 'pandas')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["triage"] == "modify"


def test_output_is_utf8_whatever_the_locale(write):
    profile = write("profile.json", changed_profile("constraints.conditions", ["zörblitis"]))
    done = subprocess.run([sys.executable, "-m", "fitsense", "plan", "--profile", profile], capture_output=True,
                          timeout=60, check=False, env={"LC_ALL": "C", "PYTHONUTF8": "0", "PATH": ""})
    assert done.returncode == 0, done.stderr
    assert "zörblitis" in done.stdout.decode("utf-8")
