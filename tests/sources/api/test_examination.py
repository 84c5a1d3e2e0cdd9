"""What `ai-costs doctor` finds out about an account, and the next step it gives for each problem."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.presentation.messages import KEY_REFUSED
from pipelines.sources.api.framework.examination import examine
from pipelines.sources.api.framework.source import ApiAccount, ApiSource
from tests.sources.api.canned import KEY, NOW, Asked, land, provider, source

XAI = source("xai_usage")


def xai(asked: Asked) -> Any:
    del asked
    return {"timeSeries": [{"dataPoints": [{"timestamp": "2026-11-22T00:00:00Z", "values": [4.125]}]}]}


def account(of: ApiSource, **reported: Any) -> ApiAccount:
    usual: dict[str, Any] = {"key": KEY, "key_variable": "THE_KEY", "organization": "acme"}
    return ApiAccount("acme", of.provider, **{**usual, **reported})


def test_a_key_that_is_not_set_is_told_with_the_kind_and_the_place(tmp_path: Path):
    found = examine(source("openai_costs"), account(source("openai_costs"), key=""), LandingStore(tmp_path), NOW)
    assert (found.ok, found.found) == (False, "THE_KEY is not set")
    assert found.next_step == (
        "This source needs an admin key, which begins with sk-admin-; a project key cannot read usage; make one at "
        "https://platform.openai.com/settings/organization/admin-keys, with the scope api.usage.read; put it into .env"
    )


def test_a_key_of_another_kind_is_told_before_it_is_sent_anywhere(tmp_path: Path):
    found = examine(source("openai_costs"), account(source("openai_costs")), LandingStore(tmp_path), NOW)
    assert (found.ok, found.found) == (
        False,
        "THE_KEY does not begin with sk-admin-, so it is another kind of key",
    )


def test_an_account_in_order_answers_and_lands_nothing(tmp_path: Path):
    store = LandingStore(tmp_path)
    with provider(xai) as served:
        found = examine(XAI, account(XAI, base_url=served.url), store, NOW)
    assert (found.ok, found.next_step) == (True, "")
    assert found.found == "answers, 1 row for yesterday in 1 request; nothing landed yet"
    assert store.feeds() == []


def test_missing_days_are_named(tmp_path: Path):
    store = LandingStore(tmp_path)
    with provider(xai) as served:
        land(XAI, served.url, tmp_path, date(2026, 11, 20))
        feed = XAI.feed(account(XAI))
        store.replace(feed, {}, cursor=None, now=NOW, drop_days=[date(2026, 11, 21)])
        found = examine(XAI, account(XAI, base_url=served.url), store, NOW)
    assert not found.ok
    assert found.found.endswith("landed 2026-11-20 to 2026-11-23, 3 days; missing 2026-11-21")
    assert found.next_step == "`ai-costs run` asks for them"


def test_a_refused_key_is_told_without_the_key(tmp_path: Path):
    with provider(lambda _: (401, {"error": f"who is {KEY}?"})) as served:
        found = examine(XAI, account(XAI, base_url=served.url), LandingStore(tmp_path), NOW)
    assert not found.ok
    assert found.found.startswith(f"127.0.0.1 {KEY_REFUSED} (401): who is ***?. This source needs a management key")
    assert KEY not in str(found)


@pytest.mark.parametrize("key", [f"{KEY} ", f"{KEY}\n", f'"{KEY}"', f"{KEY}\u00a0"])
def test_a_key_with_a_letter_that_no_key_has_is_to_be_replaced_and_not_asked_again(key: str, tmp_path: Path):
    found = examine(XAI, account(XAI, key=key), LandingStore(tmp_path), NOW)
    assert not found.ok
    assert found.found.startswith(
        "the key contains a space, a line break, quotes around it or a letter that no key has. This source"
    )
    assert found.next_step == "put such a key as THE_KEY into .env"
    assert KEY not in str(found)


def test_a_question_that_is_billed_is_not_asked(tmp_path: Path):
    billed = dataclasses.replace(XAI, is_billed=True)
    with provider(xai) as served:
        found = examine(billed, account(XAI, base_url=served.url), LandingStore(tmp_path), NOW)
    assert found.found == "not asked now, because each question is billed; nothing landed yet"
    assert served.asked == []
