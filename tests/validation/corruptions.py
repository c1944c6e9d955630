"""Seeded corruptions of good data, each with the check that must catch it and what its message must say.

A corruption takes the material, a seeded random generator, and changes the material; it may return values for the message.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

POUNDS = 2.20462
SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Corruption:
    """What is done to the data; the name of the check or anomaly that catches it; a pattern its message matches."""

    corrupt: Callable
    check: str
    says: str


def rescale(table, column, factor):
    """A corruption that turns a column into another unit."""
    def corrupt(material, rng):
        frame = material.tables[table]
        frame[column] = (frame[column] * factor).round().astype(frame[column].dtype)
    return corrupt


def set_cell(table, column, value):
    """A corruption that writes one value into one row."""
    def corrupt(material, rng):
        frame = material.tables[table]
        frame.loc[rng.randrange(len(frame)), column] = value
    return corrupt


def records_of(material, kind, splits=SPLITS):
    """Records of one prompt type, in order."""
    return [r for split in splits for r in material.records[split] if r["context"]["prompt_type"] == kind]


def shuffle_labels(kind):
    """A corruption that deals one prompt type's answers anew."""
    def corrupt(material, rng):
        records = records_of(material, kind)
        answers = [record["response"] for record in records]
        rng.shuffle(answers)
        for record, answer in zip(records, answers, strict=True):
            record["response"] = answer
    return corrupt


def change_response(kind, old, new):
    """A corruption that replaces words in one answer."""
    def corrupt(material, rng):
        record = rng.choice([r for r in records_of(material, kind) if old in r["response"]])
        record["response"] = record["response"].replace(old, new, 1)
        return record["record_id"]
    return corrupt


def swap_two_answers(material, rng):
    first, second = rng.sample(records_of(material, "plan_creation"), 2)
    while first["response"] == second["response"]:
        first, second = rng.sample(records_of(material, "plan_creation"), 2)
    first["response"], second["response"] = second["response"], first["response"]


def duplicate_user(material, rng):
    users = material.tables["users"]
    material.tables["users"] = pd.concat([users, users.iloc[[5]]], ignore_index=True)


def enter_person_twice(material, rng):
    frame = material.tables["user_profiles"]
    user = frame.loc[2, "user_id"]
    frame.loc[2] = frame.loc[9]
    frame.loc[2, "user_id"] = user
    return user


def leak_user(material, rng):
    leaked = rng.choice(records_of(material, "coaching_question", ("train",)))
    material.records["train"].remove(leaked)
    material.records["test"].append(leaked)
    return leaked["context"]["user_id"]


def duplicate_record(material, rng):
    record = rng.choice(material.records["train"])
    for name in ("train", "all_records"):
        material.records[name].append(record | {"record_id": "r-copy"})


def duplicate_query(material, rng):
    first, second = rng.sample(material.records["train"], 2)
    second["context"]["query_id"] = first["context"]["query_id"]
    return first["context"]["query_id"]


def ask_like_held_out(material, rng):
    asked = rng.choice([r for r in records_of(material, "coaching_question", ("test",))
                        if len(spoken(r).split()) > 6])
    twin = rng.choice(records_of(material, "coaching_question", ("train",)))
    twin["instruction"] = twin["instruction"].replace(f'"question":"{spoken(twin)}"',
                                                      f'"question":"{spoken(asked).rstrip("?.").upper()}!"')
    return twin["record_id"]


def spoken(record) -> str:
    return record["instruction"].split('"question":"', 1)[1].split('","facts"', 1)[0]


def date_in_the_future(material, rng):
    frame = material.tables["weight_logs"]
    frame.loc[rng.randrange(len(frame)), "logged_on"] = date(2099, 1, 1)


def all_workouts_next_year(material, rng):
    frame = material.tables["workouts"]
    frame["done_on"] = frame["done_on"].map(lambda day: day + timedelta(days=365))


def log_before_joining(material, rng):
    material.tables["sleep_duration_logs"].loc[4, "logged_on"] = date(1999, 12, 31)


def follow_strangers_plan(material, rng):
    frame = material.tables["workouts"]
    strangers = frame.loc[frame["user_id"] != frame.loc[0, "user_id"], "plan_day_id"]
    frame.loc[0, "plan_day_id"] = strangers.iloc[rng.randrange(len(strangers))]


def cut_table_short(material, rng):
    material.tables["user_medical_profiles"] = material.tables["user_medical_profiles"].iloc[:-3]


def lose_user(material, rng):
    material.tables["users"] = material.tables["users"].iloc[1:]


def swap_sexes(material, rng):
    swap = {"male": "female", "female": "male"}
    material.tables["user_profiles"]["gender"] = material.tables["user_profiles"]["gender"].replace(swap)


def tag_wrongly(material, rng):
    tags = rng.choice([r for r in material.records["train"] if r["context"]["slice_tags"]["goal_type"] != "mobility"])
    tags["context"]["slice_tags"]["goal_type"] = "mobility"
    return tags["record_id"]


def edit_request(material, rng):
    record = rng.choice(records_of(material, "coaching_question"))
    record["instruction"] = record["instruction"].replace("Input:\n{", "Input:\n{ ", 1)
    return record["record_id"]


def invent_exercise(material, rng):
    record = rng.choice(records_of(material, "plan_creation"))
    name = record["response"].split('"exercises":[{"name":"', 1)[1].split('"', 1)[0]
    record["response"] = record["response"].replace(name, "Flying Trapeze")
    return record["record_id"]


def make_constant(material, rng):
    material.tables["workouts"]["effort"] = 5.0


def forget_column_values(material, rng):
    frame = material.tables["user_profiles"]
    frame.loc[frame.index[:20], "sleep_hours"] = None


def drop_key(material, rng):
    del rng.choice(material.records["val"])["context"]["scenario_id"]


def break_metadata(material, rng):
    material.records["train"][0]["metadata"]["n_tokens"] = 3.5


def empty_split(material, rng):
    material.records["val"].clear()


def forget_in_union(material, rng):
    return material.records["all_records"].pop(rng.randrange(40))["record_id"]


def shorten_answer(material, rng):
    record = rng.choice(records_of(material, "coaching_question"))
    record["response"] = "No."
    return record["record_id"]


def keep_plans_alone(material, rng):
    material.records["test"] = records_of(material, "plan_creation", ("test",))


def extra_column(material, rng):
    material.tables["goals"] = material.tables["goals"].assign(surprise=1)


def text_for_number(material, rng):
    material.tables["user_profiles"]["age"] = material.tables["user_profiles"]["age"].astype(str)


def both_reps_and_minutes(material, rng):
    frame = material.tables["plan_sets"]
    place = frame.index[frame["reps"].notna()][3]
    frame.loc[place, "duration_min"] = 20


def neglect_women(material, rng):
    for record in (r for split in SPLITS for r in material.records[split]):
        if record["context"]["slice_tags"]["sex"] == "female":
            record["response"] = "{}" if record["context"]["prompt_type"] != "coaching_question" else "x " * 200


CORRUPTIONS: dict[str, Corruption] = {
    "weights logged in pounds": Corruption(rescale("weight_logs", "weight_kg", POUNDS), "units.weight_logs_kg",
                                           r"user \d+: 2\.\d+ times the profile's weight"),
    "profile weights in pounds": Corruption(rescale("user_profiles", "weight_kg", POUNDS), "units.height_and_weight",
                                            r"median BMI \d+\.\d outside"),
    "heights in metres": Corruption(rescale("user_profiles", "height_cm", 0.01), "user_profiles.constraints",
                                    r"row user_id \d+ breaks height_cm BETWEEN"),
    "sleep in minutes": Corruption(rescale("sleep_duration_logs", "hours", 60), "units.sleep_hours", r"user \d+: mean \d+"),
    "food in kilojoules": Corruption(rescale("calorie_intake_logs", "kcal", 4.184), "units.calories_kcal",
                                     r"user \d+: mean \d+"),
    "sessions in seconds": Corruption(rescale("workouts", "duration_min", 60), "units.session_minutes", r"row \d+: \d+"),
    "a duplicated user": Corruption(duplicate_user, "users.primary_key", r"user_id 6 more than once"),
    "one person under two ids": Corruption(enter_person_twice, "rows.people_distinct", r"user_profiles user_id 10: .*user {0}"),
    "a leaked user": Corruption(leak_user, "split.users_disjoint", r"user {0} in test, train"),
    "a duplicated record": Corruption(duplicate_record, "split.records_unique",
                                      r"2 records hold the same question and answer: '"),
    "a duplicated query": Corruption(duplicate_query, "split.queries_unique", r"{0} answered 2 times"),
    "a near-duplicate across splits": Corruption(ask_like_held_out, "near_duplicate_requests_across_splits",
                                                 r"{0} in train, r-\d+-\d held out: 1\.00 alike"),
    "shuffled plans": Corruption(shuffle_labels("plan_creation"), "records.labels_match.plan_creation",
                                 r"% of answers fit .*not: r-"),
    "shuffled modifications": Corruption(shuffle_labels("plan_modification"), "records.labels_match.plan_modification",
                                         r"not: r-"),
    "shuffled adaptations": Corruption(shuffle_labels("progress_adaptation"), "records.labels_match.progress_adaptation",
                                       r"not: r-"),
    "shuffled chat": Corruption(shuffle_labels("coaching_question"), "records.labels_match.coaching_question", r"not: r-"),
    "shuffled triage": Corruption(shuffle_labels("safety_adjustment"), "records.response_safety", r"r-\d+-\d: \S+ at "),
    "two answers swapped": Corruption(swap_two_answers, "answers_of_another_question", r"r-\d+-\d \(plan_creation\)"),
    "a date in the future": Corruption(date_in_the_future, "rows.dates",
                                       r"weight_logs user_id \d+: logged_on 2099-01-01, the run's logs end by \d+-"),
    "a table dated next year": Corruption(all_workouts_next_year, "rows.dates", r"workouts user_id \d+: done_on 2027"),
    "a log before joining": Corruption(log_before_joining, "rows.dates", r"sleep_duration_logs .* 1999-12-31, joined on"),
    "a broken foreign key": Corruption(set_cell("workout_exercises", "exercise_id", 99_999), "workout_exercises.foreign_keys",
                                       r"exercise_id -> exercises.exercise_id: 99999 in row workout_exercise_id \d+"),
    "a stranger's plan": Corruption(follow_strangers_plan, "rows.links", r"workout \d+ follows a plan of user \d+"),
    "a negative weight": Corruption(set_cell("weight_logs", "weight_kg", -70.0), "weight_logs.constraints",
                                    r"row user_id \d+, logged_on \S+ breaks weight_kg BETWEEN 25 AND 350"),
    "an impossible set": Corruption(both_reps_and_minutes, "plan_sets.constraints",
                                    r"plan_exercise_id \d+, set_number \d breaks \(reps IS NULL\)"),
    "an unknown goal word": Corruption(set_cell("user_profiles", "fitness_level", "expert"), "user_profiles.constraints",
                                       r"breaks fitness_level IN"),
    "swapped sexes": Corruption(swap_sexes, "records.match_tables", r"asks about \(\d+, '\w+'\), user_profiles has"),
    "a missing number": Corruption(set_cell("weight_logs", "weight_kg", None), "weight_logs.columns",
                                   r"weight_kg: not_nullable \(nan in row \d+\)"),
    "an extra column": Corruption(extra_column, "goals.columns", r"surprise"),
    "numbers as text": Corruption(text_for_number, "user_profiles.columns", r"age: is integer"),
    "a column mostly missing": Corruption(forget_column_values, "missing_values",
                                          r"user_profiles.sleep_hours: \d\d\.\d% missing"),
    "a night that never ends": Corruption(set_cell("sleep_duration_logs", "hours", 23.5), "plausible.night",
                                          r"user_id.*23\.5 hours of sleep"),
    "a constant column": Corruption(make_constant, "constant_columns", r"workouts\.effort"),
    "a table cut short": Corruption(cut_table_short, "rows.people_whole", r"user_medical_profiles user_id 2\d: no row"),
    "a lost user": Corruption(lose_user, "records.users_known", r"user 1\b"),
    "a wrong slice tag": Corruption(tag_wrongly, "records.slice_tags", r"{0}: goal_type"),
    "an edited request": Corruption(edit_request, "records.request_contract", r"{0}: instruction"),
    "a broken answer": Corruption(change_response("plan_creation", '"workout_plan"', '"workout"'), "records.response_contract",
                                  r"{0}: .*workout"),
    "an exercise nobody knows": Corruption(invent_exercise, "records.response_safety", r"{0}: \S+ at workout_plan"),
    "a lost key": Corruption(drop_key, "records.keys", r"val: "),
    "a number of the wrong kind": Corruption(break_metadata, "records.keys", r"n_tokens: is whole number"),
    "an empty split": Corruption(empty_split, "split.nonempty", r"val"),
    "a record outside the union": Corruption(forget_in_union, "split.union", r"{0} on one side only"),
    "an answer far too short": Corruption(shorten_answer, "response_length.coaching_question", r"{0}: z -\d"),
    "a split of plans alone": Corruption(keep_plans_alone, "split_imbalance", r"test: plan_creation \+\d"),
    "worse answers for one sex": Corruption(neglect_women, "sex=female: conformance", r"gap -1"),
}
