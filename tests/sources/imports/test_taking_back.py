"""A corrected file reports all its days, another period under the same name takes none back, and a person can."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from pipelines.sources.imports.framework.inbox import Inbox as Files
from tests.landing.landed import generations
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.inboxes import NO_RULES, NOW, Inbox, feed

ACCOUNT = feed("focus", "111")


def days(*numbers: int, cost: str = "10", account: str = "111") -> str:
    return bill(*(charge(f"2026-10-{day:02}", cost, BillingAccountId=account) for day in numbers))


def reported(inbox: Inbox, account: str = "111") -> list[int]:
    return sorted(int(day[-2:]) for name, day in inbox.sums() if name == account)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((1, 2, 3), (1, 3), [1, 3]),
        ((1, 2, 3), (2, 3), [2, 3]),
        ((1, 2, 3), (1, 2), [1, 2]),
        ((1, 2, 3), (2,), [2]),
        ((1, 2, 3), (1, 4), [1, 4]),
        ((2, 3), (1, 2), [1, 2]),
        ((1, 2, 3, 4), (3, 5), [1, 2, 3, 5]),
        ((1, 2), (3, 4), [1, 2, 3, 4]),
        ((3, 4), (1, 2), [1, 2, 3, 4]),
        ((1, 2, 3), (), []),
    ],
    ids=str,
)
def test_days_of_a_new_version_of_a_file(
    inbox: Inbox, before: tuple[int, ...], after: tuple[int, ...], expected: list[int]
):
    """A version that begins and ends later is of the next days; one that shares no day is of another time."""
    inbox.drop("bill.csv", days(*before))
    inbox.extract()
    inbox.drop("bill.csv", days(*after, cost="20"))
    inbox.extract()
    assert reported(inbox) == expected
    inbox.extract(now=NOW + timedelta(hours=1))
    assert reported(inbox) == expected


def test_what_a_corrected_file_no_longer_states_is_told(inbox: Inbox):
    inbox.drop("bill.csv", days(1, 2, 3))
    inbox.extract()
    inbox.drop("bill.csv", days(1, 3))
    note = "1 day withdrawn that it had before and does not have now, 10.00 USD"
    for result in (inbox.extract()["bill.csv"], inbox.extract()["bill.csv"]):
        assert (result.notes, result.findings) == ({ACCOUNT: note}, {})


def test_the_next_days_under_the_same_name_leave_the_others_and_say_so(inbox: Inbox):
    inbox.drop("bill.csv", days(1, 2))
    inbox.extract()
    inbox.drop("bill.csv", days(3, 4))
    note = "2 days that it had before stay in effect; `ai-costs withdraw bill.csv` takes back all of it"
    assert inbox.extract()["bill.csv"].notes == {ACCOUNT: note}


def test_a_file_that_became_a_header_alone_is_a_finding(inbox: Inbox):
    inbox.drop("bill.csv", days(1, 2))
    inbox.extract()
    inbox.drop("bill.csv", days())
    (findings,) = inbox.extract()["bill.csv"].findings.values()
    told = "2 days withdrawn that it had before and does not have now, 20.00 USD"
    assert findings == (f"it has no rows now: {told}",)
    assert inbox.sums() == {}


def test_an_account_that_a_corrected_file_no_longer_has_goes_too(inbox: Inbox):
    inbox.drop("bill.csv", bill(charge("2026-10-01"), charge("2026-10-01", BillingAccountId="222")))
    inbox.extract()
    inbox.drop("bill.csv", days(1))
    inbox.extract()
    assert (reported(inbox), reported(inbox, "222")) == ([1], [])


def test_a_day_that_became_free_is_that_of_the_other_file_which_states_it(inbox: Inbox):
    inbox.drop("a.csv", days(1, 2, 3, cost="1"))
    inbox.drop("b.csv", days(2, 3, 4, cost="2"))
    inbox.extract()
    inbox.drop("b.csv", days(3, 4, cost="3"))
    inbox.extract()
    assert {int(day[-2:]): int(amount) for (_, day), amount in inbox.sums().items()} == {1: 1, 2: 1, 3: 3, 4: 3}


def test_a_withdrawn_file_states_nothing_and_others_have_its_days_again(inbox: Inbox):
    inbox.drop("a.csv", days(1, 2, cost="1"))
    inbox.drop("b.csv", days(2, 3, cost="2"))
    inbox.extract()
    files = Files(inbox.landing, NO_RULES, NOW, {})
    assert [(file.name, len(file.days), file.sums) for file in files.files()] == [
        ("a.csv", 1, {"USD": Decimal(1)}),
        ("b.csv", 2, {"USD": Decimal(4)}),
    ]
    assert files.withdraw("b.csv") == {ACCOUNT: (2, {"USD": Decimal(4)})}
    assert reported(inbox) == [1]
    (inbox.folder / "b.csv").unlink()
    inbox.extract()
    assert inbox.sums() == {("111", "2026-10-01"): Decimal(1), ("111", "2026-10-02"): Decimal(1)}
    assert files.withdraw("b.csv") == {}
    assert any(len(manifest.days) == 3 for manifest in generations(inbox.landing, ACCOUNT))


def test_a_withdrawal_that_is_killed_before_the_inbox_is_read_again_is_done_by_the_next_run(inbox: Inbox):
    inbox.drop("a.csv", days(1, 2, cost="1"))
    inbox.drop("b.csv", days(2, 3, cost="2"))
    inbox.extract()
    Files(inbox.landing, NO_RULES, NOW, {}).withdraw("b.csv")
    inbox.extract()
    assert reported(inbox) == [1, 2, 3]
