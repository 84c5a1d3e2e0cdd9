"""Any other CSV comes in by a mapping of its columns, which the preview proposes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from pipelines.config.imports import ImportMapping, ImportSettings
from pipelines.errors import EntryFileError
from pipelines.presentation.messages import NO_KNOWN_EXPORT, OTHER_SERVICES
from pipelines.sources.imports.framework.preview import preview
from pipelines.sources.imports.framework.rules import ImportRules
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.inboxes import NO_RULES, Inbox, feed

BILL = (
    "Day,Model name,Prompt tokens,Completion tokens,Calls made,Cost (USD)\n"
    "2026-10-01,llama-4,100,20,3,0.50\n2026-10-01,llama-4,50,10,1,0.25\n2026-10-02,llama-4,0,0,0,-0.10\n"
)
COLUMNS = {
    "date": "Day",
    "amount": "Cost (USD)",
    "model": "Model name",
    "input_tokens": "Prompt tokens",
    "output_tokens": "Completion tokens",
    "requests": "Calls made",
}


def rules(file: str = "groq-*.csv", account: str | None = "acme", **mapping: Any) -> ImportRules:
    reported = {"provider": "Groq", "currency": "USD", "columns": COLUMNS, **mapping}
    return ImportRules(
        ImportSettings.model_validate({"files": [{"file": file, "account": account, "mapping": reported}]})
    )


def test_a_mapping_gives_a_file_its_meaning(inbox: Inbox):
    inbox.drop("groq-2026-10.csv", BILL)
    (result,) = inbox.extract(rules()).values()
    assert result.feeds == (feed("mapped_csv", "acme"),)
    rows = sorted(inbox.rows(), key=lambda row: row["period_start"])
    names = ("provider", "record_kind", "model_raw", "requests", "input_uncached_tokens", "output_tokens")
    assert [[row[name] for name in names] for row in rows] == [
        ["groq", "usage_cost", "llama-4", 4, 150, 30],
        ["groq", "usage_cost", "llama-4", 0, 0, 0],
    ]
    assert [(row["cost_amount"], row["charge_category"]) for row in rows] == [
        (Decimal("0.75"), "Usage"),
        (Decimal("-0.10"), "Credit"),
    ]


def test_amounts_may_be_cents_and_the_currency_and_account_in_columns(inbox: Inbox):
    inbox.drop("groq-1.csv", "Day,Owed,In,Team\n2026-10-01,12.5,EUR,labs\n")
    columns = {"date": "Day", "amount": "Owed", "currency": "In", "account": "Team"}
    inbox.extract(rules(account=None, cents=True, columns=columns))
    (row,) = inbox.rows()
    assert (row["account_name"], row["cost_amount"], row["currency"], row["record_kind"]) == (
        "labs",
        Decimal("0.125"),
        "EUR",
        "cost",
    )


def test_tokens_alone_are_usage_and_state_no_amount(inbox: Inbox):
    inbox.drop("groq-1.csv", "Day,All tokens\n2026-10-01,7\n")
    inbox.extract(rules(currency=None, columns={"date": "Day", "tokens": "All tokens"}))
    (row,) = inbox.rows()
    assert (row["record_kind"], row["unsplit_tokens"], row["cost_amount"], row["currency"]) == ("usage", 7, None, None)


def test_a_column_of_the_mapping_that_is_not_there_is_named(inbox: Inbox):
    inbox.drop("groq-1.csv", BILL.replace("Calls made", "Calls"))
    (result,) = inbox.extract(rules()).values()
    assert result.problems == (
        "groq-1.csv:1:1: the mapping of groq-*.csv names columns that are not there: Calls made",
    )


@pytest.mark.parametrize(
    ("mapping", "complaint"),
    [
        ({"columns": {"amount": "Cost"}}, "columns: date is missing: name the column of the day"),
        ({"columns": {"date": "Day"}}, "columns: name the column of an amount, of requests or of tokens"),
        ({"currency": None}, "currency: an amount needs one, here or in a column"),
    ],
)
def test_a_mapping_that_states_nothing_is_refused(mapping: dict[str, Any], complaint: str):
    with pytest.raises(ValidationError, match=complaint):
        ImportMapping.model_validate({"provider": "groq", "currency": "USD", "columns": COLUMNS, **mapping})


def test_a_file_entry_that_says_nothing_is_refused():
    with pytest.raises(ValidationError, match=r"file: 'a.csv' needs an account, a currency or a mapping"):
        ImportSettings.model_validate({"files": [{"file": "a.csv"}]})


def test_the_mapping_that_the_preview_proposes_takes_the_file_once_the_seller_is_named(inbox: Inbox):
    path = inbox.drop("groq-2026-10.csv", BILL)
    found = preview(path, NO_RULES)
    assert found.format_title is None
    assert found.problems == (f"groq-2026-10.csv:1:1: {NO_KNOWN_EXPORT}",)
    proposed = yaml.safe_load(str(found.mapping))["imports"]
    assert proposed["files"] == [
        {
            "file": "groq-*.csv",
            "account": "default",
            "mapping": {"provider": "", "columns": COLUMNS, "currency": "USD"},
        }
    ]
    with pytest.raises(ValidationError):
        ImportSettings.model_validate(proposed)
    proposed["files"][0]["mapping"]["provider"] = "groq"
    inbox.extract(ImportRules(ImportSettings.model_validate(proposed)))
    assert inbox.sums() == {("default", "2026-10-01"): Decimal("0.75"), ("default", "2026-10-02"): Decimal("-0.10")}


def test_a_column_whose_cells_deny_its_name_is_not_proposed(inbox: Inbox):
    found = preview(inbox.drop("a.csv", "Time zone,Date,Total\nCET,2026-10-01,1.5\n"), NO_RULES)
    assert yaml.safe_load(str(found.mapping))["imports"]["files"][0]["mapping"]["columns"] == {
        "date": "Date",
        "amount": "Total",
    }


def test_the_preview_of_a_known_file_shows_its_sums_and_what_it_leaves_out(inbox: Inbox):
    charges = [charge("2026-10-01", "1"), charge("2026-10-02", "2", BillingCurrency="EUR"), charge("2026-10-02", "4")]
    found = preview(inbox.drop("b.csv", bill(*charges, charge("2026-10-01", "8", "Amazon EC2"))), NO_RULES)
    assert (found.format_title, found.mapping, found.records_count) == ("FOCUS 1.0-1.2", None, 3)
    assert found.sums == {"EUR": Decimal(2), "USD": Decimal(5)}
    assert found.notes == (f"111: 1 row {OTHER_SERVICES} 8.00 USD: Amazon EC2 8.00 USD",)
    assert inbox.landing.feeds() == []


def test_what_is_no_table_has_no_preview(inbox: Inbox):
    with pytest.raises(EntryFileError, match="the file is empty"):
        preview(inbox.drop("b.csv", ""), NO_RULES)
