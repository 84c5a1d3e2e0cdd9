"""Looking at one source of one account without landing anything: does the key fit, does it answer, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.domain.periods import Window, utc_day
from pipelines.errors import CostTrackerError
from pipelines.landing import LandingStore
from pipelines.presentation.wording import counted
from pipelines.sources.api.framework.answers import AnswerError
from pipelines.sources.api.framework.client import KeyRefusedError, Limits, RefusedError, UnusableKeyError, redact
from pipelines.sources.api.framework.extraction import is_not_there, open_session
from pipelines.sources.api.framework.source import ApiAccount, ApiSource

PATIENCE = Limits(page_seconds=15, source_seconds=45, attempts=2, read_seconds=10)
"""A person waits for this answer."""


@dataclass(frozen=True)
class Examination:
    """What was found, and what to do about it; `ok` when nothing is."""

    ok: bool
    found: str
    next_step: str = ""


def examine(source: ApiSource, account: ApiAccount, landing: LandingStore, now: datetime) -> Examination:
    """Ask `source` for yesterday, and compare what is landed with the days since it began."""
    problem = _key(source, account)
    if problem:
        return problem
    answered = (
        "not asked now, because each question is billed" if source.is_billed else _ask(source, account, landing, now)
    )
    if isinstance(answered, Examination):
        return answered
    landed, missing = _coverage(source, account, landing, now)
    parts = [answered, landed]
    if missing:
        return Examination(
            ok=False, found="; ".join([*parts, _listed(missing)]), next_step="`ai-costs run` asks for them"
        )
    return Examination(ok=True, found="; ".join(parts))


def _key(source: ApiSource, account: ApiAccount) -> Examination | None:
    if not account.key:
        return Examination(
            ok=False, found=f"{account.key_variable} is not set", next_step=f"{source.key.advice}; put it into .env"
        )
    fits = account.base_url is not None or not source.key.prefixes or account.key.startswith(source.key.prefixes)
    if not fits:
        begins = " or ".join(source.key.prefixes)
        found = f"{account.key_variable} does not begin with {begins}, so it is another kind of key"
        return Examination(ok=False, found=found, next_step=source.key.advice)
    if source.needs_organization and not account.organization:
        step = f"write `organization:` into ai-costs.yaml: {source.needs_organization}"
        return Examination(ok=False, found="the organization is not given", next_step=step)
    return None


def _ask(source: ApiSource, account: ApiAccount, landing: LandingStore, now: datetime) -> str | Examination:
    today = utc_day(now)
    try:
        with open_session(source, account, now, PATIENCE, landing) as session:
            answer = source.fetch(session, Window(today - timedelta(days=1), today))
            rows = sum(1 for _ in answer.records)
            asked = session.client.requests
    except CostTrackerError as error:
        if is_not_there(error, source, account, landing):
            return Examination(ok=True, found="not available to this key, so it is left out")
        return Examination(ok=False, found=redact(str(error), account.key), next_step=_step(error, account))
    return f"answers, {counted(rows, 'row')} for yesterday in {counted(asked, 'request')}"


def _step(error: CostTrackerError, account: ApiAccount) -> str:
    if isinstance(error, KeyRefusedError | UnusableKeyError):
        return f"put such a key as {account.key_variable} into .env"
    if isinstance(error, AnswerError):
        return "a newer version may support this answer; nothing wrong is landed meanwhile"
    if isinstance(error, RefusedError):
        return f"fix the account {account.name} in ai-costs.yaml"
    return "try again later; `ai-costs run` continues where it stopped"


def _coverage(source: ApiSource, account: ApiAccount, landing: LandingStore, now: datetime) -> tuple[str, list[date]]:
    manifest = landing.manifest(source.feed(account))
    if manifest is None or not manifest.days:
        return "nothing landed yet", []
    first, last = manifest.days[0], manifest.days[-1]
    expected = Window(first, utc_day(now)).days()
    missing = [day for day in expected if day not in manifest.partitions]
    return f"landed {first} to {last}, {counted(len(manifest.days), 'day')}", missing


def _listed(days: list[date]) -> str:
    shown = ", ".join(map(str, days[:3]))
    return f"missing {shown}" if len(days) <= 3 else f"missing {len(days)} days: {shown}, …"  # noqa: PLR2004 - as shown
