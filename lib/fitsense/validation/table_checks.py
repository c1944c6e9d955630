"""Checks on the relational tables, all derived from the one schema: columns and types, keys, references, constraints.

pandera checks the frames; the CHECK constraints run as SQL in an in-memory SQLite, as a database would run them.
"""

import sqlite3
from contextlib import closing

import pandas as pd
import pandera.pandas as pa
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, Float, Integer, Table, Text

from fitsense.contracts.tables import METADATA, TABLES
from fitsense.validation.checks import Check, make_check


def check_tables(tables: dict[str, pd.DataFrame]) -> list[Check]:
    """Four checks a table: `<table>.columns`, `.primary_key`, `.foreign_keys`, `.constraints`."""
    checks = []
    for name in TABLES:
        table, frame = METADATA.tables[name], tables[name]
        checks.append(check_columns(table, frame))
        if checks[-1].passed:
            checks += [check_primary_key(table, frame), check_foreign_keys(table, frame, tables),
                       check_constraints(table, frame)]
    return checks


def check_columns(table: Table, frame: pd.DataFrame) -> Check:
    """Columns, kinds of value and missing values, by a pandera schema made from the table."""
    try:
        make_schema(table).validate(frame, lazy=True)
        faults = []
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.drop_duplicates(["column", "check", "failure_case"])
        faults = [f"{row.column}: {row.check} ({row.failure_case}{_place(row.index_)})"
                  for row in cases.rename(columns={"index": "index_"}).itertuples()]
    return make_check(f"{table.name}.columns", len(frame), faults, f"{len(table.columns)} columns as the schema says")


def _place(row) -> str:
    return "" if pd.isna(row) else f" in row {row:.0f}"


def coerce_columns(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """A table with exactly the schema's columns, what is no number missing: so that one fault does not hide the others."""
    frame = frame.reindex(columns=[column.name for column in table.columns])
    numbers = [c.name for c in table.columns if isinstance(c.type, (Float, Integer)) and not isinstance(c.type, Boolean)]
    dates = [column.name for column in table.columns if isinstance(column.type, Date)]
    return frame.assign(**{name: pd.to_numeric(frame[name], errors="coerce") for name in numbers},
                        **{name: pd.to_datetime(frame[name], errors="coerce") for name in dates})


def make_schema(table: Table) -> pa.DataFrameSchema:
    """The pandera schema of a SQL table: exactly its columns, of its kinds, null only where it may be."""
    return pa.DataFrameSchema({column.name: pa.Column(checks=[kind_check(column.type)], nullable=bool(column.nullable))
                               for column in table.columns}, strict=True, name=table.name)


def kind_check(kind) -> pa.Check:
    """A pandera check that a column holds values of an SQL type."""
    for types, test in (((BigInteger, Integer), _are_integers), ((Boolean,), pd.api.types.is_bool_dtype),
                        ((Float,), _are_numbers), ((Date,), _are_dates), ((Text,), _are_texts)):
        if isinstance(kind, types):
            return pa.Check(test, name=f"is {type(kind).__name__.lower()}", ignore_na=True)
    raise TypeError(f"no check for SQL type {kind!r}")


def _are_numbers(series: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)


def _are_integers(series: pd.Series) -> bool:
    return series.empty or (_are_numbers(series) and bool((series.dropna() % 1 == 0).all()))


def _are_dates(series: pd.Series) -> bool:
    return bool(pd.to_datetime(series.dropna(), errors="coerce").notna().all())


def _are_texts(series: pd.Series) -> bool:
    return bool(series.dropna().map(lambda value: isinstance(value, str)).all())


def check_primary_key(table: Table, frame: pd.DataFrame) -> Check:
    """No two rows share a primary key."""
    key = [column.name for column in table.primary_key.columns]
    doubled = frame[frame.duplicated(key, keep="first")]
    return make_check(f"{table.name}.primary_key", len(frame), [f"{name_row(table, row)} more than once" for row in
                                                               doubled.to_dict("records")], f"{', '.join(key)} unique")


def check_foreign_keys(table: Table, frame: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> Check:
    """Every reference leads to a row."""
    faults, names = [], []
    for key in sorted(table.foreign_keys, key=lambda k: k.parent.name):
        column = key.parent.name
        parent = tables[key.column.table.name][key.column.name]
        lost = frame[frame[column].notna() & ~frame[column].isin(parent)]
        names.append(f"{column} -> {key.target_fullname}")
        faults += [f"{names[-1]}: {value} in row {name_row(table, row)}"
                   for value, row in zip(lost[column], lost.to_dict("records"), strict=True)]
    return make_check(f"{table.name}.foreign_keys", len(frame), faults, "; ".join(names) or "refers to no table")


def name_row(table: Table, row: dict) -> str:
    """A row by its primary key, as a person would look it up."""
    return ", ".join(f"{column.name} {row[column.name]}" for column in table.primary_key.columns)


def check_constraints(table: Table, frame: pd.DataFrame) -> Check:
    """Every CHECK constraint of the schema, run as SQL over the rows."""
    constraints = sorted(str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))
    faults, rows = [], frame.reset_index(drop=True)
    dates = [c for c in frame.columns if isinstance(table.columns[c].type, Date)]
    with closing(sqlite3.connect(":memory:")) as connection:
        rows.assign(**{c: rows[c].map(str, na_action="ignore") for c in dates}).to_sql("rows", connection, index_label="place")
        for constraint in constraints:
            broken = connection.execute(f'SELECT place FROM "rows" WHERE NOT ({constraint}) ORDER BY place').fetchall()
            faults += [f"row {name_row(table, rows.iloc[place].to_dict())} breaks {constraint}" for (place,) in broken]
    return make_check(f"{table.name}.constraints", len(frame), faults, f"{len(constraints)} constraints hold")
