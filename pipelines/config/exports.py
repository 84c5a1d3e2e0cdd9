"""The export files that every build brings up to date: what ai-costs.yaml says of them.

Belongs here: these settings, and the days and the file name they mean on a given day. Does not: which formats and
columns there are (the rooms above hand that in, see known.py), or writing the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pipelines.config.section import Label, Section
from pipelines.domain.periods import month_start
from pipelines.domain.source_kinds import COST_SOURCE_KINDS

NAME = re.compile("[a-z][a-z0-9_]{0,49}")
FILE_NAME = re.compile(r"(?![. ])(?:[A-Za-z0-9._ -]|\{date\}|\{month\})+(?<! )")


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError(f"{value!r} is not a name: begin with one of a-z, go on with a-z, 0-9 and _")
    return value


def _file_name(value: str) -> str:
    if not FILE_NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} is not a file name: take letters, digits, spaces, . _ -, and {{date}} or {{month}}; "
            "the folder is exports/ and the format gives the ending"
        )
    return value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class ScheduledExport(Section):
    """An export file that is brought up to date by every build."""

    name: Annotated[str, AfterValidator(_name)] = Field(description="A unique name: a-z, 0-9 and _.")
    format: Label = Field(default="csv", description="The format.")
    every: Literal["run", "day", "week", "month"] = Field(
        default="run",
        description="run: all costs, in one file. day, week, month: those of the last complete UTC one, in a separate "
        "file, which later builds correct until the next one is over.",
    )
    to: Annotated[str, AfterValidator(_file_name)] | None = Field(
        default=None,
        max_length=100,
        description="The file's name without its ending; {date} is the first day it covers and {month} its month; with "
        "every: run, those of the build. Left out: the name, followed by the date or the month.",
    )
    match: dict[
        Literal["provider", "account", "model", "project", "cost_center", "source_kind"],
        Annotated[tuple[Label, ...], BeforeValidator(_as_list), Field(min_length=1)],
    ] = Field(
        default_factory=dict,
        description="The content: {} is everything; several values of one dimension are or, dimensions are and. With "
        "cost centres, their allocated shares.",
    )
    since: date | None = Field(default=None, description="With every: run, the first UTC day.")
    until: date | None = Field(default=None, description="With every: run, the first UTC day that is left out.")
    preset: Literal["daily", "weekly", "monthly"] | None = Field(
        default=None, description="Add up by day, week, month."
    )
    columns: tuple[Label, ...] = Field(default=(), description="Only these columns, in this order.")
    compression: Literal["gzip"] | None = Field(default=None, description="Compress the file.")
    footer: bool = Field(default=False, description="Sums below the rows, in lines that begin with #; only CSV.")

    @model_validator(mode="after")
    def _can_be_meant(self) -> ScheduledExport:
        if self.every != "run" and (self.since is not None or self.until is not None):
            raise ValueError(f"since and until: with every: {self.every}, the days are those of the last complete one")
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise ValueError("until: an export ends after it begins")
        kinds = [str(kind) for kind in COST_SOURCE_KINDS]
        unknown = [kind for kind in self.match.get("source_kind", ()) if kind not in kinds]
        if unknown:
            raise ValueError(f"match: {unknown[0]!r} is not a source kind; there are: {', '.join(kinds)}")
        return self

    @property
    def pattern(self) -> str:
        """The file's name with its placeholders."""
        ending = {"run": "", "day": "-{date}", "week": "-{date}", "month": "-{month}"}[self.every]
        return self.to or self.name + ending

    def days(self, today: date) -> tuple[date | None, date | None]:
        """The half-open UTC days that it covers in a build of `today`; None is not a limit."""
        if self.every == "run":
            return self.since, self.until
        if self.every == "day":
            return today - timedelta(days=1), today
        if self.every == "week":
            monday = today - timedelta(days=today.weekday())
            return monday - timedelta(days=7), monday
        this_month = month_start(today)
        return month_start(this_month - timedelta(days=1)), this_month

    def file_name(self, today: date) -> str:
        """The file's name, without its ending, in a build of `today`."""
        first = today if self.every == "run" else self.days(today)[0] or today
        return self.pattern.replace("{date}", first.isoformat()).replace("{month}", f"{first:%Y-%m}")


def clashes(exports: Sequence[ScheduledExport]) -> Iterator[tuple[int, str]]:
    """(number, sentence) of each export whose name or file an earlier one has."""
    names: dict[str, int] = {}
    files: dict[tuple[str, str, str | None], str] = {}
    for index, export in enumerate(exports):
        if names.setdefault(export.name, index) != index:
            yield index, f"the name {export.name!r} appears twice; names must be unique"
            continue
        first = files.setdefault((export.pattern, export.format, export.compression), export.name)
        if first != export.name:
            yield index, f"{first!r} and {export.name!r} would write the same file: set another `to` at one"
