"""JSON files that contain a hash of their content, so that a change after they were written is noticed.

Belongs here: writing and reading such files. Does not: what is in one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import orjson

HASH = "sha256"
"""The key of the hash, the last one of a file."""

DAMAGE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading a damaged file may raise, here and where its values are taken out."""


def sealed(value: Mapping[str, Any]) -> bytes:
    """`value` as JSON, with the hash of it."""
    return orjson.dumps({**value, HASH: _digest(value)}, option=orjson.OPT_INDENT_2)


def unsealed(content: bytes) -> dict[str, Any]:
    """What `sealed` was given.

    Raises:
        ValueError: it is not JSON, a key is there twice, or its hash is not that of the rest.
    """
    return without_hash(strict_json(content))


def without_hash(value: Any) -> dict[str, Any]:
    """The parsed content of a sealed file without its hash.

    Raises:
        ValueError: the hash is not that of the rest.
    """
    if not isinstance(value, dict) or value.pop(HASH, None) != _digest(value):
        raise ValueError("its hash is not that of its content")
    return value


def strict_json(content: bytes) -> Any:
    """The JSON value in `content`.

    Raises:
        ValueError: it is not JSON in UTF-8, or an object has a key twice.
    """
    return json.loads(content.decode(), object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is there twice")
    return value


def _digest(value: Any) -> str:
    try:
        return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError as error:  # half of a surrogate pair, or a number beyond 64 bits
        raise ValueError("it has content that this program does not write") from error
