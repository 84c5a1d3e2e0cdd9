"""The error of a file that cannot be read on from one place."""

from __future__ import annotations


class TableError(ValueError):
    """The file cannot be read on from one place; the text is `line:column: what is wrong and how to fix it`."""
