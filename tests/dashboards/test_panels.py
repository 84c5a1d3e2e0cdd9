"""One contract for every panel: it renders nothing, one day and everything, and never lets a name be markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal

import duckdb
import pytest

from dashboards import panels
from dashboards.context import read_context
from dashboards.errors import ReportError
from dashboards.page import ICONS, environment, render_panel
from dashboards.panels import FOLDER, Panel, PanelView, discover, register
from dashboards.report import _rows
from pipelines.domain.source_kinds import SourceKind
from tests.dashboards import scenarios

PANELS = discover()
ALLOWED_TAGS = frozenset(
    [
        "article",
        "b",
        "button",
        "caption",
        "code",
        "details",
        "div",
        "h1",
        "h2",
        "input",
        "label",
        "li",
        "noscript",
        "ol",
        "option",
        "p",
        "path",
        "polyline",
        "rect",
        "section",
        "select",
        "span",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "use",
    ]
)


class _Outline(HTMLParser):
    """What a browser would make of a panel: its tags, the attributes that run something, its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag not in {"input", "path", "polyline", "rect", "use"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _view(panel: Panel, database: Path) -> PanelView | None:
    with duckdb.connect(str(database), read_only=True) as connection:
        return panel.prepare(_rows(connection, panel.query), read_context(connection))


def _outline(panel: Panel, view: PanelView) -> tuple[_Outline, str]:
    html = str(render_panel(environment(), panel, view))
    outline = _Outline()
    outline.feed(html)
    return outline, html


STATES = ["empty", "one_day", "company", "crowded", "credited", "list_price_only", "manual_only", "hostile"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
@pytest.mark.parametrize("scenario", STATES)
def test_a_panel_renders_whatever_the_marts_hold(panel: Panel, scenario: str, published_file: Callable[[str], Path]):
    view = _view(panel, published_file(scenario))
    if view is None:
        assert scenario not in {"company", "hostile"}, "rows that this panel shows are missing in scenarios.py"
        return
    outline, html = _outline(panel, view)
    assert html.strip()
    assert outline.open == []
    assert outline.tags <= ALLOWED_TAGS
    assert outline.handlers == []
    assert "None" not in html
    assert "Decimal(" not in html


def test_a_build_without_rows_has_the_frame_of_a_report(published_file: Callable[[str], Path]):
    shown = {panel.id for panel in PANELS if _view(panel, published_file("empty")) is not None}
    assert shown >= {"headline", "figures", "daily", "anomalies", "forecast", "budget", "models", "freshness", "notes"}
    assert not shown & {"alerts", "conversion", "credit", "cost_centers", "reconciliation", "duplicates"}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_panel_writes_hostile_names_as_text(panel: Panel, published_file: Callable[[str], Path]):
    view = _view(panel, published_file("hostile"))
    assert view is not None
    _, html = _outline(panel, view)
    assert "<script" not in html
    assert "<img" not in html
    if any(scenarios.HOSTILE[0] in text for text in _texts(view.values)):
        assert "&lt;/script&gt;&lt;img src=x onerror=window.hit=1&gt;" in html


def _texts(value: Any) -> Iterator[str]:
    """Every text that a template is handed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def test_a_panel_comes_where_its_order_puts_it():
    forecast, daily, headline = _panel("forecast", 30), _panel("daily", 10), _panel("headline", 99, "headline")
    assert [panel.id for panel in register([headline, forecast, daily])] == ["daily", "forecast", "headline"]


@pytest.mark.parametrize("ending", ["*.sql", "*.html.j2", "*.js", "*.css"])
def test_every_file_beside_a_panel_belongs_to_one(ending: str):
    assert {path.name.partition(".")[0] for path in FOLDER.glob(ending)} <= {panel.id for panel in PANELS}


def _panel(name: str, order: int = 1, area: Literal["headline", "figures", "grid"] = "grid") -> Panel:
    return Panel(id=name, area=area, order=order, prepare=lambda _rows, _context: PanelView())


def test_two_panels_of_one_name_are_refused():
    with pytest.raises(ReportError, match="two panels are called 'daily'"):
        register([_panel("daily"), _panel("daily")])


def test_two_panels_of_one_place_are_refused():
    with pytest.raises(ReportError, match="'daily' and 'models' have the same order: change one"):
        register([_panel("daily"), _panel("models")])


def test_a_script_that_does_not_register_its_panel_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for ending in (".sql", ".html.j2"):
        (tmp_path / f"weather{ending}").touch()
    (tmp_path / "weather.js").write_text('panel("climate", render);\n', encoding="utf-8")
    monkeypatch.setattr(panels, "FOLDER", tmp_path)
    with pytest.raises(ReportError, match=r'weather.js does not register its panel: call panel\("weather", render\)'):
        register([_panel("weather")])


def test_a_panel_without_its_query_is_refused():
    with pytest.raises(ReportError, match=r"the panel 'weather' has no weather\.sql next to it"):
        register([_panel("weather")])


@pytest.mark.parametrize("kind", SourceKind)
def test_every_kind_of_source_has_a_badge_with_a_mark(kind: SourceKind) -> None:
    template = environment().from_string("{% import 'templates/marks.html.j2' as marks %}{{ marks.badge(kind) }}")
    assert f'<span class="badge {kind}">' in template.render(kind=str(kind))
    assert kind in ICONS
