"""Fetching the names of projects and keys: rarely, apart from figures, and once for all sources of an account.

A file with `NAMES` alongside this says how one provider is asked. Belongs here: when to ask, and keeping what comes
back. Does not: the file that names are stored in (landing/names.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipelines.domain.periods import day_start
from pipelines.errors import CostTrackerError
from pipelines.landing import Feed, KnownNames, LandingStore, NameKind
from pipelines.presentation.messages import ASKED_AGAIN
from pipelines.sources.api.framework.client import ApiClient, KeyRefusedError, Limits, redact
from pipelines.sources.api.framework.reachability import Reachability
from pipelines.sources.api.framework.shape import Answers
from pipelines.sources.api.framework.source import ApiAccount, KeyKind

ASKED_EVERY = timedelta(hours=20)
"""Once a day; sooner where figures have an id that was never seen."""

RECENT_DAYS = 3
"""Days of each feed in which new ids are looked for."""

REST = f"only their names are missing or old, no figure is; {ASKED_AGAIN}"
"""What a failure means, and what comes of it."""

COLUMNS = {NameKind.PROJECT: ("project", "project_name"), NameKind.API_KEY: ("api_key_id", "api_key_name")}
"""The columns of a landed row: the id, and the name that rows of older versions have alongside it."""

Named = tuple[NameKind, str, str]
"""Kind, id and name."""


@dataclass(frozen=True)
class NameSource:
    """How one provider is asked for names.

    Args:
        provider: as an account names it.
        base_url: the provider's address, unless the account has another.
        headers: what carries the key.
        key: the kind of key it needs.
        answers: what the answer at each path must have.
        fetch: every name there is; what came before an error counts.
        constant: names that the provider does not state.
    """

    provider: str
    base_url: str
    headers: Callable[[str], Mapping[str, str]]
    key: KeyKind
    answers: Answers
    fetch: Callable[[ApiClient], Iterator[Named]]
    constant: tuple[Named, ...] = ()


def refresh(
    of: NameSource,
    account: ApiAccount,
    feeds: Sequence[Feed],
    landing: LandingStore,
    now: datetime,
    *,
    network: Reachability | None = None,
    limits: Limits | None = None,
) -> str | None:
    """Read the names of `account`, whose figures are in `feeds`, if it is time to; what there is to say, or None.

    Whatever goes wrong, no name that was known is lost, and no figure depends on it.
    """
    if not account.key:
        return None
    known = landing.names.read(account.provider, account.name)
    if not landing.names.contains(account.provider, account.name):
        known = _with_landed(known, landing, feeds)
    ids = _recent_ids(landing, feeds)
    new = ids - known.ids() - known.unnamed
    if known.asked_at is not None and not new and now - known.asked_at < ASKED_EVERY:
        return None
    found: list[Named] = []
    try:
        _ask(of, account, found, network, limits or Limits())
    except KeyRefusedError as error:
        landing.names.write(known.seen([*of.constant, *found], now))
        note = f"the key may not read the names of projects and keys ({error.status}: {error.detail}); {REST}"
        return redact(note, account.key)
    except CostTrackerError as error:
        landing.names.write(known.seen([*of.constant, *found], now))
        return redact(f"the names of projects and keys could not be read ({error}); {REST}", account.key)
    known = known.seen([*of.constant, *found], now)
    landing.names.write(replace(known, asked_at=now, unnamed=ids - known.ids()))
    return None


def _ask(of: NameSource, account: ApiAccount, found: list[Named], network: Reachability | None, limits: Limits) -> None:
    """Add to `found` one name after another, so that an error loses none of those before it."""
    client = ApiClient(
        account.base_url or of.base_url,
        of.headers(account.key),
        secret=account.key,
        key_advice=of.key.advice,
        unknown=set(),
        limits=limits,
        answers=of.answers,
        network=network,
    )
    try:
        for name in of.fetch(client):
            found.append(name)  # noqa: PERF402 - each as it comes
    finally:
        client.close()


def _recent_ids(landing: LandingStore, feeds: Iterable[Feed]) -> frozenset[str]:
    ids: set[str] = set()
    for feed in feeds:
        manifest = landing.folder(feed).effective()
        days = manifest.days[-RECENT_DAYS:] if manifest else ()
        table = landing.read(feed, days, [id_column for id_column, _ in COLUMNS.values()])
        ids.update(value for column in table.columns for value in column.unique().to_pylist() if value)
    return frozenset(ids)


def _with_landed(known: KnownNames, landing: LandingStore, feeds: Iterable[Feed]) -> KnownNames:
    """The names that rows of older versions hold, each as of the last day that has it."""
    for feed in feeds:
        manifest = landing.manifest(feed)
        for day in manifest.days if manifest else ():
            table = landing.read(feed, [day], [name for pair in COLUMNS.values() for name in pair])
            rows = table.to_pylist()
            found = {
                (kind, row[id_column], row[name_column])
                for row in rows
                for kind, (id_column, name_column) in COLUMNS.items()
                if row[id_column] and row[name_column] and row[name_column] != row[id_column]
            }
            known = known.seen(found, day_start(day)) if found else known
    return known
