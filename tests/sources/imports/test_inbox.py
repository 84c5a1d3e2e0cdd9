"""The law of the inbox: whole files, whole days, the later export counts, whatever the order, and nothing twice."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.presentation.messages import NO_KNOWN_EXPORT
from tests.examples import examples
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.inboxes import NOW, Inbox, feed


def october(days: range, cost: str) -> str:
    return bill(*(charge(f"2026-10-{day:02}", cost) for day in days))


def amounts(inbox: Inbox) -> dict[int, str]:
    """Day of the month -> amount."""
    return {int(day[-2:]): f"{amount.normalize():f}" for (_, day), amount in sorted(inbox.sums().items())}


def test_the_same_files_again_change_nothing(inbox: Inbox):
    inbox.drop("bill.csv", october(range(1, 4), "1"))
    assert [result.changed_days for result in inbox.extract().values()] == [3]
    before = [manifest.generation for manifest in inbox.landing.manifests()]
    again = inbox.extract(now=NOW + timedelta(hours=1))
    assert [(result.feeds, result.changed_days) for result in again.values()] == [((feed("focus", "111"),), 0)]
    assert [manifest.generation for manifest in inbox.landing.manifests()] == before


def test_a_removed_file_leaves_what_it_stated(inbox: Inbox):
    inbox.drop("bill.csv", october(range(1, 4), "1")).unlink()
    inbox.drop("bill.csv", october(range(1, 4), "1"))
    inbox.extract()
    (inbox.folder / "bill.csv").unlink()
    assert inbox.extract() == {}
    assert amounts(inbox) == {1: "1", 2: "1", 3: "1"}


def test_a_new_version_of_a_file_replaces_its_days_even_with_an_older_date(inbox: Inbox):
    inbox.drop("bill.csv", october(range(1, 4), "1"), written=200)
    inbox.extract()
    inbox.drop("bill.csv", october(range(1, 3), "2"), written=100)
    inbox.extract()
    assert amounts(inbox) == {1: "2", 2: "2"}


FILES = {
    "a.csv": (october(range(1, 6), "1"), 300),
    "b.csv": (october(range(3, 9), "2"), 100),
    "c.csv": (october(range(5, 9), "3"), 200),
    "d.csv": (october(range(8, 9), "4"), 200),
}
"""b, c and d reach as far; c and d were written at the same time."""
EXPECTED = {1: "1", 2: "1", 3: "2", 4: "2", 5: "3", 6: "3", 7: "3", 8: "4"}


@pytest.mark.parametrize("order", list(itertools.permutations(FILES))[::5], ids="".join)
def test_the_later_export_counts_in_whatever_order_files_come(tmp_path: Path, order: tuple[str, ...]):
    inbox = Inbox(tmp_path)
    for name in order:
        inbox.drop(name, *FILES[name])
        inbox.extract()
    assert amounts(inbox) == EXPECTED


def test_what_a_later_export_has_is_told(inbox: Inbox):
    inbox.drop("a.csv", october(range(1, 6), "1"))
    inbox.extract()
    inbox.drop("b.csv", october(range(4, 9), "2"))
    results = inbox.extract()
    assert results["a.csv"].notes == {feed("focus", "111"): "2 of its 5 days are those of files exported later"}
    assert results["b.csv"].notes == {}


def test_a_file_with_a_problem_is_refused_whole_and_its_last_good_version_stays(inbox: Inbox):
    inbox.drop("bill.csv", october(range(1, 3), "1"))
    inbox.drop("other.csv", bill(charge("2026-10-01", "9", BillingAccountId="333")))
    inbox.extract()
    inbox.drop("bill.csv", bill(charge("2026-10-01", "5"), charge("2026-10-02", "five")))
    refused = inbox.extract()["bill.csv"]
    assert refused.problems == ("bill.csv:3:1: BilledCost: 'five' is not a number with a decimal point",)
    assert (refused.feeds, refused.is_effective) == ((feed("focus", "111"),), True)
    assert inbox.sums() == {
        ("111", "2026-10-01"): Decimal(1),
        ("111", "2026-10-02"): Decimal(1),
        ("333", "2026-10-01"): Decimal(9),
    }


def test_a_second_copy_is_refused_and_a_renamed_file_moves_what_it_stated(inbox: Inbox):
    content = october(range(1, 3), "1")
    inbox.drop("b.csv", content)
    inbox.extract()
    inbox.drop("a.csv", content)
    results = inbox.extract()
    assert results["b.csv"].problems == ("b.csv:1:1: it is the same file as a.csv: remove one of them",)
    assert amounts(inbox) == {1: "1", 2: "1"}
    assert {row["source_file"] for row in inbox.rows()} == {"a.csv"}


def test_a_bill_of_several_accounts_lands_each_under_its_own(inbox: Inbox):
    inbox.drop("bill.csv", bill(charge("2026-10-01"), charge("2026-10-01", "2", BillingAccountId="222")))
    (result,) = inbox.extract().values()
    assert result.feeds == (feed("focus", "111"), feed("focus", "222"))
    assert inbox.sums() == {("111", "2026-10-01"): Decimal("1.25"), ("222", "2026-10-01"): Decimal(2)}


def test_what_a_killed_run_left_half_done_is_done_by_the_next(inbox: Inbox):
    inbox.drop("bill.csv", bill(charge("2026-10-01"), charge("2026-10-01", "2", BillingAccountId="222")))
    inbox.extract()
    (lost,) = inbox.home.glob("landing/focus/222-*")
    lost.rename(inbox.home / "gone")
    inbox.extract()
    assert inbox.sums() == {("111", "2026-10-01"): Decimal("1.25"), ("222", "2026-10-01"): Decimal(2)}


def test_files_of_programs_that_still_write_are_not_looked_at(inbox: Inbox):
    inbox.drop(".bill.csv.part", "x")
    inbox.drop("~$bill.csv", "x")
    assert inbox.extract() == {}


def test_a_file_nobody_knows_is_told_under_its_own_name(inbox: Inbox):
    inbox.drop("holiday.csv", "who,where\nada,sea\n")
    (result,) = inbox.extract().values()
    assert result.feeds == (feed("unrecognised", "holiday.csv"),)
    assert result.problems[0].startswith(f"holiday.csv:1:1: {NO_KNOWN_EXPORT}: ")


def test_the_closest_format_is_named_with_what_is_missing(inbox: Inbox):
    inbox.drop("bill.csv", bill(charge("2026-10-01")).replace("BilledCost", "Cost"))
    (problem,) = inbox.extract()["bill.csv"].problems
    assert "; FOCUS 1.0-1.2 is closest and misses BilledCost: " in problem


def test_a_header_alone_lands_nothing_and_is_no_problem(inbox: Inbox):
    inbox.drop("bill.csv", bill())
    (result,) = inbox.extract().values()
    assert (result.feeds, result.problems) == ((feed("focus", "default"),), ())
    assert inbox.rows() == []


CHARGES = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.decimals(Decimal(-(10**6)), Decimal(10**6), places=12),
        st.sampled_from(["Amazon Bedrock", "Amazon EC2"]),
        st.sampled_from(["1", "2"]),
    ),
    max_size=30,
)


@given(rows=CHARGES)
@settings(max_examples=examples(30), deadline=None)
def test_sums_of_days_are_those_of_the_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, Decimal, str, str]]
):
    inbox = Inbox(tmp_path_factory.mktemp("inbox"))
    charges = [
        charge(f"2026-10-{day:02}", f"{cost:f}", service, BillingAccountId=account)
        for day, cost, service, account in rows
    ]
    inbox.drop("bill.csv", bill(*charges))
    inbox.extract()
    expected: dict[tuple[str, str], Decimal] = {}
    for day, cost, service, account in rows:
        key = (account, f"2026-10-{day:02}")
        expected[key] = expected.get(key, Decimal(0)) + (cost if "Bedrock" in service else 0)
    assert inbox.sums() == expected
