"""What every section of ai-costs.yaml is made of: strict, unchanging, its amounts read exactly.

Belongs here: the base of a section and the types of its values. Does not: what the sections are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar
from zoneinfo import available_timezones

from babel.core import get_global
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from pipelines.presentation.messages import NOT_A_CURRENCY, SUCH_AS_CURRENCIES

ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _variable_name(value: str) -> str:
    # A secret pasted here would be copied into schemas, errors and backups; so it is refused without an echo.
    if not ENVIRONMENT_NAME.fullmatch(value):
        raise ValueError("give the name of an environment variable here, such as OPENAI_ADMIN_KEY, never the secret")
    return value


def _currency(value: str) -> str:
    if value not in get_global("all_currencies"):
        raise ValueError(f"{value!r} {NOT_A_CURRENCY}{SUCH_AS_CURRENCIES}")
    return value


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("an amount must be read exactly")  # noqa: TRY004 - pydantic reports ValueErrors by place
    return value


def _time_zone(value: str) -> str:
    zones = available_timezones()
    if value not in zones:
        close = get_close_matches(value, zones, 1)
        meant = f": did you mean {close[0]}?" if close else ", such as Europe/Berlin or UTC"
        raise ValueError(f"{value!r} is not the IANA name of a time zone{meant}")
    return value


VariableName = Annotated[str, AfterValidator(_variable_name)]
CurrencyCode = Annotated[str, AfterValidator(_currency)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Amount = Annotated[Decimal, BeforeValidator(_exact), Field(max_digits=38, decimal_places=12)]
Label = Annotated[str, Field(min_length=1, max_length=100)]


@dataclass(frozen=True)
class EntryTable:
    """A table of schema `landing` with a row for each entry of a section.

    `columns` are its names in order, each with its Python type and what it has of an entry.
    """

    name: str
    description: str
    columns: Mapping[str, tuple[Any, Callable[[Any], Any]]]


class Section(BaseModel):
    """A part of the file: what it does not know is refused. `TABLE` is what dbt models read of its entries."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    TABLE: ClassVar[EntryTable | None] = None
