"""Where exchange rates come from: what ai-costs.yaml says of them.

Belongs here: these settings. Does not: reading rates, or converting by them.
"""

from __future__ import annotations

from pydantic import Field, model_validator

from pipelines.config.section import CurrencyCode, Label, Section

ECB_ADDRESS = "https://www.ecb.europa.eu/stats/eurofxref"


class ExchangeRates(Section):
    """Dated rates by which amounts in other currencies are converted too; without any, they stay as they are."""

    file: Label | None = Field(
        default=None,
        description="Your CSV with date, currency and rate; a relative path starts at this file's folder.",
    )
    currency: CurrencyCode | None = Field(
        default=None, description="The currency of the file's rates: 2026-04-30,EUR,1.08 with USD is 1 EUR = 1.08 USD."
    )
    ecb: bool = Field(default=False, description="Fetch the reference rates that the European Central Bank publishes.")
    base_url: Label = Field(default=ECB_ADDRESS, description="A mirror or a test server instead of the ECB's.")

    @property
    def are_wanted(self) -> bool:
        """Whether there is a source of rates."""
        return self.file is not None or self.ecb

    @model_validator(mode="after")
    def _says_what_the_file_means(self) -> ExchangeRates:
        if (self.file is None) != (self.currency is None):
            raise ValueError("file and currency belong together: a rate is worth so much of that currency")
        return self
