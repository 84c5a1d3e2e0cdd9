"""Facts into words: the templates, and how amounts and days are written in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

LOCALE = "en_US"

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


def money(amount: Decimal, currency: str) -> str:
    """An amount as people write it."""
    return format_currency(amount, currency, locale=LOCALE)


def day(moment: date, *, before: bool = False) -> str:
    """A day as people write it; `before` names the last day of a half-open period."""
    return format_date(moment - timedelta(days=1) if before else moment, "MMM d", locale=LOCALE)
