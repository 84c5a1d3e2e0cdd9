"""The file: the same bytes from the same build, put in place whole, carrying exactly what the marts hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dashboards.errors import ReportError
from dashboards.report import ReportFacts, build_report, read_embedded_totals
from tests.dashboards import published, scenarios

Report = Callable[[str], ReportFacts]
PublishedFile = Callable[[str], Path]


def _build(database: Path, destination: Path, **options: datetime) -> ReportFacts:
    with duckdb.connect(str(database), read_only=True) as connection:
        return build_report(connection, destination, **options)


@pytest.mark.parametrize("scenario", sorted(scenarios.SCENARIOS))
def test_the_sums_a_report_carries_are_those_of_the_mart(scenario: str, report: Report, published_file: PublishedFile):
    with duckdb.connect(str(published_file(scenario)), read_only=True) as connection:
        held = connection.execute(
            "select cost_kind, currency, sum(cost_amount) from rpt_daily_costs "
            "where cost_amount is not null group by all"
        ).fetchall()
    expected = {(kind, currency): amount for kind, currency, amount in held}
    facts = report(scenario)
    assert facts.totals == expected
    assert read_embedded_totals(facts.path) == expected


def test_the_sums_of_two_currencies_and_two_kinds_stay_apart(report: Report):
    assert report("company").totals == {
        ("list_price_value", "USD"): Decimal("5961.955683750000"),
        ("spend", "EUR"): Decimal("120.000000000000"),
        ("spend", "USD"): Decimal("190057.177900500000"),
    }


def test_the_same_build_gives_the_same_bytes(published_file: PublishedFile, tmp_path: Path):
    database = published_file("company")
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    _build(database, first)
    _build(database, second)
    assert first.read_bytes() == second.read_bytes()


def test_the_time_shown_is_the_builds_own_unless_another_is_given(published_file: PublishedFile, tmp_path: Path):
    database = published_file("one_day")
    own = _build(database, tmp_path / "own.html").path.read_text(encoding="utf-8")
    later = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    given = _build(database, tmp_path / "given.html", generated_at=later).path.read_text(encoding="utf-8")
    assert "Generated Nov 23, 2026, 09:12 UTC" in own
    assert "Generated Dec 1, 2026, 08:30 UTC" in given


def test_a_report_replaces_the_old_one_and_leaves_nothing_beside_it(published_file: PublishedFile, tmp_path: Path):
    destination = tmp_path / "reports" / "ai-costs.html"
    _build(published_file("one_day"), destination)
    facts = _build(published_file("manual_only"), destination)
    assert [path.name for path in destination.parent.iterdir()] == ["ai-costs.html"]
    assert facts.bytes == destination.stat().st_size
    assert facts.rows == 43
    assert read_embedded_totals(destination) == {("spend", "USD"): Decimal("6943.749998000000")}


def test_a_report_that_cannot_be_built_leaves_the_old_one(published_file: PublishedFile, tmp_path: Path):
    destination = tmp_path / "ai-costs.html"
    _build(published_file("one_day"), destination)
    before = destination.read_bytes()
    broken = published.write(tmp_path / "broken.duckdb", scenarios.empty())
    with duckdb.connect(str(broken)) as connection:
        connection.execute("delete from rpt_build")
    with pytest.raises(ReportError, match="rpt_build has 0 rows, expected 1"):
        _build(broken, destination)
    assert destination.read_bytes() == before


def test_a_file_published_before_a_mart_was_thought_of_lacks_its_panel_and_no_more(tmp_path: Path):
    database = published.write(tmp_path / "old.duckdb", scenarios.company())
    with duckdb.connect(str(database)) as connection:
        for mart in published.LATER_MARTS:
            connection.execute(f"drop table {mart}")
    facts = _build(database, tmp_path / "old.html")
    page = facts.path.read_text(encoding="utf-8")
    assert 'id="reconciliation-panel"' not in page
    assert 'id="duplicates-panel"' not in page
    assert 'id="cost_centers-panel"' not in page
    assert '<p class="conversion"' not in page
    assert 'id="models-panel"' in page
    assert read_embedded_totals(facts.path)["spend", "USD"] == Decimal("190057.177900500000")


def test_a_file_that_is_no_report_is_named_with_what_to_do(tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text("<p>hello</p>", encoding="utf-8")
    with pytest.raises(ReportError, match=r"page\.html has no cost rows.*build it again"):
        read_embedded_totals(page)
    with pytest.raises(ReportError, match=r"missing\.html cannot be read: No such file or directory"):
        read_embedded_totals(tmp_path / "missing.html")


def test_a_sample_says_so_in_its_title_and_on_the_page(report: Report):
    page = report("sample").path.read_text(encoding="utf-8")
    assert "<title>SAMPLE – AI cost report – Northwind Labs (sample) – Nov 23, 2026</title>" in page  # noqa: RUF001
    assert '<body class="sample">' in page
    assert "<b>SAMPLE</b> Figures of a company that does not exist" in page
    assert "These are sample figures of a company that does not exist." in page


def test_a_report_tells_its_finding_to_who_does_not_open_it(report: Report):
    finding, lede = report("one_day").headline.split("\n\n")
    page = report("one_day").path.read_text(encoding="utf-8")
    assert f'<span data-cost-kind="spend">{finding.removesuffix(".")}</span>' in page
    assert f'<p class="lede" data-cost-kind="spend">{lede}</p>' in page


def test_what_is_no_sample_does_not_say_sample(report: Report):
    page = report("company").path.read_text(encoding="utf-8")
    assert '<body class="sample">' not in page
    assert "<b>SAMPLE</b>" not in page


def test_eighteen_months_of_twenty_models_stay_under_half_a_megabyte(tmp_path: Path):
    models = [
        (f"provider-{place % 5}", f"account-{place % 7}", f"model-{place}-of-some-length", 12.5 * (place + 1))
        for place in range(20)
    ]
    rows = scenarios.company_rows(549, models)
    database = published.write(tmp_path / "large.duckdb", published.Published(daily=rows))
    facts = _build(database, tmp_path / "large.html")
    assert facts.rows > 11_000
    assert facts.bytes < 500_000
