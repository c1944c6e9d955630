"""Storage: tables to Parquet and back, `tables.sql`, and any SQL database, with the same bytes for the same rows.

Knows nothing of what the rows mean beyond the schema in `contracts.tables`.
"""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Boolean, Date, Engine, Float, create_engine, event

from fitsense.artifacts import ArtifactError, write_text
from fitsense.contracts.tables import METADATA, TABLES, ddl_text


def arrow_schema(name: str) -> pa.Schema:
    """The fixed Parquet schema of a table."""
    def kind(column) -> pa.DataType:
        if isinstance(column.type, Date):
            return pa.date32()
        if isinstance(column.type, Boolean):
            return pa.bool_()
        if isinstance(column.type, Float):
            return pa.float64()
        return pa.int64() if column.type.python_type is int else pa.string()

    return pa.schema([pa.field(column.name, kind(column), column.nullable) for column in METADATA.tables[name].columns])


def to_arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    """A table's rows under its fixed schema, without pandas' own metadata."""
    table = pa.Table.from_pandas(frame, schema=arrow_schema(name), preserve_index=False)
    return table.replace_schema_metadata(None)


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write `<table>.parquet` for every table and `tables.sql`; equal rows give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [write_text(folder / "tables.sql", ddl_text())]
    return paths + [write_table(name, tables[name], folder / f"{name}.parquet") for name in TABLES]


def write_table(name: str, frame: pd.DataFrame, path: Path) -> Path:
    """Write one table's rows to a Parquet file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        pq.write_table(to_arrow(name, frame), partial, compression="zstd", use_dictionary=True)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every table back, a file or a folder of parts; a missing one is an ArtifactError that names it."""
    missing = [name for name in TABLES if not (folder / f"{name}.parquet").exists()]
    if missing:
        raise ArtifactError(f"{folder / missing[0]}.parquet: missing; repair: run 01_synthesis again")
    return {name: pq.read_table(folder / f"{name}.parquet", partitioning=None).to_pandas() for name in TABLES}


def make_sqlite(location: str = ":memory:") -> Engine:
    """An SQLite database that enforces foreign keys."""
    engine = create_engine(f"sqlite:///{location}" if location != ":memory:" else "sqlite://")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    return engine


def load_database(tables: dict[str, pd.DataFrame], engine: Engine) -> dict[str, int]:
    """Create the schema and insert every row, parents first; returns rows per table.

    Raises sqlalchemy.exc.IntegrityError where a key or a check does not hold.
    """
    METADATA.create_all(engine)
    counts = {}
    with engine.begin() as connection:
        for name in TABLES:
            records = to_arrow(name, tables[name]).to_pylist()
            if records:
                connection.execute(METADATA.tables[name].insert(), records)
            counts[name] = len(records)
    return counts
