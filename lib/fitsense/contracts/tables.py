"""The one relational schema: who the people are, what they planned, did, ate, slept and weighed, and what they asked.

`METADATA` holds every table, `TABLES` their names with parents before children, `ddl_text()` the portable DDL that
SQLite and PostgreSQL both run. Units: minutes, seconds, kg, cm, kcal/day, hours. Holds no rows.
"""

from typing import get_args

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.schema import CreateIndex, CreateTable

from fitsense.contracts.plan import DAYS
from fitsense.contracts.profile import Activity, Equipment, Gender, Goal, Level
from fitsense.contracts.requests import PROMPT_TYPES

METADATA = MetaData()


def _one_of(column: str, allowed: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in allowed)
    return CheckConstraint(f"{column} IN ({listed})")


def _between(column: str, low: float, high: float) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN {low} AND {high}")


def _key(name: str) -> Column:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _parent(name: str, target: str, primary_key: bool = False) -> Column:
    return Column(name, BigInteger, ForeignKey(target), primary_key=primary_key, nullable=False, autoincrement=False)


def _need(name: str, kind) -> Column:
    return Column(name, kind, nullable=False)


def _maybe(name: str, kind) -> Column:
    return Column(name, kind)


def _day_key(name: str = "logged_on") -> Column:
    return Column(name, Date, primary_key=True)


# --- people
# Consent to keep and use what follows: null until given; withdrawn consent stays on record until the person is deleted.
Table("users", METADATA, _key("user_id"), _need("joined_on", Date), _maybe("consented_on", Date),
      _maybe("consent_withdrawn_on", Date),
      CheckConstraint("consent_withdrawn_on IS NULL OR consent_withdrawn_on >= consented_on"))
Table("user_profiles", METADATA, _parent("user_id", "users.user_id", primary_key=True),
      _need("age", Integer), _need("gender", Text), _need("height_cm", Float), _need("weight_kg", Float),
      _need("fitness_level", Text), _maybe("activity_level", Text), _maybe("training_years", Float),
      _need("workout_duration", Integer), _need("days_per_week", Integer), _need("equipment_access", Text),
      _need("preferred_activities", Text), _need("time_restrictions", Text), _need("location", Text),
      _maybe("diet", Text), _need("workout_completion_rate", Float), _need("average_intensity_rating", Float),
      _maybe("sleep_hours", Float), _maybe("calorie_intake", Integer), _need("health", Integer),
      _need("strength", Integer), _need("agility", Integer), _need("endurance", Integer), _need("xp", Integer),
      _need("level", Integer),
      _between("age", 13, 100), _one_of("gender", get_args(Gender)), _between("height_cm", 100, 230),
      _between("weight_kg", 25, 350), _one_of("fitness_level", get_args(Level)),
      _one_of("activity_level", get_args(Activity)), _one_of("equipment_access", get_args(Equipment)),
      _between("workout_duration", 10, 180), _between("days_per_week", 1, 7),
      _between("workout_completion_rate", 0, 1), _between("average_intensity_rating", 0, 10))
Table("goals", METADATA, _key("goal_id"), Column("name", Text, nullable=False, unique=True),
      _one_of("name", get_args(Goal)))
Table("user_goals", METADATA, _parent("user_id", "users.user_id", primary_key=True),
      _parent("goal_id", "goals.goal_id", primary_key=True), _need("priority", Integer), _between("priority", 1, 3))
Table("conditions", METADATA, _key("condition_id"), Column("name", Text, nullable=False, unique=True),
      _need("kind", Text), _one_of("kind", ("injury", "medical")))
Table("user_conditions", METADATA, _parent("user_id", "users.user_id", primary_key=True),
      _parent("condition_id", "conditions.condition_id", primary_key=True), _need("own_words", Text))
Table("user_medical_profiles", METADATA, _parent("user_id", "users.user_id", primary_key=True),
      _need("condition_flag", Text), _need("max_intensity", Text), _need("min_rir", Integer),
      _need("calorie_number_allowed", Boolean), _maybe("referral", Text),
      _one_of("condition_flag", ("none", "injury", "medical", "both")),
      _one_of("max_intensity", ("low", "moderate", "high")), _between("min_rir", 0, 10))
Table("user_medications", METADATA, _parent("user_id", "users.user_id", primary_key=True),
      Column("position", Integer, primary_key=True, autoincrement=False), _need("medication", Text))
Table("user_allergies", METADATA, _parent("user_id", "users.user_id", primary_key=True),
      Column("position", Integer, primary_key=True, autoincrement=False), _need("allergy", Text))

# --- catalogue
Table("equipment", METADATA, _key("equipment_id"), Column("name", Text, nullable=False, unique=True),
      _one_of("name", get_args(Equipment)))
Table("exercises", METADATA, _key("exercise_id"), Column("name", Text, nullable=False, unique=True),
      _need("kind", Text), _need("pattern", Text), _need("level", Text), _need("primary_muscles", Text),
      _need("secondary_muscles", Text), _need("met", Float), _need("seated", Boolean),
      _one_of("level", get_args(Level)))
Table("exercise_equipment", METADATA, _parent("exercise_id", "exercises.exercise_id", primary_key=True),
      _parent("equipment_id", "equipment.equipment_id", primary_key=True))

# --- what was planned
Table("workout_plans", METADATA, _key("plan_id"), _parent("user_id", "users.user_id"), _need("created_on", Date),
      _need("name", Text), _need("overview", Text), _maybe("calorie_target", Integer))
Table("plan_days", METADATA, _key("plan_day_id"), _parent("plan_id", "workout_plans.plan_id"), _need("day", Text),
      _need("focus", Text), _need("duration_min", Integer), _need("intensity_level", Text),
      _one_of("day", DAYS), _one_of("intensity_level", ("low", "moderate", "high")))
Table("plan_exercises", METADATA, _key("plan_exercise_id"), _parent("plan_day_id", "plan_days.plan_day_id"),
      _parent("exercise_id", "exercises.exercise_id"), _need("position", Integer), _need("intensity", Text),
      _need("rest_s", Integer), _need("notes", Text))
Table("plan_sets", METADATA, _parent("plan_exercise_id", "plan_exercises.plan_exercise_id", primary_key=True),
      Column("set_number", Integer, primary_key=True, autoincrement=False), _maybe("reps", Text),
      _maybe("duration_min", Integer), CheckConstraint("(reps IS NULL) <> (duration_min IS NULL)"))

# --- what was done
Table("workouts", METADATA, _key("workout_id"), _parent("user_id", "users.user_id"),
      _parent("plan_day_id", "plan_days.plan_day_id"), _need("done_on", Date), _need("duration_min", Integer),
      _need("effort", Float), _between("effort", 0, 10))
Table("workout_exercises", METADATA, _key("workout_exercise_id"), _parent("workout_id", "workouts.workout_id"),
      _parent("exercise_id", "exercises.exercise_id"), _need("position", Integer))
Table("workout_sets", METADATA,
      _parent("workout_exercise_id", "workout_exercises.workout_exercise_id", primary_key=True),
      Column("set_number", Integer, primary_key=True, autoincrement=False), _maybe("reps", Integer),
      _maybe("seconds", Integer), _need("weight_kg", Float), _need("rir", Float),
      CheckConstraint("(reps IS NULL) <> (seconds IS NULL)"), _between("weight_kg", 0, 600), _between("rir", 0, 10))

# --- food, sleep, weight: a target, and a log a day at most
Table("calorie_targets", METADATA, _parent("user_id", "users.user_id", primary_key=True), _day_key("valid_from"),
      _need("kcal", Integer), _between("kcal", 1000, 6000))
Table("calorie_intake_logs", METADATA, _parent("user_id", "users.user_id", primary_key=True), _day_key(),
      _need("kcal", Integer), _between("kcal", 0, 8000))
Table("sleep_targets", METADATA, _parent("user_id", "users.user_id", primary_key=True), _day_key("valid_from"),
      _need("hours", Float), _between("hours", 0, 16))
Table("sleep_duration_logs", METADATA, _parent("user_id", "users.user_id", primary_key=True), _day_key(),
      _need("hours", Float), _between("hours", 0, 16))
Table("weight_logs", METADATA, _parent("user_id", "users.user_id", primary_key=True), _day_key(),
      _need("weight_kg", Float), _between("weight_kg", 25, 350))

# --- what was asked of a coach; filled by the app, empty after synthesis
Table("ai_interactions", METADATA, Column("interaction_id", Integer, primary_key=True),
      Column("user_id", BigInteger, ForeignKey("users.user_id")), _need("asked_at", Text), _need("prompt_type", Text),
      _need("request", Text), _need("response", Text), _maybe("raw_response", Text), _need("model_label", Text),
      _need("verdict", Text), _need("violations", Text), _maybe("latency_s", Float),
      _one_of("prompt_type", PROMPT_TYPES), _one_of("verdict", ("accepted", "repaired", "replaced")))

for _table, _column in (("workout_plans", "user_id"), ("plan_days", "plan_id"), ("plan_exercises", "plan_day_id"),
                        ("workouts", "user_id"), ("workout_exercises", "workout_id")):
    Index(f"ix_{_table}_{_column}", METADATA.tables[_table].c[_column])

TABLES: tuple[str, ...] = tuple(table.name for table in METADATA.sorted_tables)


def ddl_text() -> str:
    """Write the schema as portable SQL (standard types only): runs on SQLite and on PostgreSQL, parents first."""
    statements = []
    for table in METADATA.sorted_tables:
        statements.append(str(CreateTable(table)).strip())
        statements += [str(CreateIndex(index)).strip() for index in sorted(table.indexes, key=lambda one: one.name)]
    text = ";\n\n".join(statements) + ";\n"
    return "\n".join(line.rstrip().replace("\t", "  ") for line in text.splitlines()) + "\n"
