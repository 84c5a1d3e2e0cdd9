"""Whether two feeds hold the figures of one account: by what the provider calls it, else by what it answered.

Where a provider does not say whose figures it gives, a key that both feeds name, or days that come to the same to the
last digit, say it. Belongs here: comparing two feeds. Does not: which of them counts (effective.py).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipelines.landing.manifest import Manifest, Partition
from pipelines.landing.store import LandingStore

EQUAL_SHARE = 0.8
"""Of the days that both have: the newest may have been restated since one of the two was last read."""
SETTLES_AFTER = 2
"""Days; a younger one may have grown since one of the two was last read."""
SURE_AFTER = 3
"""So many equal days are not a coincidence, even where no key is named."""
DAYS_LOOKED_INTO = 3
SHORTEST_ID = 12
"""A shorter name of a key, or one without a digit, such as `console`, may be the same in two organisations."""


def is_same_account(landing: LandingStore, one: Manifest, other: Manifest, *, is_likely: bool = False) -> bool:
    """Whether two feeds of one source hold the same account's figures.

    Args:
        landing: where their rows are.
        one: a feed.
        other: another feed of the same source.
        is_likely: there is another reason to think so, such as that one of them is configured no more: then a
            single equal day is enough.
    """
    if one.account is not None and other.account is not None:
        return one.account == other.account
    shared = _shared(one, other)
    if not shared:
        return False
    equal = _equal(one, other, shared)
    if (is_likely or equal) and _names_same_key(landing, one, other, shared):
        return True
    judged = _settled(one, other, shared)
    equal = _equal(one, other, judged)
    return equal >= EQUAL_SHARE * len(judged) and (is_likely or equal >= SURE_AFTER)


def is_another_account(landing: LandingStore, one: Manifest, other: Manifest) -> bool:
    """Whether two feeds of one source have days in common, and neither a key nor the figures of any of them."""
    shared = _shared(one, other)
    return bool(shared) and not _names_same_key(landing, one, other, shared) and not _equal(one, other, shared)


def _shared(one: Manifest, other: Manifest) -> list[date]:
    return [day for day in one.days if _rows(one, day) and _rows(other, day)]


def _settled(one: Manifest, other: Manifest, shared: list[date]) -> list[date]:
    """The days that were over for a while when either was last read; where there are none, all of them."""
    read = min(one.observed_at, other.observed_at).date()
    return [day for day in shared if day <= read - timedelta(days=SETTLES_AFTER)] or shared


def _equal(one: Manifest, other: Manifest, shared: list[date]) -> int:
    return sum(_totals(one.partitions[day]) == _totals(other.partitions[day]) for day in shared)


def _names_same_key(landing: LandingStore, one: Manifest, other: Manifest, shared: list[date]) -> bool:
    return bool(_keys(landing, one, shared) & _keys(landing, other, shared))


def _rows(manifest: Manifest, day: date) -> int:
    partition = manifest.partitions.get(day)
    return partition.row_count if partition else 0


def _totals(partition: Partition) -> tuple[object, ...]:
    return partition.row_count, dict(partition.counts), dict(partition.amounts)


def _keys(landing: LandingStore, manifest: Manifest, days: list[date]) -> set[str]:
    """The provider's ids of the keys that the last of these days name; a key belongs to one organisation."""
    found = landing.read(manifest.feed, days[-DAYS_LOOKED_INTO:], ["api_key_id"])["api_key_id"].to_pylist()
    return {key for key in found if key is not None and len(key) >= SHORTEST_ID and re.search(r"\d", key)}
