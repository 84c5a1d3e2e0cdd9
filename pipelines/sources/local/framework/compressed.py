"""Reading a log as it is, or unpacked where its name says that it is compressed; always as a stream.

Belongs here: what any agent's compressed log has in common. Which of its files are logs an agent's places say.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from pipelines.reading.files import open_file

COMPRESSIONS = {".zst": "zstd", ".gz": "gzip"}
LARGEST_UNPACKED = 64 * 1024**3
"""Bytes. A few bytes can be made to unpack to any number, which no log has."""


class DamagedError(Exception):
    """Why no more of a compressed file can be read, in words for people."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The content of a log.

    Raises:
        OSError: the file cannot be read.
        DamagedError: it cannot be unpacked from here on; raised while it is read, after what comes before was given.
    """
    with open_file(path) as packed:
        compression = COMPRESSIONS.get(path.suffix)
        if compression is None:
            yield packed
            return
        with pa.input_stream(packed, compression=compression) as stream:
            yield cast("BinaryIO", io.BufferedReader(_Unpacked(stream)))


class _Unpacked(io.RawIOBase):
    """The unpacked content, up to `LARGEST_UNPACKED`."""

    def __init__(self, stream: pa.NativeFile) -> None:
        self._stream = stream
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            size = int(self._stream.readinto(buffer))
        except OSError as error:
            if error.errno is not None:
                raise
            raise DamagedError("the compressed file is damaged or cut off: nothing after this could be read") from error
        self._size += size
        if self._size > LARGEST_UNPACKED:
            raise DamagedError(f"the compressed file unpacks to more than {LARGEST_UNPACKED // 1024**3} GiB")
        return size
