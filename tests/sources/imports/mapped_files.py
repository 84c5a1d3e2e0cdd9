"""A file under a mapping, and what the inbox makes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.config.imports import ImportSettings
from pipelines.sources.imports.framework.rules import ImportRules
from tests.sources.imports.inboxes import Inbox

DAY = "2026-03-05"
TODAY = date(2026, 11, 23)


def taken(
    inbox: Inbox, content: str | bytes, file: str = "*.csv", **setting: Any
) -> tuple[dict[str, Decimal], tuple[str, ...], tuple[str, ...]]:
    """What landed by day, the findings, and the problems of a file under a mapping of `day` and `usd`."""
    mapping = {"provider": "acme", "currency": "USD", "columns": {"date": "day", "amount": "usd"}, **setting}
    files = {"files": [{"file": file, "account": "a", "mapping": mapping}]}
    inbox.drop(file.replace("*", "f"), content)
    (result,) = inbox.extract(ImportRules(ImportSettings.model_validate(files), today=TODAY)).values()
    sums = {day: amount for (_, day), amount in inbox.sums().items()}
    return sums, tuple(text for texts in result.findings.values() for text in texts), result.problems
