"""A new panel is its files: dropped into a copy of the room of reports, they are on the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboards.packing import inflated
from tests.dashboards import new_panel


def test_a_new_panel_is_on_the_page_where_its_order_puts_it(tmp_path: Path, published_file: Callable[[str], Path]):
    copy = new_panel.checkout(tmp_path, css="#spans-panel .chart { min-height: 60px; }")
    page = new_panel.build(copy, published_file("company")).read_text(encoding="utf-8")
    assert re.findall(r'id="([a-z_]+)-panel"', page)[-2:] == ["notes", "spans"]
    assert "<p>Costs from May 24, 2025 to Nov 23, 2026.</p>" in page
    script = inflated(re.search(r'id="script">([^<]*)<', page)[1])
    assert '"spans",\n({ state, rows, range }) => {' in script
    assert "#spans-panel .chart { min-height: 60px; }" in page


def test_an_import_that_does_not_exist_is_named_when_the_report_is_made(
    tmp_path: Path, published_file: Callable[[str], Path]
):
    script = new_panel.FILES["spans.js"].replace("{ counted }", "{ countedOf }")
    copy = new_panel.checkout(tmp_path, js=script)
    with pytest.raises(AssertionError, match=r"spans\.js:6: formats\.js does not export countedOf"):
        new_panel.build(copy, published_file("company"))
