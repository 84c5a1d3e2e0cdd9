"""OpenRouter's API: activity of the last thirty complete days, keys, and credits.

Dollars as JSON numbers; no pages; today is absent; a prompt's tokens include the cached ones.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from pipelines.domain.periods import Window, day_start, utc_day
from pipelines.sample.provider.ledger import Use, grouped
from pipelines.sample.provider.wire import Question, Reply, Wire, bearer

DAYS_ANSWERED = 30


def answer(question: Question) -> Reply:
    """The answer to a request with a management key."""
    match question.path:
        case "/api/v1/activity":
            return _activity(question)
        case "/api/v1/keys":
            offset = int(question.param("offset") or 0)
            keys = sorted({use.key for use in _ever(question) if use.key})
            return Reply({"data": [_key(question, key) for key in keys][offset : offset + 100]})
        case "/api/v1/credits":
            used = sum((use.amount for use in _ever(question)), 0)
            return Reply({"data": {"total_credits": used + 100, "total_usage": used}})
        case "/api/v1/key":
            return Reply({"data": {"label": "management", "limit": None, "is_management_key": True}})
    return _error(404, "Not Found")


def key_hash(key: str) -> str:
    """The name under which the API knows a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def _activity(question: Question) -> Reply:
    today = utc_day(question.now)
    window = Window(today - timedelta(days=DAYS_ANSWERED), today)
    reported = question.param("date")
    if reported is not None:
        try:
            day = date.fromisoformat(reported)
        except ValueError:
            return _error(400, "Date must be YYYY-MM-DD")
        if not window.start <= day < window.end:
            return _error(400, "Date must be within the last 30 (completed) UTC days")
        window = Window(day, day + timedelta(days=1))
    only = question.param("api_key_hash")
    rows = []
    for day in reversed(list(window.days())):
        uses = question.uses(day_start(day), day_start(day) + timedelta(days=1))
        rows += _rows(day, [use for use in uses if only is None or key_hash(use.key or "") == only])
    return Reply({"data": rows})


def _rows(day: date, uses: list[Use]) -> list[dict[str, Any]]:
    return [
        {
            "date": str(day),
            "model": values["model"],
            "model_permaslug": values["model"],
            "endpoint_id": values["endpoint_id"],
            "provider_name": values["provider_name"],
            "usage": sums.amount,
            "byok_usage_inference": sums.charged_elsewhere,
            "requests": sums.requests,
            "prompt_tokens": sums.quantities["input_uncached_tokens"] + sums.quantities["cache_read_tokens"],
            "completion_tokens": sums.quantities["output_tokens"],
            "reasoning_tokens": sums.reasoning_tokens,
            "cached_tokens": sums.quantities["cache_read_tokens"],
        }
        for values, sums in grouped(uses, ["model", "endpoint_id", "provider_name"])
    ]


def _key(question: Question, key: str) -> dict[str, Any]:
    used = sum((use.amount for use in _ever(question) if use.key == key), 0)
    return {
        "hash": key_hash(key),
        "name": question.ledger.names.get(key, key),
        "label": "sk-or-v1-000…000",
        "disabled": False,
        "limit": None,
        "usage": used,
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": None,
    }


def _ever(question: Question) -> list[Use]:
    return [use for use in question.ledger.uses if use.account == question.account.name]


def _error(status: int, message: str) -> Reply:
    return Reply({"error": {"code": status, "message": message}}, status)


WIRE = Wire(
    provider="openrouter",
    prefix="/openrouter",
    base_path="/openrouter/api/v1",
    key_of=bearer,
    unknown_key=_error(401, "User not found."),
    ordinary_key=_error(403, "Only management keys can perform this operation"),
    answer=answer,
)
