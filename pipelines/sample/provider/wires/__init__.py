"""The providers' wire formats, one file each. A file here with `WIRE` is found by itself.

To add one: write `wires/<provider>.py` with

    WIRE = Wire(provider="acme", prefix="/acme", base_path="/acme/v2", key_of=bearer,
                unknown_key=Reply({…}, 401), ordinary_key=Reply({…}, 403), answer=answer)

    def answer(question: Question) -> Reply: …

`answer` gets the path below the prefix, the parameters, the JSON body and the account that the key belongs to; it
reads `question.uses(start, end)` and words them as the provider documents it: its units, its paging, its refusals,
null for what was not grouped by. Keys are checked before it is asked. Money goes out as Decimal (a JSON number with
all its digits) or as text, if that is what the provider sends.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from pipelines.sample.provider.wire import Wire


@cache
def wires() -> tuple[Wire, ...]:
    """Every wire of this folder, in order of prefix."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return tuple(sorted((module.WIRE for module in modules), key=lambda wire: wire.prefix))


def wire_of(provider: str) -> Wire:
    """The wire of `provider`.

    Raises:
        KeyError: no file here implements it.
    """
    return {wire.provider: wire for wire in wires()}[provider]
