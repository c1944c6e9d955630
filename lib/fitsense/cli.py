"""The command line: plan, meals, verify, triage, adapt, one at a time or a JSON object a line; the demo; adapters; data.

    python -m fitsense plan --profile profile.json
    python -m fitsense meals --profile profile.json
    python -m fitsense triage "my knee hurts when I squat"
    python -m fitsense verify --jsonl pairs.jsonl

Exit codes: 0 done, 1 violations found (verify), 2 bad input (one line on stderr naming field, value, what is allowed).
With --jsonl each line is answered by {"id", "ok", "result" | "error"} and the exit code is 0. The rules path loads no
model; --coach PATH loads an adapter. Knows no rule itself.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from fitsense.artifacts import ArtifactError
from fitsense.cli_adapters import add_adapters_command
from fitsense.cli_data import add_data_commands
from fitsense.contracts.changes import Adaptation, SafetyAdjustment
from fitsense.contracts.logs import Logs
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import AdaptPlan, Person, Request, compact_week, make_request, person_of
from fitsense.contracts.strictness import (
    MAX_BYTES,
    ContractError,
    Strict,
    check_contract,
    dump_compact,
    load_contract,
    parse_json,
)

DONE, VIOLATIONS, BAD_INPUT = 0, 1, 2
MAX_TRIAGE_CHARACTERS = 4000
Answer = Callable[[Request], str]
NEEDS = {"plan": ("profile",), "meals": ("profile",), "verify": ("profile", "plan"), "triage": ("text",),
         "adapt": ("plan", "logs")}
TAKES = {"plan": ("profile",), "meals": ("profile",), "verify": ("profile", "plan"), "triage": ("text", "profile", "plan"),
         "adapt": ("plan", "logs", "profile")}
BY_RULES = ("meals", "verify")  # no coach is asked


class _LogFile(Strict):
    logs: Logs


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Exit 2 with one line on stderr."""
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def main(argv: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = build_parser().parse_args(argv)
    try:
        code = args.run(args)
        sys.stdout.flush()
        return code
    except ContractError as broken:
        print(broken, file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # The reader went away (`| head`): nothing is left to say, and nothing may be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def build_parser() -> argparse.ArgumentParser:
    """Describe the nine commands."""
    parser = _Parser(prog="fitsense", description="A fitness coach: plans, meals, checks, triage, adaptation, a demo, "
                     "the versions of its adapter, and what its data hold.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    helps = {"plan": "print the plan for a profile", "meals": "print a week of meals for a profile, or why there is none",
             "verify": "print what is wrong with a plan (exit 1 if anything)", "triage": "judge a message",
             "adapt": "adapt a plan to logs"}
    for name, text in helps.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == "triage":
            command.add_argument("text", nargs="?", metavar="TEXT", help="the message")
        else:
            for key in TAKES[name]:
                command.add_argument(f"--{key}", metavar="FILE", help=f"JSON file with the {key} (- reads stdin)")
        if name not in BY_RULES:
            command.add_argument("--coach", default="rules", metavar="rules|PATH", help="who answers (default: rules)")
        command.add_argument("--jsonl", metavar="FILE", help="one JSON object a line: id, " + ", ".join(TAKES[name]))
        command.set_defaults(run=run_command)
    demo = commands.add_parser("demo", help="open the coaching app", description="Open the coaching app.")
    demo.add_argument("--share", action="store_true", help="make a public link (needs --auth)")
    demo.add_argument("--auth", metavar="USER:PASS", help="ask visitors for this name and password")
    demo.add_argument("--store", metavar="FILE", help="keep profiles, questions and answers in this SQLite file, made if "
                      "it is not there (default: nothing is kept)")
    demo.set_defaults(run=run_demo)
    add_adapters_command(commands)
    add_data_commands(commands)
    return parser


def run_command(args: argparse.Namespace) -> int:
    """Run plan, meals, verify, triage or adapt on one input or on a file of them."""
    given = {key: getattr(args, key, None) for key in TAKES[args.command]}
    coach = getattr(args, "coach", "rules")
    if args.jsonl is not None:
        extra = [key for key, value in given.items() if value is not None]
        if extra:
            raise ContractError(extra[0], given[extra[0]], "either --jsonl or single inputs, not both")
        return run_jsonl(args.command, args.jsonl, open_answerer(coach))
    for key in NEEDS[args.command]:
        if given[key] is None:
            name = "TEXT" if key == "text" else f"--{key} FILE"
            raise ContractError(key, None, f"{name} (or --jsonl FILE) is required by {args.command}")
    record = {key: value if key == "text" else parse_named(read_text(value, key), key)
              for key, value in given.items() if value is not None}
    result = COMMANDS[args.command](record, open_answerer(coach))
    print(dump_compact(result))
    return VIOLATIONS if args.command == "verify" and result else DONE


def parse_named(text: str, what: str) -> Any:
    """Parse strict JSON; every complaint names what was read."""
    try:
        return parse_json(text, what)
    except ContractError as broken:
        if broken.field.split(".")[0] == what:
            raise
        raise ContractError(f"{what}: {broken.field}", broken.value, broken.allowed) from None


def run_jsonl(command: str, path: str, answer: Answer) -> int:
    """Answer each line of a file by one line; a bad line is reported in its place and stops nothing."""
    for line in iter_lines(path):
        identity = None
        try:
            record = parse_json(line, "line")
            if not isinstance(record, dict):
                raise ContractError("line", record, "a JSON object")
            identity = record.pop("id", None)
            result = {"id": identity, "ok": True, "result": COMMANDS[command](check_record(command, record), answer)}
        except ContractError as broken:
            result = {"id": identity, "ok": False, "error": str(broken)}
        print(dump_compact(result), flush=True)
    return DONE


def check_record(command: str, record: dict) -> dict:
    """Check that a line has the keys its command needs; keys that other commands take are ignored."""
    known = {key for keys in TAKES.values() for key in keys}
    for key in record:
        if key not in known:
            raise ContractError(key, record[key], f"id, {', '.join(TAKES[command])}")
    for key in NEEDS[command]:
        if record.get(key) is None:
            raise ContractError(key, record.get(key), f"this key is required by {command}")
    return {key: record[key] for key in TAKES[command] if record.get(key) is not None}


def iter_lines(path: str) -> Iterator[str]:
    """Yield the non-blank lines of a UTF-8 file; a line that is not UTF-8 comes with its bad bytes marked."""
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as stream:
            for line in stream:
                text = line.decode("utf-8-sig", "surrogateescape").strip()
                if text:
                    yield text
    except OSError as error:
        raise ContractError("jsonl", path, f"a readable file ({error.strerror})") from None


def read_text(path: str, what: str) -> str:
    """Read a UTF-8 file (- is stdin); raises ContractError naming what it was for."""
    try:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if path == "-" else _read_bounded(Path(path))
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise ContractError(what, path, f"a readable file ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ContractError(what, path, f"UTF-8 text (byte {error.start} is not)") from None


def _read_bounded(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def open_answerer(coach: str) -> Answer:
    """Return what answers a request: the rules, or the coach behind an adapter folder (loads a model)."""
    if coach == "rules":
        return answer_by_rules
    folder = Path(coach)
    if not (folder / "adapter_config.json").is_file():
        raise ContractError("coach", coach, "rules, or a folder with adapter_config.json")
    from fitsense.coach.coaches import StudentCoach
    from fitsense.models.adapters import AdapterError
    from fitsense.models.base import BaseModelError
    try:
        student = StudentCoach.from_adapter(folder)
    except (AdapterError, ArtifactError, BaseModelError, ValidationError) as error:
        raise ContractError("coach", coach, f"an adapter that loads ({' '.join(str(error).split())})") from None
    return lambda request: student.answer(request).text


def answer_by_rules(request: Request) -> str:
    """Answer by the planning engine."""
    from fitsense.planning.respond import respond
    return respond(request)


def make_plan(record: dict, answer: Answer) -> Any:
    """The plan for {"profile"}; ContractError, and no plan, where the profile's own words tell of an emergency now."""
    from fitsense.coach.conversation import plan_request
    profile = check_contract(Profile, record["profile"], "profile")
    return parse_json(answer(plan_request(profile)), "plan")


def plan_meals(record: dict, answer: Answer) -> dict:
    """The week of meals for {"profile"}; the answerer is not asked."""
    from fitsense.coach.conversation import check_no_emergency
    from fitsense.planning.meal_week import plan_meal_week
    profile = check_contract(Profile, record["profile"], "profile")
    check_no_emergency(profile)
    return plan_meal_week(profile).model_dump(mode="json")


def verify_record(record: dict, answer: Answer) -> list[dict]:
    """The violations of {"profile", "plan"}; the answerer is not asked."""
    from fitsense.safety.verifier import verify_plan
    profile = check_contract(Profile, record["profile"], "profile")
    plan = check_contract(Plan, record["plan"], "plan")
    return [asdict(violation) for violation in verify_plan(profile, plan)]


def triage_record(record: dict, answer: Answer) -> Any:
    """The triage of {"text"}: by the rules alone, or, by a coach or with a profile, as a whole answer with changes."""
    text = check_message(record["text"])
    if answer is answer_by_rules and "profile" not in record:
        return triage_alone(text)
    person, week = read_context(record)
    if len(text) > 600:
        raise ContractError("text", f"{len(text)} characters", "1 to 600 characters for a coach")
    payload = {"person": person.model_dump(mode="json"), "plan": [day.model_dump(mode="json") for day in week],
               "message": text}
    return parse_json(answer(make_request("safety_adjustment", payload)), "answer")


def triage_alone(text: str) -> dict:
    """The triage of a message without a person or plan, in the form of a safety answer without changes."""
    from fitsense.safety.triage import triage_text
    found = triage_text(text)
    adjustment = SafetyAdjustment(triage=found.triage, message=found.message, changes=[],
                                  stop_signs=list(found.stop_signs), see_professional=found.see_professional)
    return adjustment.model_dump(mode="json")


def check_message(text: Any) -> str:
    """Check a message: text, not blank, bounded, without control characters."""
    if not isinstance(text, str):
        raise ContractError("text", text, "a string")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip() or len(text) > MAX_TRIAGE_CHARACTERS:
        shown = text if len(text) <= 80 else f"{len(text)} characters"
        raise ContractError("text", shown, f"1 to {MAX_TRIAGE_CHARACTERS} characters, not blank")
    return parse_json(dump_compact(text), "text")


def read_context(record: dict) -> tuple[Person, list]:
    """The person and the week a message is about: from the record, else the engine's plan for a plain beginner."""
    from fitsense.planning.prescribe import prescribe
    profile = check_contract(Profile, record.get("profile", PLAIN_PROFILE), "profile")
    plan = check_contract(Plan, record["plan"], "plan") if "plan" in record else prescribe(profile)
    return person_of(profile), compact_week(plan)


def adapt_record(record: dict, answer: Answer) -> Any:
    """The adaptation of {"plan", "logs"[, "profile"]}; the plan in full or in the compact, loaded form."""
    from fitsense.coach.conversation import check_no_emergency
    from fitsense.planning.calorie_steps import keep_calories_safe
    logs = read_logs(record["logs"])
    profile = check_contract(Profile, record["profile"], "profile") if "profile" in record else None
    if profile is not None:
        check_no_emergency(profile)
    if not isinstance(record["plan"], dict) or "workout_plan" not in record["plan"]:
        return adapt_loaded(record["plan"], logs, profile, answer)
    plan = check_contract(Plan, record["plan"], "plan")
    person = person_of(profile) if profile else person_of_plan(plan)
    payload = {"person": person.model_dump(mode="json"), "logs": [week.model_dump(mode="json") for week in logs],
               "plan": [day.model_dump(mode="json") for day in compact_week(plan)]}
    adaptation = load_contract(Adaptation, answer(make_request("progress_adaptation", payload)), "answer")
    return keep_calories_safe(adaptation, plan.nutrition_suggestions.calorie_target, profile).model_dump(mode="json")


def adapt_loaded(plan: Any, logs: list, profile: Profile | None, answer: Answer) -> dict:
    """Adapt a plan of loaded exercises, by the rules; calories stay where a change could harm this person."""
    from fitsense.planning.adapt import adapt_compact
    from fitsense.planning.calorie_steps import keep_calories_safe
    if answer is not answer_by_rules:
        raise ContractError("coach", "an adapter", "rules, where the plan is a list of loaded exercises")
    checked = check_contract(AdaptPlan, plan, "plan")
    person = person_of(profile or check_contract(Profile, PLAIN_PROFILE, "profile"))
    adaptation = adapt_compact(checked, logs, person)
    return keep_calories_safe(adaptation, checked.calorie_target, profile).model_dump(mode="json")


def read_logs(value: Any) -> list:
    """Check zero to four weeks of logs."""
    try:
        return check_contract(_LogFile, {"logs": value}, "input").logs
    except ContractError as broken:
        raise ContractError(broken.field.removeprefix("input."), broken.value, broken.allowed) from None


def person_of_plan(plan: Plan) -> Person:
    """A plain person for a plan that came without a profile: its days and its longest session."""
    week = plan.workout_plan.weekly_schedule
    longest = max(session.duration for session in week)
    return person_of(check_contract(Profile, PLAIN_PROFILE, "profile")).model_copy(
        update={"days_per_week": len(week), "workout_duration": max(10, longest), "equipment_access": "full_gym"})


def run_demo(args: argparse.Namespace) -> int:
    """Open the app and serve until interrupted; bad use is refused before anything heavy is loaded."""
    if args.store is not None and (not args.store or Path(args.store).is_dir()):
        raise ContractError("store", args.store, "a file (it is made if it is not there)")
    user, _, password = (args.auth or "").partition(":")
    if (args.share or args.auth is not None) and not (user and password):
        raise ContractError("auth", args.auth, "USER:PASS, both not empty (required with --share)")
    from fitsense.app.launch import AppError, launch_app
    try:
        launch_app(share=args.share, auth=args.auth, store_path=Path(args.store) if args.store is not None else None)
    except AppError as error:
        print(str(error).replace("\n", " "), file=sys.stderr)
        return BAD_INPUT
    return DONE


COMMANDS: dict[str, Callable[[dict, Answer], Any]] = {
    "plan": make_plan, "meals": plan_meals, "verify": verify_record, "triage": triage_record, "adapt": adapt_record}

# Who is meant where a command needs a person and none is given: an adult without limits, so that only the message or
# the logs decide.
PLAIN_PROFILE = {
    "personal_info": {"age": 35, "gender": "other", "height_cm": 172, "weight_kg": 72, "fitness_level": "beginner"},
    "goals": ["general_fitness"],
    "preferences": {"workout_duration": 40, "days_per_week": 3, "equipment_access": "no_equipment",
                    "preferred_activities": []},
    "constraints": {"injuries": [], "conditions": [], "time_restrictions": "", "location": ""},
    "metrics": {"weight_history": [], "workout_completion_rate": 0.5, "average_intensity_rating": 5},
    "feedback": {"previous_workouts": []},
    "gamified_stats": {"health": 50, "strength": 50, "agility": 50, "endurance": 50, "xp": 0, "level": 1},
}
