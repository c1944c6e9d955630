"""Reading of the knowledge tables: one YAML file to checked, frozen rows; a bad row stops with file and row named.

Knows nothing of what the tables mean.
"""

from functools import cache
from typing import Any

from fitsense.artifacts import read_yaml
from fitsense.contracts.strictness import Contract, check_contract


@cache
def read_table(file: str) -> Any:
    """Read one YAML table of this room; raises FileNotFoundError where there is none."""
    return read_yaml("fitsense.knowledge", file)


def read_rows(file: str, row_type: type[Contract]) -> list[Contract]:
    """Read a table as a list of checked rows; raises ContractError naming file, row and field."""
    return [
        check_contract(row_type, row, f"{file}.{row.get('name', row.get('rule_id', index))}")
        for index, row in enumerate(read_table(file))
    ]
