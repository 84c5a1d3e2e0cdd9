"""What a file states and the figures do not take is reported: other services, unknown columns, and another kind of
cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.config.imports import ImportSettings
from pipelines.presentation.messages import OTHER_SERVICES
from pipelines.sources.imports.framework.rules import ImportRules
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.inboxes import Inbox, feed, read, table
from tests.sources.imports.specimens import SPECIMENS, Specimen
from tests.sources.imports.test_formats import columns_and_rows

AZURE = "BillingAccountId,Date,Product,MeterCategory,MeterName,Quantity,Cost,BillingCurrency,ConsumedService,"
AZURE += "ChargeType,PricingModel\n"
ACTUAL = AZURE + (
    "86,06/01/2026,PTU,Azure OpenAI,PTU,1,12000,USD,Microsoft.Capacity,Purchase,Reservation\n"
    "86,06/02/2026,gpt,Azure OpenAI,gpt-4o,1,5,USD,Microsoft.CognitiveServices,Usage,OnDemand\n"
)
AMORTIZED = AZURE + (
    "86,06/01/2026,PTU,Azure OpenAI,PTU,1,32.88,USD,Microsoft.CognitiveServices,{row}\n"
    "86,06/02/2026,gpt,Azure OpenAI,gpt-4o,1,5,USD,Microsoft.CognitiveServices,Usage,OnDemand\n"
)
COMMITTED = ("Usage,Reservation", "Usage,SavingsPlan", "UnusedReservation,", "UnusedSavingsPlan,OnDemand")


@pytest.mark.parametrize("row", COMMITTED)
@pytest.mark.parametrize("first", ["actual", "amortized"])
def test_amortized_cost_never_takes_the_place_of_the_bill(inbox: Inbox, row: str, first: str):
    files = {"actual": ACTUAL, "amortized": AMORTIZED.format(row=row)}
    for name in sorted(files, key=lambda name: name != first):
        inbox.drop(f"{name}.csv", files[name])
        results = inbox.extract()
    (problem,) = results["amortized.csv"].problems
    assert problem.startswith("amortized.csv:2:10: this is amortized cost: 32.88 USD of a commitment ")
    assert "Export actual cost, which is the bill." in problem
    assert sum(inbox.sums().values()) == Decimal(12005)


def test_services_that_a_person_listed_are_no_finding_but_a_note(inbox: Inbox):
    content = bill(charge("2026-10-01", "1"), charge("2026-10-01", "8", "Amazon EC2"))
    inbox.drop("bill.csv", content)
    chosen = ImportRules(ImportSettings.model_validate({"services": ["Amazon Bedrock"]}))
    result = inbox.extract(chosen)["bill.csv"]
    told = f"1 row {OTHER_SERVICES} 8.00 USD: Amazon EC2 8.00 USD"
    assert (result.notes, result.findings) == ({feed("focus", "111"): told}, {})


def test_the_largest_services_are_named_and_small_sums_are_not_hidden(inbox: Inbox):
    others = [charge("2026-10-01", f"0.000{number}", f"Service {number}") for number in range(1, 8)]
    (finding,) = next(iter(read(inbox.drop("bill.csv", bill(*others))).statements.values())).findings
    assert finding == (
        f"7 rows {OTHER_SERVICES} 0.0028 USD: Service 7 0.0007 USD, Service 6 0.0006 USD, "
        "Service 5 0.0005 USD, Service 4 0.0004 USD, Service 3 0.0003 USD and 2 more services"
    )


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.id)
@pytest.mark.parametrize("name", ["novel_thought_tokens", "Unheard-of Tokens"])
def test_a_column_of_tokens_that_is_not_known_is_named_in_every_format(inbox: Inbox, specimen: Specimen, name: str):
    columns, rows = columns_and_rows(specimen.content)
    known = {text for statement in _statements(inbox, specimen.content) for text in statement}
    told = {
        text
        for statement in _statements(inbox, table([*columns, name], [[*row, "7"] for row in rows]))
        for text in statement
    }
    rows_taken = f"the column {name!r} is unknown and not read: it contains "
    added = told - known
    assert all(text.startswith(rows_taken) for text in added)
    assert bool(added) == bool(specimen.states)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.id)
def test_columns_that_hold_nothing_or_no_quantity_are_not_told(inbox: Inbox, specimen: Specimen):
    columns, rows = columns_and_rows(specimen.content)
    names = ["spare tokens", "sort of token", "time_to_first_token_ms", "remark"]
    more = table([*columns, *names], [[*row, "0", "output", "250", "7"] for row in rows])
    assert _statements(inbox, more) == _statements(inbox, specimen.content)


@pytest.mark.parametrize("format_name", ["openai_costs_csv", "deepseek", "anthropic_cost_csv", "openrouter_csv"])
def test_a_column_of_money_that_is_not_known_is_named(inbox: Inbox, format_name: str):
    specimen = next(made for made in SPECIMENS if made.format == format_name)
    columns, rows = columns_and_rows(specimen.content)
    (findings,) = _statements(inbox, table([*columns, "surcharge_amount"], [[*row, "0.5"] for row in rows]))
    assert findings[-1].startswith("the column 'surcharge_amount' is unknown and not read: it contains ")


def _statements(inbox: Inbox, content: str) -> list[tuple[str, ...]]:
    return [statement.findings for statement in read(inbox.drop("export.csv", content)).statements.values()]


GOOGLE = (
    "Billing account ID,Service description,SKU description,Cost type,Usage start date,Usage end date,"
    "Unrounded Cost ($),Cost ($)\n"
    "0A-0B,Vertex AI,Gemini Input,Usage,2026-06-01,2026-06-30,100.005,100.01\n,,,Total,,,100.005,100.01\n"
)
HEAD = "Invoice number,123,\nBilling account ID,0A-0B,\nCurrency,AUD,\nTotal amount due,$5.72,\n"


def test_the_currency_of_googles_table_is_that_of_its_head_or_of_the_settings(inbox: Inbox):
    inbox.drop("table.csv", HEAD + GOOGLE)
    inbox.extract()
    assert [(row["cost_amount"], row["currency"]) for row in inbox.rows()] == [(Decimal("100.005"), "AUD")]
    inbox.drop("table.csv", GOOGLE)
    (problem,) = inbox.extract()["table.csv"].problems
    assert problem.startswith("table.csv:2:7: the table does not name its currency, and ($) may be any dollar: ")
    rules = ImportRules(ImportSettings.model_validate({"files": [{"file": "table*", "currency": "CAD"}]}))
    inbox.extract(rules)
    assert [row["currency"] for row in inbox.rows()] == ["CAD"]
