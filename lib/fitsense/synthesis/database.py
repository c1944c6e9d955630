"""Database: a run's Parquet tables into SQLite or PostgreSQL, batch by batch, foreign keys on.

    load_run(Path("outputs/default-…/01_synthesis"), open_database("sqlite:///people.db"))
    load_run(Path("outputs/default-…/01_synthesis"), open_database("postgresql+psycopg://user@/people"))

A table may be one file or a folder of parts. Knows nothing of what the rows mean beyond `contracts.tables`.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.dataset
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from fitsense.artifacts import ArtifactError
from fitsense.contracts.tables import METADATA, TABLES

BATCH_ROWS = 10_000


def open_database(url: str) -> Engine:
    """An engine for an SQLAlchemy URL, enforcing foreign keys in SQLite too; ArtifactError on a URL of no known kind."""
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ArtifactError(f"database: got {url!r} ({error}); allowed: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME "
                            "with psycopg installed") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    return engine


def load_run(folder: Path, engine: Engine) -> dict[str, int]:
    """Create the schema in a database without rows and insert a run's rows, parents first, all or none; returns rows by table.

    Raises ArtifactError on a missing table or a database with rows in one of them, and sqlalchemy.exc.IntegrityError
    where a key or a check does not hold.
    """
    missing = [name for name in TABLES if not (folder / f"{name}.parquet").exists()]
    if missing:
        raise ArtifactError(f"{folder / missing[0]}.parquet: missing; repair: run 01_synthesis again")
    with engine.begin() as connection:
        METADATA.create_all(connection)
        for name in TABLES:
            if connection.execute(select(METADATA.tables[name]).limit(1)).first() is not None:
                raise ArtifactError(f"database {engine.url.render_as_string()}: {name} has rows already; allowed: an empty one")
        return {name: sum(_insert(connection, name, rows) for rows in _iter_batches(folder, name)) for name in TABLES}


def _iter_batches(folder: Path, name: str) -> Iterator[list[dict]]:
    source = pyarrow.dataset.dataset(folder / f"{name}.parquet", format="parquet")
    for batch in source.to_batches(batch_size=BATCH_ROWS):
        if batch.num_rows:
            yield batch.to_pylist()


def _insert(connection, name: str, rows: list[dict]) -> int:
    connection.execute(METADATA.tables[name].insert(), rows)
    return len(rows)
