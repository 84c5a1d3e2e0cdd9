"""The columns that an export may have, as its query names them: known without a build, so that settings are checked."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pipelines.domain.meters import BY_NAME as METERS_BY_NAME

QUERIES = Path(__file__).parent
CONTRACT = Path(__file__).parents[2] / "dbt_project" / "models" / "marts" / "fct_costs.yml"
TOKEN_METERS = re.compile(r"\bcolumns\(lambda ")
"""How a query takes every token meter that the contract of the facts has."""
_NAMED = re.compile(r"(?:\bas )?(\w+)$")


@cache
def known_columns(*, preset: bool, cost_centers: bool) -> tuple[str, ...]:
    """The columns of an export other than FOCUS, in order."""
    if cost_centers:
        return _of("cost_center_periods" if preset else "cost_centers")
    return _of("periods" if preset else "costs")


def _of(name: str) -> tuple[str, ...]:
    """What the outermost select of a query names; a line with four blanks before it begins or ends a column."""
    text = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    selected = text[text.index("select\n") : text.index("\nfrom ")]
    lines = [line.rstrip(",") for line in selected.splitlines() if re.match(r" {4}\S", line)]
    return tuple(name for line in lines for name in _names(line))


def _names(line: str) -> tuple[str, ...]:
    """The columns that a line of a select names; none where its column ends on a later line."""
    if TOKEN_METERS.search(line):
        reported = re.findall(r"^      - name: (\w+)$", CONTRACT.read_text(encoding="utf-8"), re.MULTILINE)
        return tuple(name for name in reported if name in METERS_BY_NAME)
    if line.lstrip().startswith("case") and " end as " not in line:
        return ()
    return tuple(_NAMED.findall(line))
