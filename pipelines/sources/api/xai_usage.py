"""xAI: what a team is charged, by day.

`POST /v1/billing/teams/{team}/usage` gives US dollars as time series. It is asked without groups, because their
names are not documented: one row a day. `limitReached` marks an answer that was cut short.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind
from pipelines.sources.api.framework.answers import AnswerError
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

MOMENT = "%Y-%m-%d %H:%M:%S"
POINTS = "timeSeries[].dataPoints"
ANSWERS = {
    "/v1/billing/teams/*/usage": Shape(
        ("timeSeries", POINTS, f"{POINTS}[].timestamp", f"{POINTS}[].values"), expected=("limitReached",)
    )
}


def fetch(session: Session, window: Window) -> Answer:
    """All days of `window` in one answer."""
    body = {
        "analyticsRequest": {
            "timeRange": {
                "startTime": day_start(window.start).strftime(MOMENT),
                "endTime": day_start(window.end).strftime(MOMENT),
                "timezone": "Etc/GMT",
            },
            "timeUnit": "TIME_UNIT_DAY",
            "values": [{"name": "usd", "aggregation": "AGGREGATION_SUM"}],
            "groupBy": [],
            "filters": [],
        }
    }
    answer = session.client.post(f"/v1/billing/teams/{session.account.organization}/usage", body)
    if answer.flag("limitReached"):
        raise AnswerError("limitReached is true: the answer was cut short")
    records = []
    for series in answer.objects("timeSeries"):
        for point in series.objects("dataPoints"):
            moment = point.moment("timestamp")
            (amount,) = point.amounts("values", expected=1)
            if amount and moment < day_start(window.end):
                records.append(
                    session.record(
                        record_kind=RecordKind.COST,
                        period_start=moment,
                        period_end=moment + timedelta(days=1),
                        grain="1d",
                        cost_amount=amount,
                        currency="USD",
                        cost_basis=CostBasis.PROVIDER_REPORTED,
                    )
                )
    return Answer(records, window.days())


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}"}


SOURCE = ApiSource(
    name="xai_usage",
    provider="xai",
    title="xAI billing",
    fetched="charges by day",
    docs="https://docs.x.ai/developers/management-api",
    base_url="https://management-api.x.ai",
    headers=_headers,
    key=KeyKind(
        "a management key, not an API key",
        "https://console.x.ai, Settings, Management keys",
        variable="XAI_MANAGEMENT_KEY",
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=31,
    restated_for=3,
    page_days=31,
    needs_organization="the id of the team at xAI",
    statement="cost report of the provider",
    statement_kind=StatementKind.BILL,
    precedence=10,
)
