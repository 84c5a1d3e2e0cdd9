"""What `ai-costs init` writes: a commented starter configuration, a starter .env, and the schema for editors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipelines.config.known import KnownNames
from pipelines.config.model import Configuration
from pipelines.config.settings import VARIABLES
from pipelines.reading.files import content_of

SCHEMA_NAME = "ai-costs.schema.json"
SHOWN = Path(__file__).with_suffix(".yaml")
"""The settings that most people want, as they are shown to them; it names the schema by SCHEMA_NAME."""


def example_config() -> str:
    """A configuration that loads unchanged, with every setting explained and most of it commented out."""
    shown = content_of(SHOWN, largest=100_000).decode()
    return shown + _others(shown)


def every_setting() -> Iterator[tuple[str, FieldInfo]]:
    """(path, field) of every setting, such as `accounts[].name`; a section represents its settings."""
    return _settings_of(Configuration, "")


def _settings_of(section: type[BaseModel], above: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in section.model_fields.items():
        inner, is_list = field.annotation, False
        for part in get_args(inner):
            if isinstance(part, type) and issubclass(part, BaseModel):
                inner, is_list = part, get_origin(field.annotation) is tuple
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _settings_of(inner, f"{above}{name}{'[]' if is_list else ''}.")
        else:
            yield f"{above}{name}", field


def _others(written: str) -> str:
    """What `written` does not show: a comment for each setting."""
    missing = [(path, field) for path, field in every_setting() if not re.search(rf"\b{path.split('.')[-1]}:", written)]
    lines = [f"# {path}: {field.description or ''}".rstrip() for path, field in missing]
    return "\n".join(["", "# All other settings:", *lines, ""]) if lines else ""


def example_environment(known: KnownNames) -> str:
    """A .env with every variable that is read under a fixed name, and the usual ones of keys, commented out."""
    lines = ["# Values for this computer; keep this file out of version control and readable only by you.", ""]
    for name, purpose in {**VARIABLES, **known.variables}.items():
        lines += [f"# {purpose}", f"# {name}=", ""]
    lines += ["# Secrets, under the names that ai-costs.yaml gives them.", "# APPRISE_FINANCE_URL=", ""]
    for name, purpose in known.keys.items():
        lines += [f"# {purpose}", f"# {name}=", ""]
    return "\n".join(lines)


def schema(known: KnownNames) -> str:
    """The JSON Schema of ai-costs.yaml, for editors, with the names that are `known` to choose from."""
    shape = Configuration.model_json_schema()
    for section, setting, names in (
        ("Agent", "agent", known.agents),
        ("ScheduledExport", "format", known.export_formats),
    ):
        shape["$defs"][section]["properties"][setting]["enum"] = sorted(names)
    return json.dumps(shape, indent=2) + "\n"
