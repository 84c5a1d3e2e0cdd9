"""An error that nobody foresaw: written to a file where the figures lie, so that it can be read and reported.

Belongs here: what such a file holds. It contains no secret and no value of the environment, and nothing that a message
quotes, because that may be somebody's text. Does not: errors that are known (failures.py).
"""

from __future__ import annotations

import importlib.metadata
import platform
import re
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from traceback import extract_tb, format_tb
from urllib.parse import quote

from pipelines.errors import CostTrackerError, UnforeseenError
from pipelines.presentation.messages import STAYS_PUBLISHED

MAX_FILES = 20
"""Files; older ones go."""
SHORTEST = 6
"""Characters: a shorter value of the environment is in any text."""
LONGEST_MESSAGE = 300
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")


def unforeseen(error: BaseException, folder: Path, variables: Mapping[str, str], now: datetime) -> CostTrackerError:
    """The sentence for a person, after what happened was written to a file in `folder`, else among temporary files.

    Args:
        error: what nobody foresaw.
        folder: where such files are stored.
        variables: the environment, .env files included, none of whose values are written.
        now: the moment it happened.
    """
    content = redacted("\n".join(_lines(error, now)), variables)
    place = extract_tb(error.__traceback__)[-1:]
    where = "".join(f" in {Path(frame.filename).name}:{frame.lineno}" for frame in place)
    return UnforeseenError(
        f"an unexpected error occurred ({type(error).__name__}{where}); {STAYS_PUBLISHED}. "
        f"{_advice(_written(content, folder, now))}"
    )


def redacted(text: str, variables: Mapping[str, str]) -> str:
    """`text` with each value of a variable replaced by its name, longer values first."""
    for name, value in sorted(variables.items(), key=lambda item: -len(item[1])):
        if len(value) >= SHORTEST:
            for written in {value, quote(value, safe="")}:
                text = text.replace(written, f"***{name}***")
    return text


def _advice(path: Path | None) -> str:
    if path is None:
        return "Details could not be written to a file: please report this message"
    return f"Details are in {path}, without secrets or figures: please report it with that file"


def _lines(error: BaseException, now: datetime) -> Iterator[str]:
    version = importlib.metadata.version("ai-cost-tracker")
    yield f"ai-costs {version}, Python {platform.python_version()}, {platform.platform()}, {now:%Y-%m-%d %H:%M:%S} UTC"
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    for each in reversed(chain):
        yield ""
        yield "".join(format_tb(each.__traceback__)).rstrip()
        message = _QUOTED.sub("'…'", str(each))[:LONGEST_MESSAGE]
        yield f"{type(each).__module__}.{type(each).__qualname__}: {message}"


def _written(content: str, folder: Path, now: datetime) -> Path | None:
    """Where it was written; None if nothing can be written."""
    name = f"error-{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}.txt"
    for place in (folder, Path(tempfile.gettempdir()) / "ai-costs-errors"):
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = place / name
            path.touch(mode=0o600)
            path.write_text(content, encoding="utf-8", errors="backslashreplace")
            for old in sorted(place.glob("error-*.txt"))[:-MAX_FILES]:
                old.unlink()
        except OSError:
            continue
        return path
    return None
