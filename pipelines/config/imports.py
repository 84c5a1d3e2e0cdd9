"""The section `imports` of ai-costs.yaml: whose a file is, which services count, and what unknown columns mean.

Belongs here: the settings and what is wrong with them by themselves. Does not: reading a file.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipelines.config.section import CurrencyCode, Label, Section

DATE_FORMATS = ("day-first", "month-first", "unix")
"""Words for how days are written; anything else is a pattern of strptime."""

MEASURES = frozenset({"amount", "requests", "tokens"})
"""What is added up alongside tokens of a kind."""


class ImportMapping(Section):
    """What the columns of a CSV mean that no format knows; `ai-costs import --preview` proposes one."""

    provider: Label = Field(description="Who sells it: groq, cohere, …")
    currency: CurrencyCode | None = Field(default=None, description="The currency, if no column has it.")
    cents: bool = Field(default=False, description="Amounts are in hundredths of the currency.")
    decimal: Literal["point", "comma"] | None = Field(
        default=None, description="The decimal separator. Left out: an ambiguous number is rejected with a question."
    )
    date_format: str | None = Field(
        default=None,
        description="How days are written: day-first, month-first, unix (seconds since 1970), or such as %d %b %Y; "
        "%Y-%m is a whole month. Left out: year-month-day.",
    )
    negative_amounts: Literal["credit", "cost"] | None = Field(
        default=None,
        description="What a minus means: credit, which lowers the bill, or cost, as banks write what was paid. Left "
        "out: credit, and a finding; refused where half of the amounts or more have one.",
    )
    skip_lines: int = Field(default=0, ge=0, le=1000, description="Lines above the names of the columns.")
    skip_total_rows: bool = Field(
        default=False, description="Leave out rows of totals, which are compared with the sum of the others."
    )
    allow_equal_rows: bool = Field(
        default=False, description="Rows that are equal in every cell all count, without a finding."
    )
    columns: dict[
        Literal[
            "date",
            "amount",
            "currency",
            "account",
            "project",
            "key",
            "user",
            "service",
            "model",
            "line_item",
            "id",
            "requests",
            "tokens",
            "input_tokens",
            "cache_read_tokens",
            "cache_write_tokens",
            "output_tokens",
        ],
        Label,
    ] = Field(
        description="What is meant, and the column of it. input_tokens are without cached ones; tokens are all of "
        "them, where no column has them by kind; an id, such as an invoice number, is of one row alone."
    )

    @model_validator(mode="after")
    def _reads_days(self) -> ImportMapping:
        pattern = self.date_format
        if pattern is not None and pattern not in DATE_FORMATS and "%y" not in pattern.lower():
            raise ValueError(
                f"date_format: {pattern!r} is neither one of {', '.join(DATE_FORMATS)} nor a pattern with %Y, such "
                "as %d.%m.%Y"
            )
        return self

    @model_validator(mode="after")
    def _is_not_empty(self) -> ImportMapping:
        reported = set(self.columns)
        if "date" not in reported:
            raise ValueError("columns: date is missing: name the column of the day")
        if not reported & {"amount", "requests", *(name for name in reported if name.endswith("tokens"))}:
            raise ValueError("columns: name the column of an amount, of requests or of tokens")
        self._refuse_what_counts_twice()
        if "amount" in reported and self.currency is None and "currency" not in reported:
            raise ValueError("currency: an amount needs one, here or in a column")
        return self

    def _refuse_what_counts_twice(self) -> None:
        kinds = [name for name in self.columns if name.endswith("_tokens")]
        if "tokens" in self.columns and kinds:
            raise ValueError(f"columns: tokens are all tokens and would count again with {', '.join(kinds)}")
        measures = {name: column for name, column in self.columns.items() if name in MEASURES or name in kinds}
        for name, column in measures.items():
            same = [other for other, its in measures.items() if its == column and other != name]
            if same:
                raise ValueError(f"columns: {column!r} cannot be both {name} and {same[0]}")


class ImportFile(Section):
    """What is known of files that are imported, by their name."""

    file: Label = Field(description="The name of a file, or a pattern such as acme-*.csv; the first match applies.")
    account: Label | None = Field(
        default=None, description="The account of the file, instead of the one that it names."
    )
    currency: CurrencyCode | None = Field(
        default=None, description="The currency of its amounts, for a known export that does not name it."
    )
    mapping: ImportMapping | None = Field(
        default=None, description="The meaning of its columns, if no format recognizes them."
    )

    @model_validator(mode="after")
    def _says_something(self) -> ImportFile:
        if self.account is None and self.mapping is None and self.currency is None:
            raise ValueError(f"file: {self.file!r} needs an account, a currency or a mapping")
        return self


class ImportSettings(Section):
    """How files of the inbox are taken."""

    files: tuple[ImportFile, ...] = Field(default=(), description="Files by their name.")
    services: tuple[Label, ...] | None = Field(
        default=None,
        description="The AI services of cloud bills, as patterns such as *Bedrock*. Left out: a list that is built in.",
    )
