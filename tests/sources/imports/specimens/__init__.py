"""Small made-up files of every format and layout, with what they state: the exact amounts and tokens of their rows.

A file here with `SPECIMENS` is found by itself; it has the format's name.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.sources.imports.specimen import Specimen

__all__ = ["SPECIMENS", "Specimen"]

SPECIMENS: list[Specimen] = [
    specimen
    for module in pkgutil.iter_modules(__path__)
    for specimen in importlib.import_module(f"{__name__}.{module.name}").SPECIMENS
]
