"""The reference rates of the European Central Bank: its published history, from 1999 on, in one file.

The file is eurofxref-hist.csv inside eurofxref-hist.zip: a line for each working day, a column for each currency,
in units for one euro, N/A where there was none, and a comma at the end of each line. The ECB publishes at about
16:00 of Central European time on working days.
https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html
"""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from http import HTTPStatus

import httpx2
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pipelines.errors import SourceError
from pipelines.rates.rate import RatesByDay, positive

EURO = "EUR"
ARCHIVE, MEMBER = "eurofxref-hist.zip", "eurofxref-hist.csv"
ABSENT = {"N/A", ""}
PUBLISHED_BY = timedelta(hours=15)
"""After UTC midnight; in summer it is an hour earlier."""

LARGEST_ARCHIVE, LARGEST_FILE = 16 * 2**20, 128 * 2**20
LONGEST_SECONDS = 60.0
ATTEMPTS = 3
FRIDAY = 4


class _TransientError(SourceError):
    """Worth another try."""


def is_due(newest: date, now: datetime) -> bool:
    """Whether the ECB should have published rates by `now` (UTC) that are newer than `newest`."""
    day = (now.astimezone(UTC) - PUBLISHED_BY).date()
    return newest < day - timedelta(days=max(day.weekday() - FRIDAY, 0))


def fetch(base_url: str, *, backoff_seconds: float = 1) -> bytes:
    """The history as the ECB, or a replacement at `base_url`, publishes it: the CSV.

    Raises:
        SourceError: it is not available, or not such an archive.
    """
    retrying = Retrying(
        retry=retry_if_exception_type(_TransientError),
        wait=wait_random_exponential(backoff_seconds, 10),
        stop=stop_after_attempt(ATTEMPTS),
        reraise=True,
    )
    return _unpacked(retrying(_download, f"{base_url.rstrip('/')}/{ARCHIVE}"))


def parse(content: bytes, *, since: date = date.min) -> RatesByDay:
    """By day, from `since` on: what one unit of each currency was worth in euros.

    Raises:
        SourceError: it is not of the known form; rates are imported completely or not at all.
    """
    try:
        return {day: _rates_by_day(cells) for day, cells in _lines(content) if day >= since}
    except (ValueError, KeyError, csv.Error) as error:
        raise SourceError(f"the history of the ECB is not of the known form: {error}") from error


def _lines(content: bytes) -> Iterator[tuple[date, dict[str, str]]]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    header = [cell.strip() for cell in next(rows, [])]
    for row in filter(None, rows):
        cells = dict(zip(header, row, strict=True))
        yield date.fromisoformat(cells.pop("Date")), cells


def _rates_by_day(cells: dict[str, str]) -> dict[str, Fraction]:
    quotes = {name: text.strip() for name, text in cells.items() if name}
    return {EURO: Fraction(1), **{name: 1 / positive(text) for name, text in quotes.items() if text not in ABSENT}}


def _download(url: str) -> bytes:
    ends = time.monotonic() + LONGEST_SECONDS
    content = bytearray()
    try:
        with httpx2.stream("GET", url, timeout=30, follow_redirects=True) as response:
            status = response.status_code
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST_ARCHIVE:
                    raise SourceError(f"the ECB's rates are larger than {LARGEST_ARCHIVE / 2**20:.0f} MiB")
                if time.monotonic() > ends:
                    raise _TransientError(f"the ECB's rates took longer than {LONGEST_SECONDS:g} s")
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise SourceError("exchange_rates: base_url is not an address such as https://mirror.example/rates") from error
    except (httpx2.HTTPError, UnicodeError) as error:
        raise _TransientError(f"the ECB's rates could not be read: {str(error) or type(error).__name__}") from error
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _TransientError(f"the ECB's rates could not be read: its server answered {status}")
    if status != HTTPStatus.OK:
        raise SourceError(f"the ECB's rates could not be read: its server answered {status}; check base_url")
    return bytes(content)


def _unpacked(archive: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened, opened.open(MEMBER) as member:
            content = member.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise SourceError(f"the ECB sent no archive with {MEMBER} in it ({type(error).__name__})") from error
    if len(content) > LARGEST_FILE:
        raise SourceError(f"{MEMBER} is larger than {LARGEST_FILE / 2**20:.0f} MiB")
    return content
