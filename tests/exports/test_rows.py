"""Which costs an export holds, and how each is written, byte for byte."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.domain.source_kinds import COST_SOURCE_KINDS, SourceKind
from pipelines.exports.choice import ExportFilter, ExportShape
from pipelines.exports.costs import Export, default_name, export_costs
from tests.examples import examples
from tests.exports.published_costs import TYPES, cost, published

SHOWN = ("cost_date", "project", "note", "cost_amount", "currency", "requests", "is_provisional")
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
KINDS = ("spend", "list_price_value")
CURRENCIES = ("USD", "EUR")
RFC_4180: dict[str, Any] = {"header": True, "delimiter": ",", "quotechar": '"', "escapechar": '"'}


def written(folder: Path, name: str, *costs: dict[str, Any], columns: tuple[str, ...] = SHOWN) -> Export:
    with published(*costs) as connection:
        return export_costs(connection, folder, "costs", name, ExportFilter(), ExportShape(columns=columns))


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


def test_a_csv_is_quoted_where_it_must_be_and_nowhere_else(tmp_path: Path):
    export = written(
        tmp_path,
        "csv",
        cost(1, note='she said "two"', project="a,b", cost_amount=Decimal("-5.25")),
        cost(2, note="line\nbreak", project="Zürich 日本", cost_amount=Decimal("0.000000000001"), requests=3),
        cost(3, note="carriage\rreturn", project="", cost_amount=None, currency=None, is_provisional=True),
    )
    assert export.path.read_bytes().decode() == (
        "cost_date,project,note,cost_amount,currency,requests,is_provisional\n"
        '2026-03-01,"a,b","she said ""two""",-5.250000000000,USD,,false\n'
        '2026-03-01,Zürich 日本,"line\nbreak",0.000000000001,USD,3,false\n'
        '2026-03-01,"","carriage\rreturn",,,,true\n'
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_begins_as_a_formula_does_gets_an_apostrophe_and_numbers_never(tmp_path: Path, start: str):
    formula = f"{start}SUM(A1:A9)"
    textual = {
        name: formula
        for name, kind in TYPES.items()
        if kind == "varchar" and name not in {"cost_id", "currency", "cost_kind"}
    }
    reported = {**textual, "requests": -3, "total_tokens": -4, "cost_amount": Decimal(-1)}
    export = written(tmp_path, "csv", cost(1, **reported), columns=())
    (row,) = csv_rows(export.path)
    assert {row[name] for name in textual} == {f"'{formula}"}
    assert (row["requests"], row["total_tokens"], row["cost_amount"]) == ("-3", "-4", "-1.000000000000")


def test_a_json_carries_amounts_as_exact_text_and_what_it_holds_in_front(tmp_path: Path):
    large = Decimal("999999999999999.000000000001")
    export = written(tmp_path, "json", cost(1, cost_amount=large, note="=1"), cost(2, cost_amount=None, currency=None))
    document = json.loads(export.path.read_bytes(), parse_float=pytest.fail)
    assert document["metadata"]["build_id"] == "b1"
    assert document["metadata"]["row_count"] == 2
    assert document["metadata"]["amounts"] == {"spend": {"USD": str(large)}}
    unpriced = {"cost_date": "2026-03-01", "project": None, "requests": None, "is_provisional": False}
    assert document["records"] == [
        {**unpriced, "note": "=1", "cost_amount": str(large), "currency": "USD"},
        {**unpriced, "note": None, "cost_amount": None, "currency": None},
    ]


# One cost for each combination, so that each filter alone and any two together leave a known number.
DAYS, PROVIDERS, ACCOUNTS = (MARCH, APRIL), ("groq", "o'hara; drop table fct_costs"), ("acme", "labs")
EVERY = [
    cost(number, cost_date=day, provider=provider, account_name=account, source_kind=kind)
    for number, (day, provider, account, kind) in enumerate(product(DAYS, PROVIDERS, ACCOUNTS, COST_SOURCE_KINDS))
]


@pytest.mark.parametrize(
    ("chosen", "column", "left"),
    [
        (ExportFilter(start=APRIL), "cost_date", {"2026-04-01": 16}),
        (ExportFilter(end=APRIL), "cost_date", {"2026-03-31": 16}),
        (ExportFilter(start=MARCH, end=APRIL), "cost_date", {"2026-03-31": 16}),
        (ExportFilter(providers=("groq",)), "provider", {"groq": 16}),
        (ExportFilter(providers=(PROVIDERS[1],)), "provider", {PROVIDERS[1]: 16}),
        (ExportFilter(providers=PROVIDERS), "provider", dict.fromkeys(PROVIDERS, 16)),
        (ExportFilter(accounts=("labs",)), "account_name", {"labs": 16}),
        (ExportFilter(source_kinds=(SourceKind.API,)), "source_kind", {"api": 8}),
        (ExportFilter(source_kinds=(SourceKind.API, SourceKind.LOCAL)), "source_kind", {"api": 8, "local": 8}),
        (ExportFilter(start=APRIL, providers=("groq",)), "cost_date", {"2026-04-01": 8}),
        (ExportFilter(accounts=("acme",), source_kinds=(SourceKind.MANUAL,)), "source_kind", {"manual": 4}),
        (
            ExportFilter(MARCH, APRIL, ("groq",), ("acme",), source_kinds=(SourceKind.IMPORT,)),
            "source_kind",
            {"import": 1},
        ),
    ],
)
@pytest.mark.parametrize("name", ["csv", "json"])
def test_each_filter_alone_and_together_leaves_what_it_says(
    tmp_path: Path, name: str, chosen: ExportFilter, column: str, left: dict[str, int]
):
    with published(*EVERY) as connection:
        export = export_costs(connection, tmp_path, "some", name, chosen)
    rows = csv_rows(export.path) if name == "csv" else json.loads(export.path.read_bytes())["records"]
    assert Counter(row[column] for row in rows) == left
    total = sum(left.values())
    assert (export.row_count, export.amounts) == (total, {"spend": {"USD": Decimal(total)}})


@pytest.mark.parametrize(
    "chosen",
    [
        ExportFilter(providers=("nobody",)),
        ExportFilter(start=APRIL, end=APRIL),
        ExportFilter(providers=("groq", "x"), accounts=("nobody",)),
    ],
)
def test_a_filter_that_matches_nothing_gives_a_file_that_says_so(tmp_path: Path, chosen: ExportFilter):
    with published(*EVERY) as connection:
        for name in ("csv", "json"):
            export = export_costs(connection, tmp_path, "none", name, chosen)
            assert (export.row_count, export.amounts) == (0, {})
            manifest = json.loads((tmp_path / f"{export.path.name}.manifest.json").read_bytes())
            assert (manifest["row_count"], manifest["amounts"]) == (0, {})
    assert (tmp_path / "none.csv").read_text() == ",".join(TYPES) + "\n"
    assert json.loads((tmp_path / "none.json").read_bytes())["records"] == []


def test_a_manifest_says_which_filters_and_which_shape_made_the_file(tmp_path: Path):
    chosen = ExportFilter(start=MARCH, providers=("groq",), source_kinds=(SourceKind.API,))
    with published(*EVERY) as connection:
        export_costs(connection, tmp_path, "some", "csv", chosen)
    manifest = json.loads((tmp_path / "some.csv.manifest.json").read_bytes())
    assert manifest["filters"] == {
        "start": "2026-03-31",
        "end": None,
        "providers": ["groq"],
        "accounts": [],
        "models": [],
        "projects": [],
        "cost_centers": [],
        "source_kinds": ["api"],
    }
    assert manifest["shape"] == {"preset": None, "columns": [], "compress": False, "footer": False}


def test_sample_data_says_so_in_the_files_name_and_beside_it(tmp_path: Path):
    with published(cost(1, is_sample=True), is_sample=True) as connection:
        export = export_costs(connection, tmp_path, "costs", "csv", ExportFilter())
    assert export.path.name == "SAMPLE-costs.csv"
    assert json.loads((tmp_path / "SAMPLE-costs.csv.manifest.json").read_bytes())["is_sample"] is True
    assert [row["is_sample"] for row in csv_rows(export.path)] == ["true"]


@pytest.mark.parametrize(
    ("chosen", "shape", "name"),
    [
        (ExportFilter(), ExportShape(), "costs"),
        (ExportFilter(), ExportShape(compress=True), "costs"),
        (ExportFilter(providers=("groq",)), ExportShape(), "chosen-costs"),
        (ExportFilter(), ExportShape(columns=("currency",)), "chosen-costs"),
    ],
)
def test_an_export_of_some_costs_never_takes_the_standing_ones_name(
    chosen: ExportFilter, shape: ExportShape, name: str
):
    assert default_name(chosen, shape) == name


COSTS = st.lists(
    st.builds(
        dict,
        cost_amount=st.none() | st.decimals(min_value=-(10**14), max_value=10**14, places=12),
        currency=st.sampled_from(CURRENCIES),
        cost_kind=st.sampled_from(KINDS),
        note=st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    ),
    max_size=12,
)


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(COSTS)
def test_any_costs_have_one_sum_in_sql_in_csv_in_json_and_in_the_manifest(
    tmp_path: Path, reported: list[dict[str, Any]]
):
    with published(*(cost(number, **values) for number, values in enumerate(reported))) as connection:
        exports = [export_costs(connection, tmp_path, "any", name, ExportFilter()) for name in ("csv", "json")]
        sums = "select cost_kind, currency, sum(cost_amount) from {} where cost_amount is not null group by all"
        in_facts = set(connection.sql(sums.format("fct_costs")).fetchall())
        file = connection.read_csv(str(exports[0].path), dtype={"cost_amount": "DECIMAL(38, 12)"}, **RFC_4180)
        assert set(connection.sql(sums.format("file")).fetchall()) == in_facts
        assert file.aggregate("count(*)").fetchall() == [(len(reported),)]
    in_csv = totals(csv_rows(exports[0].path))
    in_json = totals(json.loads(exports[1].path.read_bytes())["records"])
    manifest = json.loads((tmp_path / "any.csv.manifest.json").read_bytes())["amounts"]
    in_manifest = {(kind, code, Decimal(text)) for kind, by in manifest.items() for code, text in by.items()}
    assert in_csv == in_json == in_manifest == in_facts


def totals(rows: list[dict[str, str | None]]) -> set[tuple[str | None, str | None, Decimal]]:
    sums: dict[tuple[str | None, str | None], Decimal] = {}
    for row in rows:
        if amount := row["cost_amount"]:
            key = (row["cost_kind"], row["currency"])
            sums[key] = sums.get(key, Decimal(0)) + Decimal(amount)
    return {(*key, amount) for key, amount in sums.items()}


def test_duckdb_reads_a_csv_back_as_it_was(tmp_path: Path):
    rows = [cost(1, cost_amount=Decimal("0.1"), note="a\nb"), cost(2, cost_amount=Decimal("0.2"), note='q"q')]
    export = written(tmp_path, "csv", *rows, columns=())
    connection = duckdb.connect(":memory:")
    read = connection.read_csv(str(export.path), dtype={"cost_amount": "DECIMAL(38, 12)"})
    assert read.project("note").fetchall() == [("a\nb",), ('q"q',)]
    assert read.aggregate("sum(cost_amount)").fetchall() == [(Decimal("0.3"),)]
    connection.close()
