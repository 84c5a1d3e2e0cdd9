"""Logs that coding agents leave on a machine, one file per agent. A file here with `AGENT` is found by itself.

Only counts and names are read from logs, never a prompt. Belongs here: where an agent's logs lie, what a record
means, which copy of a reply counts. Does not: what use is worth, or how it is paid for.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from pipelines.sources.local.agent import LocalAgent
from pipelines.sources.statements import by_name


@cache
def local_agents() -> tuple[LocalAgent, ...]:
    """Every agent of this folder, in order of name.

    Raises:
        ValueError: two of them have one name.
    """
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return by_name(module.AGENT for module in modules if hasattr(module, "AGENT"))
