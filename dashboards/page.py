"""One HTML page from its parts: templates, styles, scripts and data, under a policy that lets nothing else run.

Everything is inlined. The scripts and the facts are deflated, which halves the page; a small script inflates and starts
them. The policy names the three scripts by their hashes, so text that slips into the page as markup cannot run, and
`default-src 'none'` means the page cannot ask the network for anything.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboards.context import LIST_PRICE_VALUE, ReportContext
from dashboards.facts import Facts
from dashboards.packing import deflated
from dashboards.panels import Panel, PanelView
from dashboards.scripts import join_modules
from pipelines.presentation import formats
from pipelines.presentation.labels import SOURCE_KINDS, provider_name

ROOM = Path(__file__).parent
STATIC = ROOM / "static"
LIBRARY = STATIC / "vendor" / "plot.js"

STYLES = ("tokens", "base", "controls", "cards", "charts", "tables", "narrow", "print")
"""static/css, in the order they apply; the styles of the panels come after them."""

LOADER = STATIC / "js" / "loader.js"

PAGE_SCRIPT = STATIC / "js" / "page.js"
"""Starts the page, once the scripts of its panels have registered them."""

ICONS: Mapping[str, str] = {
    "api": "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5M9 3 7 13",
    "manual": "M3 13l.8-3L10.5 3.3a1.4 1.4 0 0 1 2.2 2.2L6 12.2 3 13zM9.5 4.5l2 2",
    "local": "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3M5 6l1.5 1.2L5 8.4",
    "import": "M8 2.5v7M5 7l3 3 3-3M2.5 11v2.5h11V11",
    "rates": "M2.5 5.5h9L9 3M13.5 10.5h-9L7 13",
    "check": "M3 8.5 6.5 12 13 4.5",
    "caution": "M8 3v6M8 12v.6",
    "cross": "M4 4l8 8M12 4l-8 8",
    "note": "M8 7v5.5M8 3.6v.6",
    "up": "M8 3.5 13 12H3z",
    "down": "M8 12.5 3 4h10z",
    "moon": "M8 2a6 6 0 1 0 6 6 4.5 4.5 0 0 1-6-6z",
    "printer": "M4 6V2h8v4M4 12H2V6h12v6h-2M4 10h8v4H4z",
}
"""Path data of each mark on a 16 by 16 field. Every mark is alongside a word."""


@dataclass(frozen=True)
class Freshness:
    """The pill alongside the report's name."""

    tone: str
    icon: str
    text: str


def environment() -> Environment:
    """Where templates are found and how they escape: everything, always."""
    templates = Environment(
        loader=FileSystemLoader(ROOM), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.globals["source_kinds"] = SOURCE_KINDS
    return templates


def render_panel(templates: Environment, panel: Panel, view: PanelView) -> Markup:
    """The panel's part of the page."""
    return Markup(templates.get_template(panel.template).render(view.values))  # noqa: S704 - rendered with autoescape


def render_page(
    context: ReportContext,
    facts: Facts,
    views: Sequence[tuple[Panel, PanelView]],
    freshness: Freshness,
    *,
    generated_at: datetime,
) -> str:
    """The whole page. Equal input gives equal text."""
    templates = environment()
    areas: dict[str, list[dict[str, Any]]] = {"headline": [], "figures": [], "grid": []}
    for panel, view in views:
        html = render_panel(templates, panel, view)
        areas[panel.area].append({"id": panel.id, "columns": panel.columns, "html": html})
    library = LIBRARY.read_text(encoding="utf-8")
    script = _script([panel for panel, _ in views])
    loader = join_modules([LOADER])
    return templates.get_template("templates/report.html.j2").render(
        context=context,
        language=formats.LANGUAGE_TAG,
        title=_title(context),
        policy=_policy(library, script, loader),
        style=_inlined(_style([panel for panel, _ in views])),
        icons=ICONS,
        freshness=freshness,
        cost_view_hint=_cost_view_hint(context),
        panels=areas,
        generated=formats.moment(generated_at),
        context_json=_json(_context_values(context, sorted({row[1] for row in facts.rows}))),
        panels_json=_json({panel.id: view.data for panel, view in views if view.data is not None}),
        facts=facts.as_text(),
        library=deflated(library),
        script=deflated(script),
        loader=_inlined(loader),
    )


def _title(context: ReportContext) -> str:
    parts = ["SAMPLE" if context.is_sample else None, "AI cost report", context.organisation]
    return " – ".join([part for part in parts if part] + [formats.full_day(context.today)])  # noqa: RUF001


def _cost_view_hint(context: ReportContext) -> str:
    if not any(cost_view.cost_kind == LIST_PRICE_VALUE for cost_view in context.cost_views):
        return ""
    return "List-price value is what subscription-covered use would cost. It is never added to spend."


def _context_values(context: ReportContext, providers: Sequence[str]) -> dict[str, Any]:
    return {
        "asOf": context.as_of.isoformat(),
        "buildId": context.build_id,
        "currency": context.currency,
        "isSample": context.is_sample,
        "organisation": context.organisation,
        "sourceLabels": dict(SOURCE_KINDS),
        "providerNames": {name: provider_name(name) for name in providers if provider_name(name) != name},
        "today": context.today.isoformat(),
        "billingCurrencies": list(context.billing_currencies),
        "recorded": [
            [
                *known[:-3],
                provider_name(known.name),
                known.first_day.isoformat(),
                known.last_day and known.last_day.isoformat(),
            ]
            for known in context.recorded
        ],
        "costViews": [{"kind": view.cost_kind, "label": view.label, "noun": view.noun} for view in context.cost_views],
    }


def _style(panels: Sequence[Panel]) -> str:
    shared = [STATIC / "css" / f"{name}.css" for name in STYLES]
    return "\n".join(
        path.read_text(encoding="utf-8") for path in [*shared, *(panel.style for panel in panels)] if path is not None
    )


def _script(panels: Sequence[Panel]) -> str:
    return join_modules([*(panel.script for panel in panels if panel.script is not None), PAGE_SCRIPT])


def _policy(*scripts: str) -> str:
    allowed = " ".join(f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts)
    # Plot sets inline styles on what it draws, which is why style-src cannot be hashes alone.
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _inlined(text: str) -> Markup:
    """Our code, unchanged. It must not be able to end the element it is in."""
    if "</" in text and ("</script" in text.lower() or "</style" in text.lower()):
        raise ValueError("an inlined file contains a closing tag")
    return Markup(text)  # noqa: S704 - a file of this program, never text from outside


def _json(value: Any) -> Markup:
    """JSON that cannot end its element, open a comment or break a line: < > & and line separators as escapes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above
