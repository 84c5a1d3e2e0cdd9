"""Reading a provider's JSON: what each accessor takes, what it says of the rest, and that nothing else is raised."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.sources.api.framework.answers import AnswerError, Fields, parse

Read = Callable[[Fields], Any]


def fields(wire: str, path: str = "data[3]") -> Fields:
    """The object that has `wire` at `it`."""
    return Fields(parse(f'{{"it":{wire}}}'.encode(), "the answer"), path, set())


@pytest.mark.parametrize(
    ("read", "wire", "expected"),
    [
        (lambda row: row.text("it"), '"gpt-5"', "gpt-5"),
        (lambda row: row.text("it"), "12", "12"),
        (lambda row: row.optional_text("it"), "null", None),
        (lambda row: row.optional_text("it"), '""', ""),
        (lambda row: row.text("it"), r'"a\u0000b\ud800c"', "a�b?c"),
        (lambda row: row.count("it"), "0", 0),
        (lambda row: row.count("it"), '"007"', 7),
        (lambda row: row.count("it"), "1.2e3", 1200),
        (lambda row: row.count("it"), "1000000000000000", 10**15),
        (lambda row: row.optional_count("it"), "null", None),
        (lambda row: row.number("it"), "-0.1", Decimal("-0.1")),
        (lambda row: row.number("it"), '"+.5e-2"', Decimal("0.005")),
        (lambda row: row.number("it"), "0.30000000000000004", Decimal("0.3")),
        (lambda row: row.number("it"), "1e-2000000", Decimal(0)),
        (lambda row: row.optional_number("it"), "null", None),
        (lambda row: row.money("it"), '"1000000000"', Decimal(10**9)),
        (lambda row: row.money("it", per_unit=100), '"123.4567"', Decimal("1.234567")),
        (lambda row: row.money("it", per_unit=10**6), "-1", Decimal("-0.000001")),
        (lambda row: row.optional_money("it"), "null", None),
        (lambda row: row.currency("it"), '"usd"', "USD"),
        (lambda row: row.flag("it"), "false", False),
        (lambda row: row.flag("it"), "null", None),
        (lambda row: row.moment("it"), '"2026-11-20T01:30:00+02:00"', datetime(2026, 11, 19, 23, 30, tzinfo=UTC)),
        (lambda row: row.moment("it"), '"2026-11-20"', datetime(2026, 11, 20, tzinfo=UTC)),
        (lambda row: row.unix_moment("it"), "1795132800", datetime(2026, 11, 20, tzinfo=UTC)),
        (
            lambda row: row.unix_moment("it", per_second=1000),
            '"1795132800500"',
            datetime(2026, 11, 20, 0, 0, 0, 500_000, tzinfo=UTC),
        ),
        (lambda row: row.unix_moments("it"), "[1795132800]", [datetime(2026, 11, 20, tzinfo=UTC)]),
        (lambda row: row.day("it"), '"2026-11-20T23:59:59-08:00"', date(2026, 11, 20)),
        (lambda row: row.amounts("it", expected=2), '[1.5, "2"]', [Decimal("1.5"), Decimal(2)]),
        (lambda row: row.object("it").count("n"), '{"n": 2}', 2),
        (lambda row: row.optional_object("it"), "null", None),
        (lambda row: [item.count("n") for item in row.objects("it")], '[{"n": 2}, {"n": 3}]', [2, 3]),
        (lambda row: row.has("it"), "null", False),
        (lambda row: row.has("it"), "0", True),
    ],
)
def test_what_is_taken_is_exact(read: Read, wire: str, expected: Any):
    found = read(fields(wire))
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("read", "wire", "detail"),
    [
        (lambda row: row.text("it"), "null", "data[3].it is missing"),
        (lambda row: row.text("it"), '""', "data[3].it is missing"),
        (lambda row: row.text("it"), "true", "data[3].it is a truth value where text was expected"),
        (lambda row: row.text("it"), "1.5", "data[3].it is '1.5' where text was expected"),
        (lambda row: row.text("it"), "{}", "data[3].it is an object where text was expected"),
        (
            lambda row: row.text("it"),
            f'"{"x" * 2001}"',
            "data[3].it has 2,001 characters, more than any name has",
        ),
        (lambda row: row.text("it"), "7" * 2001, "data[3].it has 2,001 characters, more than any name has"),
        (lambda row: row.count("it"), "null", "data[3].it is missing"),
        (lambda row: row.count("it"), "1.5", "data[3].it is '1.5' where a whole number was expected"),
        (lambda row: row.count("it"), "false", "data[3].it is a truth value where a whole number was expected"),
        (lambda row: row.count("it"), '"٣"', "data[3].it is '٣' where a whole number was expected"),
        (lambda row: row.count("it"), "-1", "data[3].it is -1, not a valid count"),
        (
            lambda row: row.count("it"),
            "1000000000000001",
            "data[3].it is 1000000000000001, not a valid count",
        ),
        (lambda row: row.count("it"), "1e999999999", "data[3].it is '1E+999999999' where a whole number was expected"),
        (lambda row: row.number("it"), "null", "data[3].it is missing"),
        (lambda row: row.number("it"), '"1,5"', "data[3].it is '1,5' where a number was expected"),
        (lambda row: row.number("it"), '"Infinity"', "data[3].it is 'Infinity' where a number was expected"),
        (lambda row: row.number("it"), '"1e9999"', "data[3].it is '1e9999' where a number was expected"),
        (lambda row: row.number("it"), "[]", "data[3].it is a list where a number was expected"),
        (lambda row: row.number("it"), "-1000000000001", "data[3].it is -1000000000001, not a valid number"),
        (lambda row: row.number("it"), "1e1000000", "data[3].it is 1E+1000000, not a valid number"),
        (lambda row: row.money("it"), "null", "data[3].it is missing"),
        (lambda row: row.money("it"), "-1000000000.01", "data[3].it is -1000000000.01, larger than any charge"),
        (
            lambda row: row.money("it", per_unit=100),
            "100000000001",
            "data[3].it is 100000000001, larger than any charge",
        ),
        (lambda row: row.currency("it"), '"dollars"', "data[3].it is 'dollars', not a currency code"),
        (lambda row: row.currency("it"), '"ÜSD"', "data[3].it is 'ÜSD', not a currency code"),
        (lambda row: row.flag("it"), "1", "data[3].it is '1' where true or false was expected"),
        (
            lambda row: row.moment("it"),
            '"yesterday"',
            "data[3].it is 'yesterday' where a moment such as 2026-11-20T00:00:00Z was expected",
        ),
        (
            lambda row: row.moment("it"),
            '"0001-01-01T00:00:00+14:00"',
            "data[3].it is in the year 1, which no figure is of",
        ),
        (lambda row: row.unix_moment("it"), "0", "data[3].it is in the year 1970, which no figure is of"),
        (lambda row: row.unix_moment("it"), "1000000000000000", "data[3].it is not a moment"),
        (lambda row: row.unix_moments("it"), "[1795132800, null]", "data[3].it[1].moment is missing"),
        (lambda row: row.unix_moments("it"), "{}", "data[3].it is an object where a list of moments was expected"),
        (
            lambda row: row.day("it"),
            '"20.11.2026"',
            "data[3].it is '20.11.2026' where a day such as 2026-11-20 was expected",
        ),
        (lambda row: row.day("it"), '"9999-12-31"', "data[3].it is in the year 9999, which no figure is of"),
        (lambda row: row.amounts("it", expected=2), "[1]", "data[3].it is a list where a list of 2 was expected"),
        (lambda row: row.amounts("it", expected=1), "null", "data[3].it is null where a list of 1 was expected"),
        (lambda row: row.object("it"), "null", "data[3].it is null where an object was expected"),
        (lambda row: row.optional_object("it"), "[]", "data[3].it is a list where an object was expected"),
        (lambda row: row.objects("it"), "null", "data[3].it is missing"),
        (lambda row: row.objects("it"), "{}", "data[3].it is an object where a list was expected"),
        (lambda row: row.objects("it"), "[{}, 5]", "data[3].it[1] is '5' where an object was expected"),
        (lambda row: row.object("it").text("a\nb"), "{}", "data[3].it.a?b is missing"),
    ],
)
def test_what_is_refused_is_named_by_its_path(read: Read, wire: str, detail: str):
    with pytest.raises(AnswerError) as refused:
        read(fields(wire))
    assert str(refused.value) == detail


def test_a_long_value_is_not_shown_in_part_for_half_a_key_is_a_secret_too():
    with pytest.raises(AnswerError, match=r"^it is a value of 41 characters where a number was expected$"):
        fields(f'"{"k" * 41}"', path="").number("it")
    with pytest.raises(AnswerError, match=r"^\(a name of 81 characters\) is missing$"):
        Fields({}, "", set()).text("k" * 81)


def test_an_answer_that_is_no_object_is_refused():
    with pytest.raises(AnswerError, match=r"^the answer is a list where an object was expected$"):
        Fields([], "", set())


def test_what_nobody_read_is_kept_and_its_path_reported_without_numbers():
    unknown: set[str] = set()
    row = Fields(parse(b'{"a":1,"b":0.1,"c":null,"d":2,"e":[1]}', "it"), "data[0].rows[17]", unknown)
    assert row.count("a") == 1
    row.known("d")
    assert row.extra() == '{"b":"0.1","e":[1]}'
    assert unknown == {"data[].rows[].b", "data[].rows[].e"}
    assert row.names() == ["a", "b", "c", "d", "e"]
    assert row.extra() is None, "the names were data, so all were read"


def test_a_name_that_is_data_fits_into_text_and_is_no_longer_than_a_name():
    row = Fields(parse(rb'{"a\u0000b":1,"\ud800c":2}', "it"), "models", set())
    assert [row.count(name) for name in row.names()] == [1, 2]
    assert row.names() == ["a\N{REPLACEMENT CHARACTER}b", "?c"]
    with pytest.raises(AnswerError, match=r"^models\.\(a name of 2,001 characters\) is longer than any name is$"):
        Fields({"m" * 2001: 1}, "models", set()).names()


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b'{"a":1,"a":1}', "the page has 'a' twice in one object, so it is unclear which one counts"),
        (
            b'[{"x":{"\\u001b[2J":1,"\\u001b[2J":2}}]',
            "the page has '?[2J' twice in one object, so it is unclear which one counts",
        ),
        (b'{"a":Infinity}', "the page contains Infinity, which is not a number"),
        (b"[" * 100_000, "the page is nested too deeply to be an answer"),
        (b"1" * 5000, "the page has a number with too many digits"),
        (b"1e99999999999999999999", "the page has a number with too many digits"),
    ],
    ids=["twice", "twice, for a terminal", "Infinity", "nested", "digits", "exponent"],
)
def test_json_that_is_not_to_be_trusted_is_refused(content: bytes, detail: str):
    with pytest.raises(AnswerError) as refused:
        parse(content, "the page")
    assert str(refused.value) == detail


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.from_regex(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?", fullmatch=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,21})?", fullmatch=True)
"""Every number that the grammar of JSON has, up to exponents that no machine can hold."""


@given(st.binary(max_size=30) | JSON.map(lambda value: json.dumps(value).encode()) | NUMBERS.map(str.encode))
@example(b"\xff\xfe{}")
@example(b'{"a":')
def test_bytes_are_json_or_a_typed_error(content: bytes):
    try:
        parse(content, "the answer")
    except (AnswerError, json.JSONDecodeError, UnicodeDecodeError):
        return
    json.loads(content)


ACCESSORS: dict[str, Read] = {
    "text": lambda row: row.text("it"),
    "count": lambda row: row.count("it"),
    "number": lambda row: row.number("it"),
    "money": lambda row: row.money("it", per_unit=100),
    "currency": lambda row: row.currency("it"),
    "flag": lambda row: row.flag("it"),
    "moment": lambda row: row.moment("it"),
    "unix_moment": lambda row: row.unix_moment("it", per_second=1000),
    "unix_moments": lambda row: row.unix_moments("it"),
    "day": lambda row: row.day("it"),
    "object": lambda row: row.object("it").extra(),
    "objects": lambda row: [item.extra() for item in row.objects("it")],
    "amounts": lambda row: row.amounts("it", expected=1),
}


@given(JSON.map(json.dumps) | NUMBERS)
def test_any_value_is_taken_or_refused_with_its_path(wire: str):
    refused = {name: detail for name, read in ACCESSORS.items() if (detail := complaint(read, wire)) is not None}
    places = ("data[3].it", "the answer has", "the answer contains")
    assert [name for name, detail in refused.items() if not detail.startswith(places)] == []


def complaint(read: Read, wire: str) -> str | None:
    """What is reported against `wire`; None when it is taken."""
    try:
        read(fields(wire))
    except AnswerError as error:
        return str(error)
    return None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=12))
def test_money_is_the_digits_of_the_wire(amount: Decimal):
    assert fields(f"{amount:f}").money("it") == amount
    assert fields(f'"{amount:f}"').money("it") == amount
