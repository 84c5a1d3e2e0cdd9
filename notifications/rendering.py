"""Facts into words, by the templates; `pipelines.presentation` writes the amounts and days in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

_environment = Environment(
    loader=PackageLoader("notifications"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, facts: Mapping[str, Any]) -> str:
    """The text of `template`; in HTML every fact is escaped."""
    return _environment.get_template(template).render(facts).strip() + "\n"
