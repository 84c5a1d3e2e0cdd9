"""Logs that coding agents leave on a machine, one file per agent. A file here with `AGENT` is found by itself.

Only counts and names are read from logs, never a prompt. Belongs here: where an agent's logs lie, what a record
means, which copy of a reply counts. Does not: what use is worth, or how it is paid for.
"""

from __future__ import annotations

from functools import cache

from pipelines.domain.registry import members
from pipelines.sources.local.framework.agent import LocalAgent


@cache
def local_agents() -> tuple[LocalAgent, ...]:
    """Every agent of this folder, in order of name.

    Raises:
        ValueError: two of them have one name.
    """
    found = members(__name__, __path__, constant="AGENT", kind=LocalAgent, name_of=lambda agent: agent.name)
    return tuple(found.values())
