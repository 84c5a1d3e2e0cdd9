"""Reading a provider's JSON: exact numbers, typed fields by name, and a path in every complaint.

Belongs here: what applies to the answers of every provider. Does not: what a field means (one file per source).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from pipelines.domain.money import AMOUNT_SCALE
from pipelines.errors import SourceError

LARGEST_AMOUNT = Decimal("1e9")
"""A single figure beyond this is a mistake of the wire, not a charge."""

LARGEST_COUNT = 10**15
"""A thousand times what anybody uses in a day; some thousands of these still fit into a column when added up."""
LONGEST_TEXT = 2_000
LONGEST_NAME = 80
LONGEST_SHOWN = 40
"""Longer texts are not shown in part: half of a key that came back would not be known for one."""

YEARS = range(2000, 3000)
"""No figure is of another time; days far outside cannot even be reckoned with."""


class AnswerError(SourceError):
    """A provider's answer does not have the documented shape; the message names the path of the field."""


class RowError(AnswerError):
    """One row of an answer cannot be read, and the others may be right."""


def refusal(message: str) -> AnswerError:
    """The error that says `message`, which begins with the path of a field: in a list it is a row's."""
    place = message.partition(" ")[0]
    return RowError(message) if "[" in place else AnswerError(message)


def parse(content: bytes, where: str) -> Any:
    """The JSON in `content`, with every number that has a point or exponent as Decimal.

    Raises:
        AnswerError: a key appears twice in one object, a number is not finite or has no end of digits, or it is
            nested beyond reason.
        json.JSONDecodeError: it is not JSON, or was cut off.
        UnicodeDecodeError: it is not UTF-8.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = {_fit(name): value for name, value in pairs}
        if len(found) < len(pairs):
            (repeated, _), *_ = Counter(name for name, _ in pairs).most_common(1)
            raise AnswerError(f"{where} has {shown(repeated)!r} twice in one object, so it is unclear which one counts")
        return found

    def no_constant(name: str) -> NoReturn:
        raise AnswerError(f"{where} contains {name}, which is not a number")

    try:
        return json.loads(
            content.decode("utf-8"), parse_float=Decimal, parse_constant=no_constant, object_pairs_hook=unique
        )
    except RecursionError as error:
        raise AnswerError(f"{where} is nested too deeply to be an answer") from error
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except (ValueError, InvalidOperation) as error:
        raise AnswerError(f"{where} has a number with too many digits") from error


class Fields:
    """One JSON object, read by name. What nobody read is `extra()`: stored with the row, and reported once."""

    def __init__(self, value: Any, path: str, unknown: set[str]) -> None:
        if not isinstance(value, dict):
            raise refusal(f"{path or 'the answer'} is {_kind(value)} where an object was expected")
        self._value: Mapping[str, Any] = value
        self._path = path
        self._unknown = unknown
        self._read: set[str] = set()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and self._value == other._value

    __hash__ = None  # type: ignore[assignment]

    def text(self, name: str) -> str:
        """The text `name`, which must be there and not empty."""
        value = self.optional_text(name)
        return value or self._missing(name)

    def optional_text(self, name: str) -> str | None:
        """The text `name`; None where it is absent or null. Whole numbers are taken as their digits."""
        value = self._get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self._wrong(name, value, "text")
        if len(value) > LONGEST_TEXT:
            raise refusal(f"{self._at(name)} has {len(value):,} characters, more than any name has")
        return _fit(value)

    def count(self, name: str) -> int:
        """The whole number `name`, zero or more, which must be there."""
        value = self.optional_count(name)
        return self._missing(name) if value is None else value

    def optional_count(self, name: str) -> int | None:
        """The whole number `name`, zero or more; None where it is absent or null."""
        value = self._get(name)
        if value is None:
            return None
        count = value if isinstance(value, int) and not isinstance(value, bool) else None
        is_digits = isinstance(value, str) and re.fullmatch(r"\d{1,20}", value, re.ASCII)
        # Compared before it is made whole: 1e999999999 would fill the memory, and its abs() overflows.
        is_small = isinstance(value, Decimal) and -LARGEST_COUNT <= value <= LARGEST_COUNT
        is_whole = is_small and value == value.to_integral_value()
        if is_digits or is_whole:
            count = int(value)
        if count is None:
            self._wrong(name, value, "a whole number")
        if not 0 <= count <= LARGEST_COUNT:
            raise refusal(f"{self._at(name)} is {str(value)[:40]}, not a valid count")
        return count

    def number(self, name: str) -> Decimal:
        """The number `name`, which must be there."""
        value = self.optional_number(name)
        return self._missing(name) if value is None else value

    def optional_number(self, name: str) -> Decimal | None:
        """The number `name`, from a JSON number or text; None where it is absent or null.

        Binary noise of providers that send floats is rounded away beyond the digits that landing stores.
        """
        number = self._number(name)
        return None if number is None else _rounded(number)

    def _number(self, name: str) -> Decimal | None:
        value = self._get(name)
        if value is None:
            return None
        number = value if isinstance(value, Decimal) else None
        if isinstance(value, int) and not isinstance(value, bool):
            number = Decimal(value)
        if isinstance(value, str) and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", value, re.ASCII):
            number = Decimal(value)
        if number is None:
            self._wrong(name, value, "a number")
        if not -LARGEST_AMOUNT * 1000 <= number <= LARGEST_AMOUNT * 1000:
            raise refusal(f"{self._at(name)} is {str(value)[:40]}, not a valid number")
        return number

    def money(self, name: str, *, per_unit: int = 1) -> Decimal:
        """The amount `name` in major units, where the wire counts `per_unit` to one (cents: 100)."""
        value = self.optional_money(name, per_unit=per_unit)
        return self._missing(name) if value is None else value

    def optional_money(self, name: str, *, per_unit: int = 1) -> Decimal | None:
        """As `money`; None where it is absent or null."""
        number = self._number(name)
        if number is None:
            return None
        major = number / per_unit
        if abs(major) > LARGEST_AMOUNT:
            raise refusal(f"{self._at(name)} is {str(number)[:40]}, larger than any charge")
        return _rounded(major)

    def currency(self, name: str) -> str:
        """The ISO 4217 code `name`, in capitals, which must be there."""
        code = self.text(name).upper()
        if not re.fullmatch(r"[A-Z]{3}", code, re.ASCII):
            raise refusal(f"{self._at(name)} is {_kind(self._get(name))}, not a currency code")
        return code

    def flag(self, name: str) -> bool | None:
        """The truth value `name`; None where it is absent or null."""
        value = self._get(name)
        if value is not None and not isinstance(value, bool):
            self._wrong(name, value, "true or false")
        return value

    def moment(self, name: str) -> datetime:
        """The RFC 3339 moment `name` in UTC, which must be there."""
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self._wrong(name, text, "a moment such as 2026-11-20T00:00:00Z")
        self._of_our_time(name, moment)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def unix_moment(self, name: str, *, per_second: int = 1) -> datetime:
        """The moment that `name` counts from 1970 in seconds, or in `per_second` parts of one (ms: 1000)."""
        try:
            moment = datetime.fromtimestamp(self.count(name) / per_second, tz=UTC)
        except (OverflowError, ValueError, OSError) as error:
            raise refusal(f"{self._at(name)} is not a moment") from error
        self._of_our_time(name, moment)
        return moment

    def day(self, name: str) -> date:
        """The day `name`, written as 2026-11-20 or as a moment that starts with it."""
        text = self.text(name)
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            self._wrong(name, text, "a day such as 2026-11-20")
        self._of_our_time(name, day)
        return day

    def object(self, name: str) -> Fields:
        """The object `name`, which must be there."""
        return Fields(self._get(name), self._at(name), self._unknown)

    def optional_object(self, name: str) -> Fields | None:
        """The object `name`; None where it is absent or null."""
        return None if self._get(name) is None else self.object(name)

    def objects(self, name: str) -> list[Fields]:
        """The list of objects `name`, which must be there."""
        value = self._get(name)
        if not isinstance(value, list):
            if value is None:
                self._missing(name)
            self._wrong(name, value, "a list")
        return [Fields(item, f"{self._at(name)}[{number}]", self._unknown) for number, item in enumerate(value)]

    def table(self) -> list[Fields]:
        """The rows of a table, each a list of values in `rows`, as objects by the names in `columns`."""
        columns, rows = self._columns(), self._get("rows")
        if not isinstance(rows, list):
            self._wrong("rows", rows, "a list of rows")
        for number, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != len(columns):
                raise AnswerError(f"{self._at('rows')}[{number}] is not a list of {len(columns)} values")
        return [
            Fields(dict(zip(columns, row, strict=True)), f"{self._at('rows')}[{number}]", self._unknown)
            for number, row in enumerate(rows)
        ]

    def of_columns(self, name: str) -> dict[str, str]:
        """What the list `name` says of each column of the table, such as its unit; empty where it says nothing."""
        columns, value = self._columns(), self._get(name)
        if not isinstance(value, list) or len(value) != len(columns):
            self._wrong(name, value, f"a list of {len(columns)}")
        return {column: text if isinstance(text, str) else "" for column, text in zip(columns, value, strict=True)}

    def _columns(self) -> list[str]:
        columns = self._get("columns")
        if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
            self._wrong("columns", columns, "a list of names")
        if len(set(columns)) < len(columns):
            raise AnswerError(f"{self._at('columns')} names one of them twice")
        return columns

    def unix_moments(self, name: str, *, per_second: int = 1) -> list[datetime]:
        """The list `name` of moments counted from 1970 as in `unix_moment`, which must be there."""
        value = self._get(name)
        if not isinstance(value, list):
            self._wrong(name, value, "a list of moments")
        each = (Fields({"moment": item}, f"{self._at(name)}[{number}]", set()) for number, item in enumerate(value))
        return [item.unix_moment("moment", per_second=per_second) for item in each]

    def amounts(self, name: str, *, expected: int) -> list[Decimal]:
        """The list `name` of `expected` amounts in major units, which must be there."""
        return [item.money("amount") for item in self._listed(name, "amount", expected)]

    def numbers(self, name: str, *, expected: int) -> list[Decimal]:
        """The list `name` of `expected` numbers, which must be there."""
        return [item.number("number") for item in self._listed(name, "number", expected)]

    def _listed(self, name: str, what: str, expected: int) -> list[Fields]:
        value = self._get(name)
        if not isinstance(value, list) or len(value) != expected:
            self._wrong(name, value, f"a list of {expected}")
        return [Fields({what: item}, f"{self._at(name)}[{number}]", set()) for number, item in enumerate(value)]

    def has(self, name: str) -> bool:
        """Whether `name` is there and not null."""
        return self._get(name) is not None

    def states(self, name: str) -> bool:
        """Whether `name` is there, be it null."""
        return name in self._value

    def is_object(self, name: str) -> bool:
        """Whether `name` is an object, where other shapes are known too."""
        return isinstance(self._get(name), dict)

    def names(self) -> list[str]:
        """Every name, for objects whose names are data."""
        for name in self._value:
            if len(name) > LONGEST_TEXT:
                raise refusal(f"{self._at(name)} is longer than any name is")
        self._read.update(self._value)
        return list(self._value)

    def known(self, *names: str) -> None:
        """Say that these names are understood and read elsewhere, so that they are neither stored nor reported."""
        self._read.update(names)

    def extra(self) -> str | None:
        """A JSON object of what nobody read, to be stored with the row; None when everything was read."""
        rest = {name: value for name, value in self._value.items() if name not in self._read and value is not None}
        self._unknown.update(re.sub(r"\[\d+\]", "[]", self._at(name)) for name in rest)
        if not rest:
            return None
        try:
            return json.dumps(rest, default=str, sort_keys=True, separators=(",", ":"))
        except RecursionError as error:
            raise refusal(f"{self._path or 'the answer'} is nested too deeply to be stored") from error

    def _get(self, name: str) -> Any:
        self._read.add(name)
        return self._value.get(name)

    def _at(self, name: str) -> str:
        return f"{self._path}.{shown(name)}" if self._path else shown(name)

    def _of_our_time(self, name: str, moment: date) -> None:
        if moment.year not in YEARS:
            raise refusal(f"{self._at(name)} is in the year {moment.year}, which no figure is of")

    def _missing(self, name: str) -> NoReturn:
        raise refusal(f"{self._at(name)} is missing")

    def _wrong(self, name: str, value: Any, expected: str) -> NoReturn:
        raise refusal(f"{self._at(name)} is {_kind(value)} where {expected} was expected")


def _fit(text: str) -> str:
    """Text without what cannot be in UTF-8 text of a database: zeros, and lone surrogates, half characters."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-AMOUNT_SCALE))


def shown(name: str) -> str:
    """A name from outside, fit for a message: short, in one line, without what a terminal would obey."""
    if len(name) > LONGEST_NAME:
        return f"(a name of {len(name):,} characters)"
    return "".join(character if character.isprintable() else "?" for character in name)


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", bool: "a truth value", type(None): "null"}
    shown = str(value)
    long = f"a value of {len(shown):,} characters"
    return kinds.get(type(value)) or (repr(shown) if len(shown) <= LONGEST_SHOWN else long)
