"""The prices that each closed month was valued at, stored so that no newer price list or override moves it by itself.

    prices/2026-03.json               every price of every use of March 2026, as known when it was first valued closed
    prices/released/2026-03 …Z.json   what was stored before somebody asked for the prices of today

Belongs here: which prices apply to a closed month, and letting go of them. Does not: where a price comes from
(unit_prices.py), or what changes with it (valuation.py).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.domain.meters import BY_NAME
from pipelines.domain.periods import day_start, month_start
from pipelines.errors import HomeError
from pipelines.landing.files import not_written, write_atomically
from pipelines.landing.sealed import DAMAGE, sealed, strict_json, without_hash
from pipelines.presentation.messages import CHANGED
from pipelines.prices.modifiers import modifiers_of
from pipelines.prices.unit_prices import UnitPrice
from pipelines.prices.uses import Use, UseKey
from pipelines.reading.files import content_of

UNSEALED = {"kept_at", "uses"}
"""The keys of a file of an earlier version."""

FIRST_METERS = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cache_write_other_tokens",
    "output_tokens",
    "reasoning_tokens",
    "unsplit_tokens",
    "web_search_requests",
)
"""The meters of files that do not say of which meters they keep the prices; the list never grows."""

Months = Mapping[date, set[UseKey]]
"""First day of a month -> the uses that were seen in it."""


def by_month(uses: Iterable[Use]) -> Months:
    """The uses of each month; each of `uses` is of one month alone, as `warehouse.monthly_uses` gives them."""
    months: dict[date, set[UseKey]] = defaultdict(set)
    for use in uses:
        months[month_start(use.first_day)].add(use.key)
    return dict(sorted(months.items()))


def on_days_of_use(prices: Iterable[UnitPrice], months: Months, open_month: date) -> list[UnitPrice]:
    """`prices` cut to the months in which each use was seen; from the open month on they stay open."""
    known = _by_use(prices)
    pieces = [
        piece
        for month, keys in months.items()
        for key in keys
        for piece in _cut(known.get(key, ()), month, None if month >= open_month else next_month(month))
    ]
    return joined(pieces)


def joined(pieces: Iterable[UnitPrice]) -> list[UnitPrice]:
    """The same prices in as few rows as possible, ordered: equal ones that follow each other are one."""

    def place(price: UnitPrice) -> tuple[str, ...]:
        return tuple(map(str, (*price.use, price.meter, f"{price.min_input_tokens:020}")))

    rows: list[UnitPrice] = []
    for price in sorted(set(pieces), key=lambda price: (place(price), price.valid_from)):
        if rows and _goes_on(rows[-1], price):
            rows[-1] = replace(rows[-1], valid_to=price.valid_to)
        else:
            rows.append(price)
    return rows


def next_month(month: date) -> date:
    """The first day of the month after the one `month` is in."""
    return month_start(month_start(month) + timedelta(days=31))


@dataclass(frozen=True)
class PriceSnapshots:
    """The folder of one home, `prices/`."""

    folder: Path

    @property
    def released(self) -> Path:
        """Where the prices go that no longer hold."""
        return self.folder / "released"

    def as_billed(self, months: Months, current: Iterable[UnitPrice], now: datetime) -> list[UnitPrice]:
        """The prices that apply to each month of use: stored ones where it is closed, `current` ones where it is not.

        A closed month that is seen for the first time stores the current prices, with those of the uses that came late
        to a month already stored. A use without a price is stored as such. So it is with a meter that the version which
        stored the month did not know.

        Raises:
            HomeError: a stored file is damaged, or cannot be written.
        """
        open_month = month_start(now.date())
        known = _by_use(current)
        pieces: list[UnitPrice] = []
        for month, keys in months.items():
            if month >= open_month:
                pieces += [piece for key in keys for piece in _cut(known.get(key, ()), month, None)]
                continue
            stored, meters, is_sealed = self._read(month, keys)
            late = keys - stored.keys()
            late_meters = BY_NAME.keys() - meters
            if late or late_meters or not is_sealed:
                for key in stored:
                    of_late = [price for price in known.get(key, ()) if price.meter in late_meters]
                    stored[key] += _cut(of_late, month, next_month(month))
                stored |= {key: list(_cut(known.get(key, ()), month, next_month(month))) for key in late}
                self._write(month, stored, now)
            pieces += [piece for key in keys for piece in stored[key]]
        return joined(pieces)

    def release(self, since: date, now: datetime) -> list[date]:
        """Unlock every stored month from the one of `since` on; the next run stores them at its prices."""
        released = [month for month in self.months() if month >= month_start(since)]
        for month in released:
            self.released.mkdir(exist_ok=True)
            self._path(month).replace(self.released / f"{month:%Y-%m} {now:%Y%m%dT%H%M%SZ}.json")
        return released

    def months(self) -> list[date]:
        """The months whose prices are stored, in order."""
        return sorted(date.fromisoformat(f"{path.stem}-01") for path in self.folder.glob("????-??.json"))

    def verify(self) -> None:
        """Check every stored month.

        Raises:
            HomeError: one was changed.
        """
        for month in self.months():
            self._read(month, ())

    def digest(self) -> str:
        """One hash over everything that is stored."""
        return hashlib.sha256(b"".join(content_of(self._path(month)) for month in self.months())).hexdigest()

    def _path(self, month: date) -> Path:
        return self.folder / f"{month:%Y-%m}.json"

    def _read(self, month: date, keys: Iterable[UseKey]) -> tuple[dict[UseKey, list[UnitPrice]], set[str], bool]:
        """What is stored of a month, of which meters, and whether its file has a hash; the first versions' had none."""
        path = self._path(month)
        if not path.exists():
            return {}, set(BY_NAME), True
        try:
            content = strict_json(content_of(path))
            is_sealed = content.keys() != UNSEALED
            if is_sealed and without_hash(content)["month"] != f"{month:%Y-%m}":
                raise ValueError(f"it has the prices of {content['month']}")
            stored = {
                use: [_from_json(price, use) for price in entry["prices"]]
                for entry in content["uses"]
                for use in _uses_meant(entry["use"], keys)
            }
        except DAMAGE as error:
            raise HomeError(
                f"{path} {CHANGED} ({error}): put back a copy from a backup, or remove it to "
                f"keep {month:%B %Y} at today's prices"
            ) from error
        return stored, set(content.get("meters", FIRST_METERS)), is_sealed

    def _write(self, month: date, stored: Mapping[UseKey, Sequence[UnitPrice]], now: datetime) -> None:
        uses = [
            {"use": list(key), "prices": [_to_json(price) for price in joined(stored[key])]}
            for key in sorted(stored, key=str)
        ]
        reported = {"month": f"{month:%Y-%m}", "kept_at": now.isoformat(), "meters": list(BY_NAME), "uses": uses}
        content = sealed(reported)
        try:
            self.folder.mkdir(exist_ok=True)
            write_atomically(self._path(month), content + b"\n")
        except OSError as error:
            raise not_written(self._path(month), error) from error


def _goes_on(price: UnitPrice, later: UnitPrice) -> bool:
    """Whether `later` says the same as `price` from its end on."""
    return price.valid_to == later.valid_from and price == replace(
        later, valid_from=price.valid_from, valid_to=price.valid_to
    )


def _by_use(prices: Iterable[UnitPrice]) -> dict[UseKey, list[UnitPrice]]:
    found: dict[UseKey, list[UnitPrice]] = defaultdict(list)
    for price in prices:
        found[price.use].append(price)
    return found


def _cut(prices: Iterable[UnitPrice], start: date, end: date | None) -> Iterator[UnitPrice]:
    """The parts of `prices` that lie in the days from `start` to before `end` (None: for good)."""
    first, last = day_start(start), None if end is None else day_start(end)
    for price in prices:
        ends = min((moment for moment in (price.valid_to, last) if moment is not None), default=None)
        begins = max(price.valid_from, first)
        if ends is None or begins < ends:
            yield replace(price, valid_from=begins, valid_to=ends)


def _uses_meant(reported: Sequence[Any], keys: Iterable[UseKey]) -> set[UseKey]:
    """The uses that an entry of a file applies to.

    Those of earlier versions knew neither region nor batch, and valued most modifiers as standard use: they apply to
    standard use in every region, and for no other.
    """
    named = UseKey(*reported)
    if len(reported) == len(named):
        return {named}
    meant = {named, *(key for key in keys if key[: len(reported)] == named[: len(reported)])}
    return {key for key in meant if not modifiers_of(key)}


def _to_json(price: UnitPrice) -> dict[str, Any]:
    reported = asdict(price)
    for name in UseKey._fields:
        del reported[name]
    return {**reported, "unit_price": str(price.unit_price)}


def _from_json(reported: Mapping[str, Any], use: UseKey) -> UnitPrice:
    moments = {
        name: None if reported[name] is None else datetime.fromisoformat(reported[name])
        for name in ("valid_from", "valid_to")
    }
    amount = Decimal(reported["unit_price"])
    # Files of earlier versions state vendor and family too, which the model's name tells by itself.
    listed = {name: value for name, value in reported.items() if name not in {"vendor", "family"}}
    return UnitPrice(**use._asdict(), **{**listed, **moments, "unit_price": amount})
