"""A person's own data in the schema: consent, a whole export, and deletion, on any database that holds the tables.

    with engine.begin() as connection:
        withdraw_consent(connection, 12, date(2026, 5, 1))
        export = export_person(connection, 12)     # JSON-ready, every row that is theirs
        delete_person(connection, 12)              # rows deleted, by table

Which rows are a person's follows from the foreign keys, so a table added to the schema is never forgotten. Knows nothing of
Parquet files: data written to a run's folder are deleted by simulating again without that person.
"""

from datetime import date

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from fitsense.contracts.tables import METADATA

USERS = METADATA.tables["users"]


class UnknownPersonError(LookupError):
    """A user id that is not in the users table."""


class ConsentError(ValueError):
    """A consent that cannot be withdrawn; the message says why."""


def match_person(table: Table, user_id: int) -> ColumnElement[bool] | None:
    """The condition that picks a person's rows: by user_id, else by the parent they hang on; None for catalogue tables."""
    if "user_id" in table.c:
        return table.c.user_id == user_id
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        parent = match_person(key.column.table, user_id)
        if parent is not None:
            return key.parent.in_(select(key.column).where(parent))
    return None


def list_personal_tables() -> tuple[str, ...]:
    """The names of the tables that hold rows of people, parents before children."""
    return tuple(table.name for table in METADATA.sorted_tables if match_person(table, 0) is not None)


def export_person(connection: Connection, user_id: int) -> dict:
    """Everything the database holds about a person, JSON-ready, with the catalogue rows it refers to; UnknownPersonError.

    `{"user_id", "tables": {name: [row]}, "catalogue": {name: [row]}}`; dates as ISO text, rows by primary key.
    """
    require_person(connection, user_id)
    tables, needed = {}, {}
    for name in list_personal_tables():
        table = METADATA.tables[name]
        rows = select_rows(connection, table, match_person(table, user_id))
        tables[name] = rows
        for key in table.foreign_keys:
            if match_person(key.column.table, user_id) is None:
                needed.setdefault(key.column, set()).update(row[key.parent.name] for row in rows)
    catalogue = {column.table.name: select_rows(connection, column.table, column.in_(sorted(ids)))
                 for column, ids in sorted(needed.items(), key=lambda item: item[0].table.name)}
    return {"user_id": user_id, "tables": tables, "catalogue": catalogue}


def select_rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[dict]:
    """The rows under a condition, by primary key, as JSON-ready dictionaries."""
    found = connection.execute(select(table).where(condition).order_by(*table.primary_key.columns)).mappings()
    return [{name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()} for row in found]


def delete_person(connection: Connection, user_id: int) -> dict[str, int]:
    """Delete every row of a person, children before parents; returns rows deleted by table. UnknownPersonError."""
    require_person(connection, user_id)
    return {name: connection.execute(delete(METADATA.tables[name]).where(match_person(METADATA.tables[name], user_id))).rowcount
            for name in reversed(list_personal_tables())}


def give_consent(connection: Connection, user_id: int, on: date) -> None:
    """Note that a person consented (anew) to what is kept of them and used for research. UnknownPersonError."""
    require_person(connection, user_id)
    connection.execute(update(USERS).where(USERS.c.user_id == user_id).values(consented_on=on, consent_withdrawn_on=None))


def withdraw_consent(connection: Connection, user_id: int, on: date) -> None:
    """Note that a person takes their consent back; their rows stay until deleted. UnknownPersonError, ConsentError."""
    require_person(connection, user_id)
    given = connection.execute(select(USERS.c.consented_on).where(USERS.c.user_id == user_id)).scalar_one()
    if given is None or on < given:
        raise ConsentError(f"consent_withdrawn_on: got {on} for user {user_id}, who consented on {given or 'no day yet'}; "
                           "allowed: that day or later")
    connection.execute(update(USERS).where(USERS.c.user_id == user_id).values(consent_withdrawn_on=on))


def list_consenting(connection: Connection) -> list[int]:
    """User ids of those whose consent stands: given and not withdrawn."""
    standing = USERS.c.consented_on.is_not(None) & USERS.c.consent_withdrawn_on.is_(None)
    return list(connection.execute(select(USERS.c.user_id).where(standing).order_by(USERS.c.user_id)).scalars())


def require_person(connection: Connection, user_id: int) -> None:
    """Raise UnknownPersonError unless the users table holds this id."""
    if connection.execute(select(USERS.c.user_id).where(USERS.c.user_id == user_id)).first() is None:
        raise UnknownPersonError(f"user_id: got {user_id}; allowed: an id of the users table")
