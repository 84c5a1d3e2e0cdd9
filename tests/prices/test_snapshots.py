"""A closed month keeps the prices it was valued at, whatever list or override comes later, until it is released."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import HomeError
from pipelines.landing.sealed import sealed
from pipelines.presentation.messages import CHANGED
from pipelines.prices.price_list import OPEN_START
from pipelines.prices.restatement import PriceBasis, restate
from pipelines.prices.snapshots import PriceSnapshots, by_month, joined, on_days_of_use
from pipelines.prices.unit_prices import UnitPrice
from pipelines.prices.uses import Use, UseKey

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
USES = [
    Use("acme", "m", None, None, date(2026, 1, 5), date(2026, 1, 30)),
    Use("acme", "m", None, None, date(2026, 3, 2), date(2026, 3, 19)),
    Use("acme", "n", "batch", None, date(2026, 2, 5), date(2026, 2, 5)),
]
MONTHS = by_month(USES)


def priced(model: str, amount: str, **reported: object) -> UnitPrice:
    price = UnitPrice(
        provider="acme",
        model_raw=model,
        service_tier="batch" if model == "n" else None,
        speed=None,
        meter="output_tokens",
        min_input_tokens=0,
        valid_from=OPEN_START,
        valid_to=None,
        unit_price=Decimal(amount),
        currency="USD",
        price_version="list 1",
        model_id=model,
    )
    return replace(price, **reported)  # type: ignore[arg-type]


FIRST = [priced("m", "0.000003"), priced("n", "0.000001")]
SECOND = [priced("m", "0.000002", price_version="list 2")]


@pytest.fixture
def stored(tmp_path: Path) -> PriceSnapshots:
    return PriceSnapshots(tmp_path / "prices")


def reported(prices: Sequence[UnitPrice]) -> list[tuple[str, datetime, datetime | None, str]]:
    return [(price.model_raw, price.valid_from, price.valid_to, f"{price.unit_price:f}") for price in prices]


def test_a_closed_month_is_kept_and_the_open_one_follows_the_list(stored: PriceSnapshots):
    assert reported(stored.as_billed(MONTHS, FIRST, NOW)) == [
        ("m", JANUARY, FEBRUARY, "0.000003"),
        ("m", MARCH, None, "0.000003"),
        ("n", FEBRUARY, MARCH, "0.000001"),
    ]
    assert stored.months() == [JANUARY.date(), FEBRUARY.date()]
    later = stored.as_billed(MONTHS, SECOND, NOW)
    assert reported(later) == [
        ("m", JANUARY, FEBRUARY, "0.000003"),
        ("m", MARCH, None, "0.000002"),
        ("n", FEBRUARY, MARCH, "0.000001"),
    ]
    assert [price.price_version for price in later] == ["list 1", "list 2", "list 1"]


def test_a_use_without_a_price_stays_without_one(stored: PriceSnapshots):
    stored.as_billed(MONTHS, SECOND, NOW)
    assert [price.model_raw for price in stored.as_billed(MONTHS, FIRST, NOW)] == ["m", "m"]


def test_a_use_that_comes_late_to_a_kept_month_has_the_prices_of_its_coming(stored: PriceSnapshots):
    stored.as_billed(MONTHS, FIRST, NOW)
    late = [*USES, Use("acme", "n", "batch", None, date(2026, 1, 9), date(2026, 1, 9))]
    cheaper = [priced("m", "0.000002"), priced("n", "0.0000005")]
    found = reported(stored.as_billed(by_month(late), cheaper, NOW))
    assert found[0] == ("m", JANUARY, FEBRUARY, "0.000003")
    assert found[2:] == [("n", JANUARY, FEBRUARY, "0.0000005"), ("n", FEBRUARY, MARCH, "0.000001")]


def test_the_month_closes_with_the_first_run_after_it(stored: PriceSnapshots):
    stored.as_billed(MONTHS, FIRST, NOW)
    april = datetime(2026, 4, 1, 1, tzinfo=UTC)
    assert stored.as_billed(MONTHS, SECOND, april)[1].unit_price == Decimal("0.000002")
    assert stored.as_billed(MONTHS, FIRST, april)[1].unit_price == Decimal("0.000002")


def test_a_released_month_takes_todays_prices_and_the_former_stand_aside(stored: PriceSnapshots):
    stored.as_billed(MONTHS, FIRST, NOW)
    before = (stored.folder / "2026-02.json").read_bytes()
    assert stored.release(date(2026, 2, 14), NOW) == [FEBRUARY.date()]
    assert (stored.released / "2026-02 20260320T120000Z.json").read_bytes() == before
    now = stored.as_billed(MONTHS, SECOND, NOW)
    assert [price.model_raw for price in now] == ["m", "m"]
    assert stored.months() == [JANUARY.date(), FEBRUARY.date()]


def test_a_changed_file_is_named_with_what_to_do(stored: PriceSnapshots):
    stored.as_billed(MONTHS, FIRST, NOW)
    file = stored.folder / "2026-01.json"
    file.write_bytes(file.read_bytes().replace(b'"0.000003"', b'"0.000002"'))
    with pytest.raises(HomeError) as error:
        stored.as_billed(MONTHS, FIRST, NOW)
    assert str(error.value) == (
        f"{file} {CHANGED} (its hash is not that of its content): put back a copy from a "
        "backup, or remove it to keep January 2026 at today's prices"
    )


def test_the_prices_of_one_month_are_not_those_of_another(stored: PriceSnapshots):
    stored.as_billed(MONTHS, FIRST, NOW)
    (stored.folder / "2026-01.json").write_bytes((stored.folder / "2026-02.json").read_bytes())
    with pytest.raises(HomeError, match="it has the prices of 2026-02"):
        stored.as_billed(MONTHS, FIRST, NOW)


def test_a_file_of_an_earlier_version_holds_and_gets_its_hash(stored: PriceSnapshots):
    before = stored.as_billed(MONTHS, FIRST, NOW)
    file = stored.folder / "2026-01.json"
    whole = file.read_bytes()
    content = json.loads(whole)
    file.write_text(json.dumps({name: content[name] for name in ("kept_at", "uses")}))
    assert stored.as_billed(MONTHS, SECOND, NOW)[0] == before[0]
    assert file.read_bytes() == whole


def test_a_meter_that_the_version_before_did_not_know_gets_its_price_and_no_other_one_moves(stored: PriceSnapshots):
    stored.as_billed(MONTHS, FIRST, NOW)
    file = stored.folder / "2026-01.json"
    content = json.loads(file.read_text())
    file.write_bytes(sealed({name: content[name] for name in ("month", "kept_at", "uses")}))
    today = [
        *SECOND,
        priced("m", "0.00004", meter="output_audio_tokens"),
        priced("m", "0.0000003", meter="cache_read_tokens"),
    ]
    upgraded = [price for price in stored.as_billed(MONTHS, today, NOW) if price.valid_from == JANUARY]
    assert [(price.meter, f"{price.unit_price:f}") for price in upgraded] == [
        ("output_audio_tokens", "0.00004"),
        ("output_tokens", "0.000003"),
    ]
    later = [priced("m", "0.00009", meter="output_audio_tokens")]
    assert [price for price in stored.as_billed(MONTHS, later, NOW) if price.valid_from == JANUARY] == upgraded


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match=r"2026-01\.json cannot be written \(Not a directory\)"):
        PriceSnapshots(tmp_path / "file" / "prices").as_billed(MONTHS, FIRST, NOW)


def test_prices_that_follow_each_other_unchanged_are_one_row():
    halves = [priced("m", "1", valid_to=FEBRUARY), priced("m", "1", valid_from=FEBRUARY)]
    assert joined(reversed(halves)) == [priced("m", "1")]
    gap = [priced("m", "1", valid_to=JANUARY), priced("m", "1", valid_from=FEBRUARY)]
    assert joined(gap) == gap
    assert joined([*halves, priced("m", "2", min_input_tokens=5)])[1].min_input_tokens == 5


def test_only_uses_of_another_value_are_restated(stored: PriceSnapshots):
    stored.as_billed(MONTHS, FIRST, NOW)
    cut = [
        priced("m", "0.000003", valid_to=MARCH, price_version="list 2"),
        priced("m", "0.000002", valid_from=MARCH, price_version="list 2"),
        priced("n", "0.000001", price_version="list 2"),
    ]
    as_billed = stored.as_billed(MONTHS, cut, NOW)
    restated = restate(as_billed, cut, MONTHS, MARCH.date(), NOW)
    assert restated.uses == [UseKey("acme", "m")]
    assert [(basis, price.valid_from, price.unit_price) for basis, price in restated.prices] == [
        (PriceBasis.AS_KNOWN, JANUARY, Decimal("0.000003")),
        (PriceBasis.AS_KNOWN, MARCH, Decimal("0.000002")),
        (PriceBasis.RESTATED, JANUARY, Decimal("0.000002")),
        (PriceBasis.RESTATED, MARCH, Decimal("0.000002")),
    ]
    assert restate(as_billed, cut, MONTHS, MARCH.date(), JANUARY).uses == [UseKey("acme", "m")]
    unchanged = stored.as_billed(MONTHS, FIRST, NOW)
    assert restate(unchanged, FIRST, MONTHS, MARCH.date(), NOW) == ([], [])


AMOUNTS = st.decimals(Decimal("0.000000000000000001"), Decimal("0.001"), places=18).map(str)
STARTS = st.sampled_from([OPEN_START, JANUARY, datetime(2026, 1, 17, tzinfo=UTC), FEBRUARY, MARCH])


def one_after_another(model: str, amounts: dict[datetime, str]) -> list[UnitPrice]:
    starts = sorted(amounts)
    ends = {start: end for start, end in pairwise([*starts, None]) if start is not None}
    return [priced(model, amounts[start], valid_from=start, valid_to=ends[start]) for start in starts]


LISTS = st.builds(
    lambda of_m, of_n: one_after_another("m", of_m) + one_after_another("n", of_n),
    st.dictionaries(STARTS, AMOUNTS, max_size=3),
    st.dictionaries(STARTS, AMOUNTS, max_size=3),
)


@settings(deadline=None)
@given(LISTS, LISTS)
def test_restating_and_restating_back_gives_exactly_the_former_prices(one: list[UnitPrice], other: list[UnitPrice]):
    with TemporaryDirectory() as folder:
        stored = PriceSnapshots(Path(folder) / "prices")
        former = stored.as_billed(MONTHS, one, NOW)
        unmoved = stored.as_billed(MONTHS, other, NOW)
        assert [p for p in unmoved if p.valid_from < MARCH] == [p for p in former if p.valid_from < MARCH]
        stored.release(JANUARY.date(), NOW)
        assert stored.as_billed(MONTHS, other, NOW) == on_days_of_use(other, MONTHS, MARCH.date())
        stored.release(JANUARY.date(), NOW)
        assert stored.as_billed(MONTHS, one, NOW) == former
