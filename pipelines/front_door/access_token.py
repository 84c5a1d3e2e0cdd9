"""The token that opens the UI: one for each home, in a file that its owner alone can read."""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from pipelines.landing.files import not_written

FILE_NAME = "serve.token"
FORM = re.compile(rb"[A-Za-z0-9_-]{43}")


def access_token(state: Path) -> str:
    """The token of the home whose state is in `state`; a new one if there is none.

    A file that others could read, or that does not hold a token, is replaced: whoever had the old one is locked out.

    Raises:
        HomeError: the file cannot be written.
    """
    path = state / FILE_NAME
    return _stored(path) or _new(path)


def _stored(path: Path) -> str | None:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as handle:
            found = os.fstat(handle.fileno())
            is_private = stat.S_ISREG(found.st_mode) and not found.st_mode & 0o077 and found.st_uid == os.getuid()
            content = handle.read(100) if is_private else b""
    except OSError:
        return None
    return content.decode("ascii") if FORM.fullmatch(content) else None


def _new(path: Path) -> str:
    token = secrets.token_urlsafe(32)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(token.encode("ascii"))
        temporary.replace(path)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)
    return token
