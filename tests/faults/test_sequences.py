"""Whatever goes wrong, in whatever order, the first read without a fault ends at the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain.periods import Window
from pipelines.sample.provider import Fault, ScriptedProvider
from pipelines.sample.provider import faults as spoiled
from pipelines.sources.outcomes import Status
from tests.examples import examples
from tests.faults.figures import COSTS, LEDGER, LONGEST_PAGE, NOW, Reader, landing_in

EFFECTS: dict[str, Callable[[], spoiled.Effect]] = {
    "nothing": lambda: lambda _, reply: reply,
    "busy": lambda: spoiled.status(503),
    "refused": lambda: spoiled.status(403),
    "cut": spoiled.cut,
    "reset": spoiled.reset,
    "short": spoiled.short,
    "web page": spoiled.web_page,
    "lost cursor": spoiled.lost_cursor,
    "looping": spoiled.looping,
    "no amount": lambda: spoiled.removed("value"),
    "twice a name": lambda: spoiled.doubled_key("value", "0"),
    "twice a row": spoiled.doubled_row,
    "twice a bucket": spoiled.repeated_bucket,
}

READS = st.lists(
    st.tuples(
        st.sampled_from(sorted(EFFECTS)),
        st.integers(1, 4),
        st.integers(0, 2),
        st.integers(-2, 3),
    ),
    max_size=4,
)
"""(fault, call it strikes at, days ago of the day that is restated, by what factor) of each read."""


@settings(max_examples=examples(15), deadline=None)
@given(reads=READS)
def test_any_sequence_of_faults_and_restatements_ends_at_the_truth(
    tmp_path_factory: pytest.TempPathFactory, reads: list[tuple[str, int, int, int]]
):
    folder: Path = tmp_path_factory.mktemp("sequence")
    with ScriptedProvider(LEDGER, now=lambda: NOW, longest_page=LONGEST_PAGE) as provider:
        reader = Reader(provider, landing_in(folder), lambda _: None)
        for name, call, days_ago, factor in reads:
            day = NOW.date() - timedelta(days=days_ago)
            provider.ledger = provider.ledger.restated(day, Decimal(factor))
            before = {day: reader.landed(day) for day in reader.days()}
            provider.faults = [Fault(COSTS, EFFECTS[name](), calls=range(call, call + 9))]
            if reader.read().status is Status.FAILED:
                for day in reader.days():
                    true = provider.ledger.total("labs", Window(day, day + timedelta(days=1)))
                    assert reader.landed(day) in {before.get(day), true}, "as it was, or true"
            else:
                # What lacks only the day under way is taken: that day is asked for again.
                assert reader.is_true() or reader.is_true(until=timedelta())
        provider.faults = []
        provider.ledger = LEDGER
        assert reader.read().status is Status.OK
        assert reader.is_true()
        assert reader.read().message is None, "reading again changes nothing"
