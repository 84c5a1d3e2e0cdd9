"""A row of bars, one for each day, as a small PNG that a mail has inside it.

Belongs here: drawing it. Does not: what the days cost, which a condition brings along, or how mail has it (mail.py).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

CONTENT_ID = "sparkline"
"""The name by which the HTML of a message refers to its picture."""
WIDTH, HEIGHT = 1088, 112
"""Pixels: twice of what is shown, for fine screens."""
GAP = 4
LEAST = 4
QUIET = "#9aa1ab"
_BLANK, _QUIET, _LOUD = range(3)


@dataclass(frozen=True)
class Sparkline:
    """Amounts by day, the oldest first; those from `loud_from` on are what the message is about.

    `caption` says in words what the picture shows, because not every reader sees it.
    """

    amounts: tuple[float, ...]
    loud_from: int
    caption: str


def png(sparkline: Sparkline, color: str) -> bytes:
    """The picture, on a transparent ground; `color` (#rrggbb) is that of the days it is about."""
    rows = _rows(sparkline)
    palette = b"".join(bytes.fromhex(each[1:]) for each in ("#ffffff", QUIET, color))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    content = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"tRNS", b"\0"), (b"IDAT", content), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _rows(sparkline: Sparkline) -> Sequence[bytes]:
    """The rows of pixels from the top, each a number of the palette; days below zero have no bar."""
    amounts = sparkline.amounts
    most = max((*amounts, 0.0)) or 1.0
    heights = [max(round(amount / most * HEIGHT), LEAST if amount > 0 else 1) for amount in amounts]
    edges = [round(number * (WIDTH + GAP) / len(amounts)) for number in range(len(amounts) + 1)]
    rows = []
    for level in range(HEIGHT, 0, -1):
        row = bytearray(WIDTH)
        for number, height in enumerate(heights):
            if height >= level:
                first, last = edges[number], min(max(edges[number + 1] - GAP, edges[number] + 1), WIDTH)
                row[first:last] = bytes([_LOUD if number >= sparkline.loud_from else _QUIET]) * (last - first)
        rows.append(bytes(row))
    return rows


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
