"""ElevenLabs: credits used, by day and model.

`GET /v1/usage/character-stats` takes and gives milliseconds, and one list of figures for each group beside a list
of times. Credits are a quota that a subscription pays for, so no money is landed: enter the subscription by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.sources.api.answers import Fields
from pipelines.sources.api.shape import Shape
from pipelines.sources.api.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

MILLISECONDS = 1000
STATS = "/v1/usage/character-stats"


def fetch(session: Session, window: Window) -> Answer:
    """All days of `window` in one answer."""
    answer = session.client.get(
        STATS,
        [
            ("start_unix", int(day_start(window.start).timestamp() * MILLISECONDS)),
            ("end_unix", int(day_start(window.end).timestamp() * MILLISECONDS) - 1),
            ("aggregation_interval", "day"),
            ("breakdown_type", "model"),
            ("metric", "credits"),
        ],
    )
    moments = answer.unix_moments("time", per_second=MILLISECONDS)
    usage = answer.object("usage")
    records = [record for group in sorted(usage.names()) for record in _group(session, group, moments, usage)]
    return Answer([record for record in records if record.day < window.end], window.days())


def _group(session: Session, group: str, moments: list[datetime], usage: Fields) -> Iterator[UsageRecord]:
    for moment, figure in zip(moments, usage.numbers(group, expected=len(moments)), strict=True):
        if figure:
            yield session.record(
                record_kind=RecordKind.USAGE,
                period_start=moment,
                period_end=moment + timedelta(days=1),
                grain="1d",
                model_raw=group,
                meter="credits",
                quantity=figure,
                quantity_unit="credits",
            )


def _headers(key: str) -> Mapping[str, str]:
    return {"xi-api-key": key}


SOURCE = ApiSource(
    name="elevenlabs_usage",
    provider="elevenlabs",
    title="ElevenLabs credits",
    base_url="https://api.elevenlabs.io",
    headers=_headers,
    key=KeyKind("an API key of the workspace", "https://elevenlabs.io/app/settings/api-keys", ("sk_",)),
    answers={STATS: Shape(("time", "usage"))},
    fetch=fetch,
    longest_window=90,
    restated_for=3,
    statement="usage of the provider at its prices",
    statement_kind=StatementKind.USAGE,
    precedence=20,
)
