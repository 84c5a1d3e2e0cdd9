"""The columns that an export may have, as its query names them: known without a build, so that settings are checked."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

QUERIES = Path(__file__).parent
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
    ends = [line for line in lines if not line.lstrip().startswith("case") or " end as " in line]
    return tuple(found[1] for line in ends if (found := _NAMED.search(line)))
