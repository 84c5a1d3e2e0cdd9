"""What the values of the facts are called wherever people read them."""

from __future__ import annotations

from collections.abc import Mapping

SOURCE_KINDS: Mapping[str, str] = {
    "api": "API",
    "manual": "Manual",
    "local": "Local",
    "import": "Import",
    "rates": "Rates",
}
"""The source kinds of the facts and of the freshness table, in the order in which they are listed."""


def in_a_sentence(label: str) -> str:
    """A label within a sentence: "manual", but "API"."""
    return label if label.isupper() else label.lower()
