"""Of feeds that contain the figures of one account: which counts, on which day, and under which name.

A feed is named after the label of its account, and labels change. So the feeds of an account are found by its name,
by its earlier names, and by what they hold; for each day the first of them that has rows counts, and the others'
stay in landing. What no setting names any more counts too, and is reported. Belongs here: that choice, and the
sentences on it. Does not: which of two sources reports the money (dbt_project/).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, groupby

import orjson

from pipelines.domain.source_kinds import SourceKind
from pipelines.landing.likeness import is_another_account, is_same_account
from pipelines.landing.manifest import Feed, Manifest
from pipelines.landing.repeated import repeated_replies
from pipelines.landing.store import LandingStore
from pipelines.presentation.messages import SAME_ACCOUNT
from pipelines.presentation.wording import counted

UNNAMED = "default"
"""The account of what was imported before an account was configured."""
NOT_CONFIGURED = "no account is named"
"""How the sentence begins on a feed whose account nothing configures."""


@dataclass(frozen=True)
class AccountNames:
    """A configured account: its name, its provider, and the names it had before."""

    name: str
    provider: str
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Accounts:
    """What is configured, and whose sources there are.

    `provider_of` has the provider of every source whose feeds are named after an account. `host` is this machine.
    """

    configured: tuple[AccountNames, ...] = ()
    provider_of: Mapping[str, str] = field(default_factory=dict)
    host: str = ""


@dataclass(frozen=True)
class EffectiveData:
    """What of landing counts.

    Args:
        account_names: the account that a feed's rows belong to, where it is another than they say.
        former_names: (provider, earlier name, name) of accounts, for rows of feeds that hold several.
        left_out: (feed, day) -> the keys of the records that do not count; None: none of the day's do.
        twins: a configured account -> the one before it that is the same account of the provider.
        notices: what there is to say of a feed, in sentences.
        unconfigured: feeds of accounts that nothing configures.
    """

    account_names: Mapping[Feed, str] = field(default_factory=dict)
    former_names: tuple[tuple[str, str, str], ...] = ()
    left_out: Mapping[tuple[Feed, date], frozenset[str] | None] = field(default_factory=dict)
    twins: Mapping[tuple[str, str], str] = field(default_factory=dict)
    notices: Mapping[Feed, str] = field(default_factory=dict)
    unconfigured: frozenset[Feed] = frozenset()

    def counts(self, feed: Feed, day: date) -> bool:
        """Whether any record of this day of a feed counts."""
        return self.left_out.get((feed, day), frozenset()) is not None

    def reading_of(self, feed: Feed, day: date) -> str | None:
        """A name for how a day is counted; None: as it landed. Another one means that its rows are others."""
        names = self.former_names if feed.source_kind is SourceKind.MANUAL else ()
        account, repeated = self.account_names.get(feed), self.left_out.get((feed, day))
        if account is None and not names and not repeated:
            return None
        return hashlib.sha256(orjson.dumps([account, names, sorted(repeated or ())])).hexdigest()[:16]


def effective_feeds(landing: LandingStore, accounts: Accounts) -> EffectiveData:
    """What of `landing` counts.

    Raises:
        LandingError: a manifest, or a file that had to be looked into, is damaged.
    """
    manifests = list(landing.manifests())
    found = _Found(landing)
    for provider in sorted(set(accounts.provider_of.values())):
        feeds = [manifest for manifest in manifests if accounts.provider_of.get(manifest.feed.source) == provider]
        found.add_provider(provider, feeds, [one for one in accounts.configured if one.provider == provider])
    local = [manifest for manifest in manifests if manifest.feed.source_kind is SourceKind.LOCAL]
    for _, of_agent in groupby(local, key=lambda manifest: manifest.feed.source):
        found.add_hosts(sorted(of_agent, key=lambda manifest: (manifest.feed.name != accounts.host, manifest.feed)))
    former = [(one.provider, name, one.name) for one in accounts.configured for name in one.former_names]
    return EffectiveData(
        found.account_names,
        tuple(former),
        found.left_out,
        found.twins,
        found.notices,
        frozenset(found.unconfigured),
    )


class _Found:
    """The choice, while it is made provider by provider."""

    def __init__(self, landing: LandingStore) -> None:
        self._landing = landing
        self.account_names: dict[Feed, str] = {}
        self.left_out: dict[tuple[Feed, date], frozenset[str] | None] = {}
        self.twins: dict[tuple[str, str], str] = {}
        self.notices: dict[Feed, str] = {}
        self.unconfigured: set[Feed] = set()
        self._contradicted: dict[str, str] = {}

    def add_hosts(self, hosts: Sequence[Manifest]) -> None:
        repeated = repeated_replies(self._landing, hosts)
        self.left_out.update(repeated)
        for host in hosts:
            count = sum(len(keys) for (feed, _), keys in repeated.items() if feed == host.feed)
            if count:
                self.notices[host.feed] = (
                    f"{counted(count, 'reply', 'replies')} of {host.feed.name!r} landed under another host too, "
                    "counted once: a machine that was renamed, or logs that were copied"
                )

    def add_provider(self, provider: str, feeds: Sequence[Manifest], configured: Sequence[AccountNames]) -> None:
        """Choose among the feeds of a provider's accounts, in the order in which they are configured."""
        by_label: dict[str, list[Manifest]] = {}
        for manifest in feeds:
            by_label.setdefault(manifest.feed.name, []).append(manifest)
        groups = {account.name: self._labels(account, by_label) for account in configured}
        for one, other in combinations([account.name for account in configured], 2):
            if one in groups and other in groups and self._are_same(by_label, one, other):
                groups[one] += groups.pop(other)
                self.twins[provider, other] = one
        named = {label for labels in groups.values() for label in labels}
        newest_first = sorted(by_label, key=lambda label: max(m.observed_at for m in by_label[label]), reverse=True)
        strangers = [label for label in newest_first if label not in named]
        likenesses: dict[str, str] = {}
        for label in strangers:
            alike = (name for name, labels in groups.items() if self._is_like(by_label, labels, label))
            owner = next(alike, None)
            if owner is None:
                groups[label] = [label]
            else:
                groups[owner].append(label)
                likenesses[label] = owner
        for name, labels in groups.items():
            self._choose(name, labels, by_label)
        self._tell(by_label, strangers, likenesses, [account.name for account in configured])

    def _labels(self, account: AccountNames, by_label: Mapping[str, list[Manifest]]) -> list[str]:
        """The account's names, without an earlier one under which the same days have other figures altogether."""
        labels = [account.name]
        for former in account.former_names:
            pairs = _pairs(by_label, account.name, former)
            if any(is_another_account(self._landing, a, b) for a, b in pairs):
                self._contradicted[former] = account.name
            else:
                labels.append(former)
        return labels

    def _are_same(self, by_label: Mapping[str, list[Manifest]], one: str, other: str, *, likely: bool = False) -> bool:
        """Whether two labels are one account: as soon as one source says so, none of them is two accounts'."""
        pairs = _pairs(by_label, one, other)
        return any(is_same_account(self._landing, a, b, is_likely=likely) for a, b in pairs)

    def _is_like(self, by_label: Mapping[str, list[Manifest]], labels: Iterable[str], stranger: str) -> bool:
        return any(self._are_same(by_label, label, stranger, likely=True) for label in labels)

    def _choose(self, name: str, labels: Sequence[str], by_label: Mapping[str, list[Manifest]]) -> None:
        """Let the first feed of each source that has rows of a day count, else the first that covers it."""
        ordered = [manifest for label in dict.fromkeys(labels) for manifest in by_label.get(label, ())]
        ordered.sort(key=lambda manifest: manifest.feed.source)
        for _, of_source in groupby(ordered, key=lambda manifest: manifest.feed.source):
            feeds = list(of_source)
            for manifest in feeds:
                if manifest.feed.name != name:
                    self.account_names[manifest.feed] = name
            for day in {day for manifest in feeds for day in manifest.days}:
                covering = [manifest for manifest in feeds if day in manifest.partitions]
                counting = next((one for one in covering if one.partitions[day].row_count), covering[0])
                self.left_out.update({(one.feed, day): None for one in covering if one is not counting})

    def _tell(
        self,
        by_label: Mapping[str, list[Manifest]],
        strangers: Iterable[str],
        likenesses: Mapping[str, str],
        configured: Sequence[str],
    ) -> None:
        for label in strangers:
            for manifest in by_label[label]:
                # An export lands under this label while no account of its provider is listed, and never after.
                is_left_over = label == UNNAMED and bool(configured)
                if manifest.feed.source_kind is SourceKind.API or label in likenesses or is_left_over:
                    self.unconfigured.add(manifest.feed)
                    self.notices[manifest.feed] = self._sentence(manifest, likenesses.get(label), configured)

    def _sentence(self, manifest: Manifest, owner: str | None, configured: Sequence[str]) -> str:
        feed = manifest.feed
        retained = [
            day for day in manifest.days if (feed, day) not in self.left_out and manifest.partitions[day].row_count
        ]
        days = counted(len(retained), "day")
        if feed.name in self._contradicted:
            return (
                f"{self._contradicted[feed.name]!r} has `was: {feed.name}` in ai-costs.yaml, but no day that both have "
                f"has the same figures, so both count ({days}): if they are two accounts, take `was` out"
            )
        if owner is None:
            rename = f" (of {', '.join(configured)})" if configured else ""
            return (
                f"{NOT_CONFIGURED} {feed.name!r} any more, and {days} of it still count: if it was renamed, write "
                f"`was: {feed.name}` at its new name in ai-costs.yaml{rename}; if it is no longer used, keep it with "
                "`closed: true`"
            )
        known_as = f"{feed.name!r} {SAME_ACCOUNT} {owner!r}" if owner in configured else f"like {owner!r}"
        return (
            f"{NOT_CONFIGURED} {feed.name!r} any more; {known_as}, because they have the same content, so each day "
            f"counts once, plus "
            f"{days} that only the old name has: write `was: {feed.name}` at {owner!r} in ai-costs.yaml to confirm it"
        )


def _pairs(by_label: Mapping[str, list[Manifest]], one: str, other: str) -> list[tuple[Manifest, Manifest]]:
    """The feeds of two labels, source by source."""
    theirs = {manifest.feed.source: manifest for manifest in by_label.get(other, ())}
    return [(mine, theirs[mine.feed.source]) for mine in by_label.get(one, ()) if mine.feed.source in theirs]


def listed(effective: EffectiveData) -> Iterator[tuple[Feed, date, str | None]]:
    """Every (feed, day, record key) that does not count; without a key it is the whole day."""
    for (feed, day), keys in sorted(effective.left_out.items(), key=lambda item: item[0]):
        for key in [None] if keys is None else sorted(keys):
            yield feed, day, key
