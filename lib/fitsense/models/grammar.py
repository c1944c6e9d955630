"""Grammars: each prompt type's response contract as a compact, bounded JSON grammar that masks the next token.

Built from the Pydantic contract's own JSON schema, with key order kept, no white space, bounded strings and arrays.
For a plan, the request bounds the week: the days that `derived` outlines, each with as many exercises as outlined.
Without an outline: as many sessions as the person asks for, each with an equal share of the weekly cap on entries.
Knows no rules: what it lets through is well-formed, not safe (see safety.verifier for that).
"""

from functools import lru_cache
from itertools import combinations

import llguidance
import llguidance.hf
import llguidance.torch as mask_torch
import torch
from transformers import LogitsProcessor

from fitsense.contracts.plan import MAX_ENTRIES_PER_WEEK, Plan
from fitsense.contracts.profile import DAYS, Day, Profile
from fitsense.contracts.requests import RESPONSES, Request
from fitsense.contracts.strictness import dump_compact

# Macro shares a plan may hold, percent: protein 10-45 and fat 15-45 leave carbohydrate the rest, so the sum is 100.
MACRO_PROTEIN, MACRO_FAT = range(10, 46), range(15, 46)
MAX_PER_SESSION = 8  # exercises
MAX_CHAT_CHARACTERS = 900  # plain text: about 150 words
# Lists of exercise names in a plan's recommendations, by contract.
NAME_LISTS = {"IfTooDifficult": "modify_exercises", "IfTooEasy": "add_exercises", "ShortenedVersion": "exercises_to_keep"}
COMPACT = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":", "coerce_one_of": True}


def request_schema(request: Request, exercise_names: tuple[str, ...] = ()) -> dict | None:
    """The JSON schema an answer to this request must follow; None where the answer is plain text."""
    contract = RESPONSES[request.prompt_type]
    if contract is None:
        return None
    schema = _drop_nulls(contract.model_json_schema())
    if exercise_names:
        _limit_names(schema, sorted(exercise_names), _names_in_plan(request))
    if contract is Plan:
        _bound_plan(schema, request.input)
        _split_entry(schema)
        schema["$defs"]["Macros"] = {"enum": [
            {"protein": p, "carbs": 100 - p - f, "fat": f} for p in MACRO_PROTEIN for f in MACRO_FAT]}
    return schema


def _drop_nulls(node):
    """Optional keys are left out when unset, never written as null: forget the null alternative where a default is null."""
    if isinstance(node, list):
        return [_drop_nulls(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "anyOf" in node and node.get("default", ...) is None:
        kept = [_drop_nulls(item) for item in node["anyOf"] if item != {"type": "null"}]
        return kept[0] if len(kept) == 1 else {"anyOf": kept}
    return {key: _drop_nulls(value) for key, value in node.items() if key not in {"title", "description", "default"}
            or isinstance(value, dict)}


def _names_in_plan(request: Request) -> list[str]:
    """Exercises of the plan that a request carries; none where it asks for a plan."""
    return sorted({item.name for day in getattr(request.input, "plan", []) for item in day.exercises})


def _limit_names(schema: dict, allowed: list[str], in_plan: list[str]) -> None:
    """Every field that names an exercise: a new one only from `allowed`, a changed one also from the plan."""
    definitions = schema["$defs"]
    definitions["NewName"], definitions["AnyName"] = {"enum": allowed}, {"enum": sorted({*allowed, *in_plan})}
    new, known = {"$ref": "#/$defs/NewName"}, {"$ref": "#/$defs/AnyName"}
    for definition, key, name in (("ExerciseEntry", "name", new), ("Change", "replacement", new), ("Change", "exercise", known)):
        if definition in definitions:
            definitions[definition]["properties"][key] = name
    for definition, key in NAME_LISTS.items():
        if definition in definitions:
            definitions[definition]["properties"][key]["items"] = new
    if in_plan and "kept" in schema["properties"]:
        schema["properties"]["kept"]["items"] = {"enum": in_plan}


def _bound_plan(schema: dict, profile: Profile) -> None:
    """The week's days and entries: as outlined, else as many as the person asks for under the weekly cap."""
    asked, shown = profile.preferences, profile.derived
    session = schema["$defs"].pop("SessionDay")
    session["properties"]["duration"]["maximum"] = asked.workout_duration
    if shown and shown.week:
        days = {day.day: (len(day.patterns), len(day.patterns)) for day in shown.week}
        choices = [tuple(days)]
    else:
        n_sessions = shown.sessions if shown else asked.days_per_week
        days = dict.fromkeys(DAYS, (1, min(MAX_ENTRIES_PER_WEEK // n_sessions, MAX_PER_SESSION)))
        choices = list(combinations(DAYS, n_sessions))
    for day, (least, most) in days.items():
        schema["$defs"][day] = _bound_day(session, day, least, most)
    schema["$defs"]["WorkoutPlan"]["properties"]["weekly_schedule"] = {"anyOf": [
        {"type": "array", "prefixItems": [{"$ref": f"#/$defs/{day}"} for day in chosen], "items": False,
         "minItems": len(chosen), "maxItems": len(chosen)} for chosen in choices]}


def _bound_day(session: dict, day: Day, least: int, most: int) -> dict:
    """One day's session, of that name and with so many entries."""
    exercises = {**session["properties"]["exercises"], "minItems": least, "maxItems": most}
    return {**session, "properties": {**session["properties"], "day": {"const": day}, "exercises": exercises}}


def _split_entry(schema: dict) -> None:
    """An exercise has reps or duration, exactly one: two alternatives that keep the key order."""
    entry = schema["$defs"].pop("ExerciseEntry")
    for kept, dropped in (("reps", "duration"), ("duration", "reps")):
        properties = {key: value for key, value in entry["properties"].items() if key != dropped}
        schema["$defs"][f"EntryBy_{kept}"] = {**entry, "properties": properties, "required": list(properties)}
    choice = {"anyOf": [{"$ref": "#/$defs/EntryBy_reps"}, {"$ref": "#/$defs/EntryBy_duration"}]}
    for day in set(DAYS) & set(schema["$defs"]):
        schema["$defs"][day]["properties"]["exercises"]["items"] = choice


@lru_cache(maxsize=64)  # a plan's schema is compiled in 20-40 ms and may be as good as its person's own
def _compile_schema(schema_text: str) -> str:
    return llguidance.LLMatcher.grammar_from_json_schema(schema_text, defaults=COMPACT)


def compile_grammar(request: Request, exercise_names: tuple[str, ...] = ()) -> str:
    """The request's grammar in llguidance's form, cached by schema."""
    schema = request_schema(request, exercise_names)
    if schema is None:
        # One paragraph of ordinary text, bounded.
        return llguidance.LLMatcher.grammar_from_regex(rf"[^\x00-\x1f\x7f]{{1,{MAX_CHAT_CHARACTERS}}}")
    return _compile_schema(dump_compact(schema))


def guidance_tokenizer(tokenizer, n_vocab: int, end_id: int) -> llguidance.LLTokenizer:
    """The tokenizer in llguidance's form (about a second to build: keep it)."""
    return llguidance.hf.from_tokenizer(tokenizer, n_vocab=n_vocab, eos_token=end_id)


class GrammarProcessor(LogitsProcessor):
    """Masks, for every row of a batch, the tokens its grammar forbids (None: a row that writes freely).

    Call with left-padded prompts of one length.
    """

    def __init__(self, guidance: llguidance.LLTokenizer, grammars: list[str | None], prompt_length: int):
        self.matchers = [llguidance.LLMatcher(guidance, grammar) if grammar else None for grammar in grammars]
        for matcher in filter(None, self.matchers):
            _raise_error(matcher)
        self.n_seen, self.end_id = prompt_length, guidance.eos_token
        self.bitmask = mask_torch.allocate_token_bitmask(len(grammars), guidance.vocab_size)

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Take the tokens chosen since the last call, then mask scores, shape (batch, vocabulary)."""
        for row, matcher in zip(input_ids[:, self.n_seen:].tolist(), self.matchers, strict=True):
            for token in row:
                if matcher and not matcher.is_stopped():
                    matcher.consume_token(token)
                    _raise_error(matcher)
        self.n_seen = input_ids.shape[1]
        live = [row for row, matcher in enumerate(self.matchers) if matcher and not matcher.is_stopped()]
        for row in live:
            mask_torch.fill_next_token_bitmask(self.matchers[row], self.bitmask, row)
            _raise_error(self.matchers[row])
        allowed = _unpack(self.bitmask[live], scores.shape[1]).to(scores.device)
        scores[live] = scores[live].masked_fill(~allowed, float("-inf"))
        complete = [row for row, matcher in enumerate(self.matchers) if matcher and matcher.is_stopped()]
        scores[complete] = float("-inf")  # nothing can follow a complete answer but the end of the turn
        scores[complete, self.end_id] = 0.0
        return scores


def _raise_error(matcher: llguidance.LLMatcher) -> None:
    """Raise ValueError where the engine gave up: it then calls itself stopped, as if its answer were complete."""
    if matcher.is_error():
        raise ValueError(f"the grammar's engine gave up: {matcher.get_error()}")


def _unpack(bitmask: torch.Tensor, n_vocab: int) -> torch.Tensor:
    """int32 bit masks, shape (rows, words), to booleans, shape (rows, n_vocab)."""
    bits = (bitmask.unsqueeze(-1) >> torch.arange(32, dtype=torch.int32)) & 1
    return bits.flatten(1)[:, :n_vocab].bool()
