"""Facts into words, by the templates; `pipelines.presentation` writes the amounts and days in them.

A rule's template defines the macros `cause` and `action`; `message.txt.j2` and `message.html.j2` put them in a message.
A file of the same name in a user's folder replaces a template; one that fails is logged, and the usual one is used.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

SHIPPED = PackageLoader("notifications")
_CODE = re.compile("`([^`]+)`")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wording:
    """What all messages of an installation have: a folder of templates, and the address of its report; None: none.

    `on_failure` gets a sentence on each template of the folder that could not be used.
    """

    templates: Path | None = None
    report_url: str | None = None
    on_failure: Callable[[str], None] = _logger.warning


_current: ContextVar[Wording | None] = ContextVar("wording", default=None)


@contextmanager
def worded_by(wording: Wording) -> Iterator[None]:
    """Write the messages of the block so."""
    token = _current.set(wording)
    try:
        yield
    finally:
        _current.reset(token)


def render(template: str, facts: Mapping[str, Any]) -> str:
    """The text of `template`; in HTML every fact is escaped."""
    wording = _current.get() or Wording()
    values = {"report_url": wording.report_url, **facts}
    if wording.templates is not None and wording.templates.is_dir():
        try:
            return _rendered(wording.templates, template, values)
        except Exception as error:  # noqa: BLE001 - whatever a user's template does, the alert has to arrive
            wording.on_failure(f"{_place_of(error, wording.templates)}; the usual template is used")
    return _rendered(None, template, values)


def _place_of(error: Exception, folder: Path) -> str:
    """Where in a folder of templates an error is: "anomaly.j2:3: 'evnt_id' is undefined"."""
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, TemplateSyntaxError):
        return f"{Path(error.filename or error.name or '?').name}:{error.lineno}: {text}"
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    return f"{Path(inside[-1].filename).name}:{inside[-1].lineno}: {text}" if inside else text


def names() -> set[str]:
    """The file names of all templates."""
    return set(SHIPPED.list_templates())


def _rendered(folder: Path | None, template: str, values: Mapping[str, Any]) -> str:
    environment = _environment(folder, is_html=template.endswith(".html.j2"))
    return environment.get_template(template).render(values).strip() + "\n"


@cache
def _environment(folder: Path | None, *, is_html: bool) -> Environment:
    # A user's template may come from somebody else, so it reaches facts and nothing behind them.
    made = ImmutableSandboxedEnvironment(
        loader=SHIPPED if folder is None else ChoiceLoader([FileSystemLoader(folder), SHIPPED]),
        autoescape=is_html,
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
