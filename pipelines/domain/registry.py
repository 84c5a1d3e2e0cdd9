"""Registries: folders whose files each define one member under a constant, such as `SOURCE` or `FORMAT`.

Belongs here: finding the members, and refusing two of one name. Does not: what a member is, which the folder's room
says.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from typing import TypeVar

Member = TypeVar("Member")


def members(
    package: str,
    folders: Iterable[str],
    *,
    constant: str,
    kind: type[Member],
    name_of: Callable[[Member], str],
    prefix: str = "",
) -> dict[str, Member]:
    """Every member of `package` by its name, in order of name.

    Args:
        package: the package's full name.
        folders: its folders, `__path__`.
        constant: what a module calls its member; a module without it contains what several members share.
        kind: what a member is.
        name_of: the name by which members are distinguished.
        prefix: only modules whose names begin so are looked at.

    Raises:
        TypeError: a module's constant is something else.
        ValueError: two members have one name, so that nobody could tell their records, settings or files apart.
    """
    found: dict[str, tuple[str, Member]] = {}
    for module in sorted(pkgutil.iter_modules(folders), key=lambda module: module.name):
        if not module.name.startswith(prefix):
            continue
        member = getattr(importlib.import_module(f"{package}.{module.name}"), constant, None)
        if member is None:
            continue
        if not isinstance(member, kind):
            raise TypeError(f"{constant} of {package}.{module.name} is not of the type {kind.__name__}")
        name = name_of(member)
        if name in found:
            files = f"{found[name][0]}.py and {module.name}.py"
            raise ValueError(f"{files} of {package} both define {name!r}: rename one of them")
        found[name] = module.name, member
    return {name: found[name][1] for name in sorted(found)}
