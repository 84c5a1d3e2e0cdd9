"""A new panel is its own files: dropped into a copy of the room of reports, they are on the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dashboards import new_panel


def test_a_new_panel_is_on_the_page_where_its_order_puts_it(tmp_path: Path, published_file: Callable[[str], Path]):
    report = new_panel.build(new_panel.checkout(tmp_path), published_file("company"))
    page = report.read_text(encoding="utf-8")
    assert re.findall(r'id="([a-z_]+)-panel"', page)[:3] == ["daily", "weekdays", "anomalies"]
    assert "days with costs</p>" in page
    assert "#weekdays-panel .chart { min-height: 20px; }" in page
    assert '"weekdays",\n({ report, state, rows }) => {' in page


def test_an_import_that_does_not_exist_is_named_when_the_report_is_made(
    tmp_path: Path, published_file: Callable[[str], Path]
):
    script = new_panel.FILES["weekdays.js"].replace("sumUnits }", "sumOfUnits }")
    copy = new_panel.checkout(tmp_path, js=script)
    with pytest.raises(AssertionError, match=r"weekdays\.js:4: facts\.js does not export sumOfUnits"):
        new_panel.build(copy, published_file("company"))
