"""Faults 17 to 24: fields and figures that cannot be right, or that are right and unusual."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.domain.periods import Window, day_start
from pipelines.presentation.messages import ASKED_AGAIN, UNCHANGED
from pipelines.sample.provider import Fault
from pipelines.sample.provider import faults as spoiled
from pipelines.sources.outcomes import Status
from tests.faults.figures import COSTS, FIRST, LAST, LEDGER, SOURCE, Reader, use
from tests.landing.landed import generations

STAYS = f". {UNCHANGED} 2026-11-23"
AMOUNT = "data[0].results[0].amount"
DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (spoiled.removed("value"), f"{AMOUNT}.value is missing"),
        (spoiled.renamed("value", "amount_value"), f"{AMOUNT}.value is missing"),
        (spoiled.replaced("value", None), f"{AMOUNT}.value is missing"),
        (spoiled.retyped("value"), f"{AMOUNT}.value is an object where a number was expected"),
        (spoiled.replaced("value", "1,5"), f"{AMOUNT}.value is '1,5' where a number was expected"),
        (spoiled.replaced("value", True), f"{AMOUNT}.value is a truth value where a number was expected"),  # noqa: FBT003 - JSON
        (spoiled.removed("currency"), f"{AMOUNT}.currency is missing"),
        (spoiled.replaced("currency", "dollars"), f"{AMOUNT}.currency is 'dollars', not a currency code"),
        (spoiled.replaced("results", None), "data[0].results is missing"),
        (spoiled.replaced("data", {}), "data is an object where a list was expected"),
    ],
    ids=[
        "removed",
        "renamed",
        "null",
        "object",
        "comma",
        "truth value",
        "currency removed",
        "currency unknown",
        "results null",
        "data an object",
    ],
)
def test_17_a_money_field_that_is_missing_renamed_or_of_another_type(reader: Reader, effect: spoiled.Effect, said: str):
    reader.read()
    reader.provider.faults = [Fault(COSTS, effect)]
    outcome = reader.read(hours_later=1)
    assert outcome.status is Status.FAILED
    assert outcome.message == f"the answer of OpenAI costs: {said}{STAYS}"
    assert reader.is_true()


def test_18_a_project_that_is_null(reader: Reader):
    reader.provider.ledger = LEDGER.with_uses(use(DAY, "5.55", project=None))
    assert reader.read().status is Status.OK
    table = reader.landing.read(SOURCE.feed(reader.account), [DAY], ["project", "cost_amount"]).to_pylist()
    assert [row["cost_amount"] for row in table if row["project"] is None] == [Decimal("5.55")]
    assert reader.is_true()


def test_19_a_negative_cost(reader: Reader):
    reader.provider.ledger = LEDGER.with_uses(use(DAY, "-250.125", meter="refund"))
    assert reader.read().status is Status.OK
    assert reader.is_true()
    assert reader.landed(DAY) < 0


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (
            spoiled.not_a_number("value", "NaN"),
            "the answer at /openai/v1/organization/costs contains NaN, which is not a number",
        ),
        (
            spoiled.not_a_number("value", "-Infinity"),
            "the answer at /openai/v1/organization/costs contains -Infinity, which is not a number",
        ),
        (spoiled.not_a_number("value", "1e400"), f"{AMOUNT}.value is 1E+400, not a valid number"),
        (spoiled.replaced("value", "NaN"), f"{AMOUNT}.value is 'NaN' where a number was expected"),
        (spoiled.not_a_number("value", "1000000000.01"), f"{AMOUNT}.value is 1000000000.01, larger than any charge"),
    ],
    ids=["NaN", "Infinity", "1e400", "NaN as text", "a billion"],
)
def test_20_a_figure_that_is_none_or_beyond_all_reason(reader: Reader, effect: spoiled.Effect, said: str):
    reader.read()
    reader.provider.faults = [Fault(COSTS, effect)]
    outcome = reader.read(hours_later=1)
    assert outcome.status is Status.FAILED
    assert outcome.message == f"the answer of OpenAI costs: {said}{STAYS}"
    assert reader.is_true()


def test_21_a_name_that_stands_twice(reader: Reader):
    reader.read()
    reader.provider.faults = [Fault(COSTS, spoiled.doubled_key("value", "1"))]
    outcome = reader.read(hours_later=1)
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        "the answer of OpenAI costs: the answer at /openai/v1/organization/costs has 'value' twice in one object, "
        f"so it is unclear which one counts{STAYS}"
    )
    assert reader.is_true()


def test_22_a_day_that_is_restated_late(reader: Reader):
    reader.read()
    before = reader.landed(DAY)
    reader.provider.ledger = LEDGER.restated(DAY, Decimal(2))
    outcome = reader.read(hours_later=1)
    assert outcome.status is Status.OK
    assert outcome.message == f"{DAY} was restated by +{before.normalize()} USD"
    assert reader.is_true()
    feed = SOURCE.feed(reader.account)
    reported = [generation.partitions[DAY].amounts["USD"] for generation in generations(reader.landing, feed)]
    assert (reported[0], reported[-1]) == (before, before * Decimal(2)), "what was stated before is kept"


def test_23_a_row_that_comes_twice_counts_once(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.doubled_row(), calls=(1,))]
    outcome = reader.read()
    assert outcome.status is Status.OK
    assert outcome.message == "1 row appeared twice, equal in every figure: counted once"
    assert reader.is_true()


def test_23_a_bucket_that_is_on_two_pages_counts_once(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.repeated_bucket())]
    outcome = reader.read()
    assert outcome.status is Status.OK
    assert outcome.message == "6 rows appeared twice, equal in every figure: counted once"
    assert reader.is_true()


def test_23_two_different_figures_for_the_same_thing_leave_their_day_as_it_was(reader: Reader):
    reader.read()
    first = LAST - timedelta(days=2)

    def contradict(content: Any) -> None:
        for bucket in content["data"]:
            if bucket["start_time"] == day_start(first).timestamp():
                bucket["results"].append({**bucket["results"][0], "amount": {"value": 9, "currency": "usd"}})

    reader.provider.ledger = LEDGER.restated(LAST, Decimal(2))
    reader.provider.faults = [Fault(COSTS, spoiled.changed(contradict))]
    said = (
        f"{first} is unchanged, because two different figures for the same key: "
        f"proj_a / key_a / gpt-5 / input / gpt-5, input; {ASKED_AGAIN}"
    )
    for hours in (1, 2):
        outcome = reader.read(hours_later=hours)
        assert (outcome.status, outcome.findings) == (Status.OK, (said,))
    assert reader.is_true(), "every other day is taken"
    reader.provider.faults = []
    assert reader.read(hours_later=3).findings == ()
    assert reader.is_true()


def test_23_a_contradiction_on_a_first_run_leaves_out_its_day_alone(reader: Reader):
    different = {"value": 9, "currency": "usd"}
    reader.provider.faults = [Fault(COSTS, spoiled.doubled_row(amount=different), calls=(1,))]
    assert reader.read().status is Status.OK
    assert reader.days() == [day for day in Window(FIRST, LAST + timedelta(days=1)).days() if day != FIRST]
    assert reader.read(hours_later=1).findings == ()
    assert reader.is_true()


def test_17_a_row_that_cannot_be_read_leaves_out_no_more_than_its_day(reader: Reader):
    def spoil(content: Any) -> None:
        for bucket in content["data"]:
            if bucket["start_time"] == day_start(DAY).timestamp():
                del bucket["results"][0]["amount"]["value"]

    reader.provider.faults = [Fault(COSTS, spoiled.changed(spoil))]
    outcome = reader.read()
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        f"the answer of OpenAI costs: {AMOUNT}.value is missing{STAYS}. Nothing landed of {DAY}; the next run "
        f"fetches them "
        "again"
    )
    assert reader.days() == [day for day in Window(FIRST, LAST + timedelta(days=1)).days() if day != DAY]
    assert reader.landed() == LEDGER.total("labs") - LEDGER.total("labs", Window(DAY, DAY + timedelta(days=1)))
    asked = reader.asked()
    outcome = reader.read(hours_later=1)
    assert outcome.status is Status.FAILED
    assert reader.asked() - asked == 3, "the day at fault is asked for by itself, and takes no other with it"
    reader.provider.faults = []
    assert reader.read(hours_later=2).status is Status.OK
    assert reader.is_true()


def test_24_a_bucket_from_the_future(reader: Reader):
    reader.provider.faults = [Fault(COSTS, spoiled.future_bucket(3), calls=(3,))]
    outcome = reader.read()
    assert outcome.status is Status.OK
    assert outcome.findings == ("3 rows dated in the future, left out until then",)
    assert outcome.rejected_lines == 3
    assert reader.is_true()
