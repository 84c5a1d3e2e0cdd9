"""What there is to say of accounts alongside how asking them ended: two that are one, and those that are asked no more.

Belongs here: outcomes of feeds whose account is refused, renamed, closed or removed. Does not: asking (extraction.py),
or what counts (landing/effective.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import EffectiveData, Feed, LandingStore
from pipelines.landing.effective import NOT_CONFIGURED
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework import identity
from pipelines.sources.outcomes import Outcome, Status


def refused_twin(
    landing: LandingStore, feed: Feed, ids: Mapping[str, str | None], sentence: str, now: datetime
) -> Outcome:
    """The outcome of an account that is another one once more; what landed of it is marked as whose it is."""
    if landing.manifest(feed) is not None:
        landing.replace(feed, {}, cursor=None, now=now, account=ids.get(feed.name))
    return Outcome(feed, Status.FAILED, now, sentence)


def with_twins(outcomes: Iterable[Outcome], effective: EffectiveData) -> list[Outcome]:
    """The outcomes, failed where an account turned out to hold the very figures of one before it."""
    provider_of = {source.name: source.provider for source in api_sources()}

    def with_advice(outcome: Outcome) -> Outcome:
        feed = outcome.feed
        first = effective.twins.get((provider_of.get(feed.source, feed.source), feed.name))
        if first is None or outcome.status is not Status.OK:
            return outcome
        sentence = identity.same_account(first, feed.name, "they have the same figures")
        return replace(outcome, status=Status.FAILED, message=sentence)

    return [with_advice(outcome) for outcome in outcomes]


def no_longer_asked(landing: LandingStore, effective: EffectiveData, asked: Collection[Feed]) -> list[Outcome]:
    """An outcome for each landed feed of an account that was not asked: it is closed, renamed or configured no more."""
    return [
        Outcome(feed, Status.OK, manifest.observed_at, findings=notice_of(effective, feed))
        for manifest in landing.manifests()
        if (feed := manifest.feed).source_kind is SourceKind.API and feed not in asked
    ]


def no_longer_imported(
    landing: LandingStore, effective: EffectiveData, last_outcomes: Iterable[Outcome], imported: Collection[Feed]
) -> list[Outcome]:
    """The last outcome of each import whose file is gone, where what there is to say of its account changed."""
    earlier = {outcome.feed: outcome for outcome in last_outcomes}
    changed = []
    for manifest in landing.manifests():
        feed = manifest.feed
        if feed.source_kind is SourceKind.IMPORT and feed not in imported:
            last = earlier.get(feed) or Outcome(feed, Status.OK, manifest.observed_at)
            others = tuple(finding for finding in last.findings if not finding.startswith(NOT_CONFIGURED))
            new = replace(last, findings=others + notice_of(effective, feed))
            changed += [new] if new != last else []
    return changed


def with_hosts(outcomes: Iterable[Outcome], effective: EffectiveData, now: datetime) -> list[Outcome]:
    """The outcomes of agents' logs, with a note on each host whose replies landed under another one too."""
    notes = {feed: note for feed, note in effective.notices.items() if feed.source_kind is SourceKind.LOCAL}
    imported = [replace(outcome, message=outcome.message or notes.pop(outcome.feed, None)) for outcome in outcomes]
    return imported + [Outcome(feed, Status.OK, now, note) for feed, note in notes.items()]


def notice_of(effective: EffectiveData, feed: Feed) -> tuple[str, ...]:
    """What there is to find out about a feed that nothing configures."""
    return (effective.notices[feed],) if feed in effective.notices else ()
