"""Facts into words, by the templates; `pipelines.presentation` writes the amounts and days in them.

A rule's template defines the macros `cause` and `action`; `message.txt.j2` and `message.html.j2` put them in a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

_CODE = re.compile("`([^`]+)`")


def _environment(*, is_html: bool) -> Environment:
    made = Environment(
        loader=PackageLoader("notifications"),
        autoescape=is_html,  # noqa: S701 - text for mail and chat has no markup to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["commands"] = _commands
    return made


def _commands(text: str) -> Markup:
    """Text for HTML in which each command between backticks is bold, and each paragraph is one of its own."""
    # Plain text again: what is put into Markup is escaped, and the marks of bold with it.
    paragraphs = [str(escape(paragraph.strip())) for paragraph in text.split("\n\n") if paragraph.strip()]
    return Markup("<br><br>").join(Markup(_CODE.sub(r"<b>\1</b>", paragraph)) for paragraph in paragraphs)  # noqa: S704 - escaped above


_TEXT = _environment(is_html=False)
_HTML = _environment(is_html=True)


def render(template: str, facts: Mapping[str, Any]) -> str:
    """The text of `template`; in HTML every fact is escaped."""
    environment = _HTML if template.endswith(".html.j2") else _TEXT
    return environment.get_template(template).render(facts).strip() + "\n"
