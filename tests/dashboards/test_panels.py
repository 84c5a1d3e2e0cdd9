"""One contract for every panel: it renders nothing, one day and everything, and never lets a name be markup."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import duckdb
import pytest

from dashboards import panels
from dashboards.context import read_context
from dashboards.errors import ReportError
from dashboards.page import ICONS, environment, render_panel
from dashboards.panels import FOLDER, Panel, PanelView, discover, register
from dashboards.report import _rows
from pipelines.domain.records import SourceKind

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
        "p",
        "rect",
        "section",
        "span",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "use",
    ]
)


SHOW_NAMES = frozenset(
    {"anomalies", "budget", "cost_centers", "credit", "daily", "duplicates", "figures", "freshness"}
    | {"models", "notes", "reconciliation"}
)
"""These show names of people, models and feeds without scripts."""

ALWAYS_SHOWN = frozenset(
    ["headline", "figures", "daily", "anomalies", "forecast", "budget", "comparison", "freshness", "models", "notes"]
)
"""These say that there is nothing, where there is nothing."""

ONLY_WITH_ROWS = frozenset(["conversion", "credit", "cost_centers", "reconciliation", "duplicates"])
"""These have nothing to tell of a build without such rows, and are left out of its page."""


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
        if tag not in {"input", "rect", "use"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _view(panel: Panel, database: Path) -> PanelView | None:
    with duckdb.connect(str(database), read_only=True) as connection:
        return panel.prepare(_rows(connection, panel.query), read_context(connection))


def _outline(panel: Panel, database: Path) -> tuple[_Outline, str]:
    view = _view(panel, database)
    assert view is not None
    html = str(render_panel(environment(), panel, view))
    outline = _Outline()
    outline.feed(html)
    return outline, html


STATES = ["empty", "one_day", "company", "list_price_only", "manual_only", "hostile"]
FULL = ["company", "hostile"]


@pytest.mark.parametrize(
    ("panel", "scenario"),
    [(panel, state) for panel in PANELS for state in (STATES if panel.id in ALWAYS_SHOWN else FULL)],
    ids=lambda given: given if isinstance(given, str) else given.id,
)
def test_a_panel_renders_whatever_the_marts_hold(panel: Panel, scenario: str, published_file: Callable[[str], Path]):
    outline, html = _outline(panel, published_file(scenario))
    assert html.strip()
    assert outline.open == []
    assert outline.tags <= ALLOWED_TAGS
    assert outline.handlers == []
    assert "None" not in html
    assert "Decimal(" not in html


@pytest.mark.parametrize("scenario", sorted(set(STATES) - set(FULL)))
def test_a_panel_with_nothing_to_tell_is_left_out(scenario: str, published_file: Callable[[str], Path]):
    silent = {panel.id for panel in PANELS if _view(panel, published_file(scenario)) is None}
    assert silent >= ONLY_WITH_ROWS
    assert not silent & ALWAYS_SHOWN


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_panel_writes_hostile_names_as_text(panel: Panel, published_file: Callable[[str], Path]):
    _, html = _outline(panel, published_file("hostile"))
    assert "<script" not in html
    assert "<img" not in html
    if panel.id in SHOW_NAMES:
        assert "&lt;/script&gt;&lt;img src=x onerror=window.hit=1&gt;" in html


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
