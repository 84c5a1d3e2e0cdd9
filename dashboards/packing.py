"""Text as a page carries it where nobody reads it: deflated (zlib), in base 64.

Belongs here: the form, both ways. Does not: what is written so (`facts.py`, `page.py`); static/js/inflate.js reads it.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode

CONTENT_TYPE = "application/zlib+base64"
"""What an element says that holds such text."""


def deflated(text: str) -> str:
    """Equal text gives equal characters."""
    return b64encode(zlib.compress(text.encode("utf-8"), level=9)).decode("ascii")


def inflated(packed: str) -> str:
    """What `deflated` was given."""
    return zlib.decompress(b64decode(packed)).decode("utf-8")
