"""Checks on the relational tables, all derived from the one schema: columns and types, keys, references, constraints.

pandera checks the frames; the CHECK constraints run as SQL in an in-memory SQLite, as a database would run them.
"""

import sqlite3

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
        cases = error.failure_cases[["column", "check", "failure_case"]].drop_duplicates()
        faults = [f"{row.column}: {row.check} ({row.failure_case})" for row in cases.itertuples()]
    return make_check(f"{table.name}.columns", len(frame), faults, f"{len(table.columns)} columns as the schema says")


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
    return bool(pd.to_datetime(series, errors="coerce").notna().all())


def _are_texts(series: pd.Series) -> bool:
    return bool(series.map(lambda value: isinstance(value, str)).all())


def check_primary_key(table: Table, frame: pd.DataFrame) -> Check:
    """No two rows share a primary key."""
    key = [column.name for column in table.primary_key.columns]
    doubled = frame[frame.duplicated(key, keep="first")]
    return make_check(f"{table.name}.primary_key", len(frame),
                      [str(tuple(row)) for row in doubled[key].itertuples(index=False)], f"{', '.join(key)} unique")


def check_foreign_keys(table: Table, frame: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> Check:
    """Every reference leads to a row."""
    faults, names = [], []
    for key in sorted(table.foreign_keys, key=lambda k: k.parent.name):
        parent = tables[key.column.table.name][key.column.name]
        values = frame[key.parent.name].dropna()
        lost = values[~values.isin(parent)]
        names.append(f"{key.parent.name} -> {key.target_fullname}")
        faults += [f"{names[-1]}: {value}" for value in lost]
    return make_check(f"{table.name}.foreign_keys", len(frame), faults, "; ".join(names) or "refers to no table")


def check_constraints(table: Table, frame: pd.DataFrame) -> Check:
    """Every CHECK constraint of the schema, run as SQL over the rows."""
    constraints = sorted(str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))
    faults = []
    with sqlite3.connect(":memory:") as connection:
        frame.astype({c: str for c in frame.columns if isinstance(table.columns[c].type, Date)}).to_sql(
            "rows", connection, index=False)
        for constraint in constraints:
            broken = connection.execute(f'SELECT COUNT(*) FROM "rows" WHERE NOT ({constraint})').fetchone()[0]
            if broken:
                faults.append(f"{broken} rows break {constraint}")
    connection.close()
    return make_check(f"{table.name}.constraints", len(frame), faults, f"{len(constraints)} constraints hold")
