"""Faults 8 to 16: answers that come slowly, in part, from elsewhere, without end, or with more in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from pipelines.presentation.messages import ASKED_AGAIN, UNCHANGED
from pipelines.sample.provider import Fault
from pipelines.sample.provider import faults as spoiled
from pipelines.sources.outcomes import Status
from tests.faults.figures import COSTS, KEY, LEDGER, QUICK, SOURCE, Reader

AGAIN = ASKED_AGAIN
STAYS = f". {UNCHANGED} 2026-11-23"
DAY = date(2026, 11, 22)


def test_08_a_body_that_drips(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.dripped(0.002), calls=(2,))]
    assert reader.read().status is Status.OK
    assert reader.is_true()
    assert reader.asked() == 4
    reader.provider.faults = [Fault(COSTS, spoiled.dripped(0.002))]
    outcome = reader.read(hours_later=1, limits=replace(QUICK, attempts=2, page_seconds=0.1))
    assert outcome.message == f"127.0.0.1 did not finish an answer in 0.1 s (tried 2 times); {AGAIN}{STAYS}"
    assert reader.is_true()


def test_08_nothing_for_too_long(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.delayed(30), calls=(1,))]
    assert reader.read().status is Status.OK
    assert reader.is_true()


def test_08_a_body_without_end(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.added("filling", "x" * 3_000_000, next_to="data"), calls=(2,))]
    outcome = reader.read(limits=replace(QUICK, page_bytes=2**21))
    assert outcome.status is Status.FAILED
    assert outcome.message == "127.0.0.1 sent more than the limit of 2 MiB"
    assert reader.days() == []


@pytest.mark.parametrize("chunked", [False, True], ids=["length stated", "chunked"])
def test_09_a_body_that_is_cut_off(reader: Reader, *, chunked: bool):
    reader.provider.faults = [Fault(COSTS, spoiled.cut(chunked=chunked), calls=(1, 3))]
    assert reader.read().status is Status.OK
    assert reader.is_true()
    assert reader.asked() == 5


def test_09_a_connection_that_is_reset(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.reset(), calls=(2,))]
    assert reader.read().status is Status.OK
    assert reader.is_true()
    assert reader.asked() == 4


def test_10_a_short_body_that_is_valid(reader: Reader):
    assert reader.read().status is Status.OK
    reader.provider.faults = [Fault(COSTS, spoiled.short())]
    outcome = reader.read(hours_later=1)
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        "the answer of OpenAI costs: no answer for 2026-11-23: a page is missing, so nothing of this window is landed"
        f"{STAYS}"
    )
    assert reader.is_true()


def test_11_a_web_page_instead_of_data(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.web_page(), calls=(1,))]
    assert reader.read().status is Status.OK
    assert reader.is_true()
    reader.provider.faults = [Fault(COSTS, spoiled.web_page(f"<html>{KEY} " + "sign in " * 100))]
    outcome = reader.read(hours_later=1)
    assert outcome.status is Status.FAILED
    assert outcome.message is not None
    assert outcome.message.startswith(
        "127.0.0.1 sent no JSON at /openai/v1/organization/costs (text/html): <html>*** sign in sign in "
    )
    assert outcome.message.endswith(f" (tried 6 times); {AGAIN}{STAYS}")
    assert len(outcome.message) < 400
    assert reader.is_true()


def test_12_a_redirect_to_another_host(reader: Reader):
    elsewhere = f"http://localhost:{reader.provider.port}/elsewhere"
    reader.provider.faults = [Fault(COSTS, spoiled.redirected(elsewhere))]
    outcome = reader.read()
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        "127.0.0.1 redirects to another host (localhost), which must not receive the key: check base_url"
    )
    assert [asked.path for asked in reader.provider.requests] == [COSTS], "the other host was not asked"


def test_13_pages_that_lead_back(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.looping())]
    outcome = reader.read()
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        "the answer of OpenAI costs: the pages lead back to one that was read already: a pagination loop"
    )
    assert reader.days() == []


def test_13_more_without_a_cursor(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.lost_cursor(), calls=(1,))]
    outcome = reader.read()
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        "the answer of OpenAI costs: has_more is true and next_page is missing: the rest cannot be asked for"
    )
    assert reader.days() == []


def test_14_an_empty_page_that_says_there_is_more(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.empty_page(), calls=range(2, 6))]
    assert reader.read().status is Status.OK
    assert reader.is_true()
    assert reader.asked() == 7


def test_14_empty_pages_without_end(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.empty_page(), calls=range(2, 1000))]
    outcome = reader.read()
    assert outcome.status is Status.FAILED
    assert outcome.message == "the answer of OpenAI costs: 21 empty pages in a row say that there is more"
    assert reader.days() == []


def test_15_a_day_that_had_figures_is_empty(reader: Reader):
    assert reader.read().status is Status.OK
    before = reader.landed(DAY)
    reader.provider.ledger = LEDGER.without_day(DAY)
    for asked in (1, 2):
        outcome = reader.read(hours_later=asked)
        assert outcome.message == (
            f"{DAY} is empty now and had figures: they stay until this is confirmed ({asked} of 3)"
        )
        assert reader.landed(DAY) == before > 0
    outcome = reader.read(hours_later=3)
    assert outcome.status is Status.OK
    assert outcome.message == f"{DAY} is empty now, confirmed 3 times; {DAY} was restated by -{before.normalize()} USD"
    assert reader.is_true()


def test_15_figures_that_come_back_are_not_counted_as_missing(reader: Reader):
    reader.read()
    reader.provider.ledger = LEDGER.without_day(DAY)
    reader.read(hours_later=1)
    reader.provider.ledger = LEDGER
    assert reader.read(hours_later=2).message is None
    assert reader.is_true()


def test_16_a_field_that_nobody_knows(reader: Reader):
    def drift(content: Any) -> None:
        for bucket in content["data"]:
            for row in bucket["results"]:
                row["carbon_grams"] = 12

    reader.provider.faults = [Fault(COSTS, spoiled.changed(drift))]
    outcome = reader.read()
    assert outcome.status is Status.OK
    assert outcome.message == ("unknown fields are stored unchanged: data[].results[].carbon_grams")
    assert reader.is_true()
    kept = reader.landing.read(SOURCE.feed(reader.account), None, ["extra"]).column("extra").to_pylist()
    assert [orjson.loads(extra) for extra in kept] == [{"carbon_grams": 12}] * 30
    assert reader.read(hours_later=1).message is None, "it is said once"
