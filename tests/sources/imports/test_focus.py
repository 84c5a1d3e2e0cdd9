"""FOCUS bills of any cloud land what is billed for AI, day by day, and tell what they leave out."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.config.imports import ImportFile, ImportSettings
from pipelines.errors import EntryFileError
from pipelines.presentation.messages import NOT_A_CURRENCY, OTHER_SERVICES
from pipelines.sources.imports.framework.rules import ImportRules
from tests.sources.imports.bills import COLUMNS, bill, charge
from tests.sources.imports.inboxes import Inbox, feed, read

STATED = (
    "source",
    "record_kind",
    "account_name",
    "provider",
    "grain",
    "project",
    "project_name",
    "service",
    "line_item",
    "inference_geo",
    "quantity",
    "quantity_unit",
    "cost_amount",
    "list_cost_amount",
    "currency",
    "cost_basis",
    "charge_category",
    "tags",
    "source_file",
)


def test_a_service_of_any_name_is_taken_that_its_subcategory_calls_generative_ai(inbox: Inbox):
    inbox.drop(
        "bill.csv",
        bill(
            charge("2026-10-01", "1.25", "groq API", ServiceSubcategory="Generative AI"),
            charge("2026-10-01", "7.50", "Amazon EC2", ServiceSubcategory="Virtual Machines"),
            columns=(*COLUMNS, "ServiceSubcategory"),
        ),
    )
    inbox.extract()
    assert [(row["service"], row["cost_amount"]) for row in inbox.rows()] == [("groq API", Decimal("1.25"))]


def test_a_row_becomes_what_it_states(inbox: Inbox):
    inbox.drop(
        "bill.csv",
        bill(
            charge(
                "2026-10-01",
                "1.25",
                ConsumedQuantity="20000",
                ConsumedUnit="Tokens",
                ListCost="1.50",
                RegionId="eu-central-1",
                SubAccountId="222",
                SubAccountName="labs",
                Tags='{"team": "vision", "cost": 7}',
            )
        ),
    )
    inbox.extract()
    (row,) = inbox.rows()
    assert {name: row[name] for name in STATED} == {
        "source": "focus",
        "record_kind": "cost",
        "account_name": "111",
        "provider": "aws",
        "grain": "1d",
        "project": "222",
        "project_name": "labs",
        "service": "Amazon Bedrock",
        "line_item": "Nova Lite Input Tokens",
        "inference_geo": "eu-central-1",
        "quantity": Decimal(20000),
        "quantity_unit": "Tokens",
        "cost_amount": Decimal("1.25"),
        "list_cost_amount": Decimal("1.50"),
        "currency": "USD",
        "cost_basis": "provider_reported",
        "charge_category": "Usage",
        "tags": '{"cost":"7","team":"vision"}',
        "source_file": "bill.csv",
    }
    assert (row["period_start"], row["period_end"]) == (
        datetime(2026, 10, 1, tzinfo=UTC),
        datetime(2026, 10, 2, tzinfo=UTC),
    )


def test_hours_of_a_day_are_one_record_and_their_sum_is_exact(inbox: Inbox):
    hours = [
        charge(
            "2026-10-01",
            "0.1",
            ChargePeriodStart=f"2026-10-01 {hour:02}:00:00",
            ChargePeriodEnd=f"2026-10-01 {hour:02}:59:59",
        )
        for hour in range(24)
    ]
    inbox.drop("bill.csv", bill(*hours))
    inbox.extract()
    (row,) = inbox.rows()
    assert row["cost_amount"] == Decimal("2.4")


def test_what_differs_in_more_than_the_identity_stays_apart(inbox: Inbox):
    inbox.drop(
        "bill.csv",
        bill(charge("2026-10-01", "5"), charge("2026-10-01", "-2", ChargeCategory="Credit")),
    )
    inbox.extract()
    rows = {row["charge_category"]: (row["row_ordinal"], row["cost_amount"]) for row in inbox.rows()}
    assert rows == {"Credit": (0, Decimal(-2)), "Usage": (1, Decimal(5))}


def test_a_charge_for_a_month_keeps_its_period(inbox: Inbox):
    month = {"ChargePeriodStart": "2026-10-01", "ChargePeriodEnd": "2026-11-01", "ChargeCategory": "Purchase"}
    inbox.drop("bill.csv", bill(charge("2026-10-01", "100", **month)))
    inbox.extract()
    (row,) = inbox.rows()
    assert (row["grain"], row["period_end"]) == ("period", datetime(2026, 11, 1, tzinfo=UTC))


def test_other_services_are_left_out_with_rows_and_sums(inbox: Inbox):
    inbox.drop(
        "bill.csv",
        bill(
            charge("2026-10-01", "1"),
            charge("2026-10-02", "1234.5", "Amazon Simple Storage Service"),
            charge("2026-10-02", "2", "Amazon EC2"),
            charge("2026-10-02", "3", "Amazon EC2", BillingCurrency="EUR"),
        ),
    )
    (result,) = inbox.extract().values()
    left_out = f"3 rows {OTHER_SERVICES} 3.00 EUR and 1,236.50 USD"
    assert (result.notes, result.findings) == (
        {},
        {
            feed("focus", "111"): (
                f"{left_out}: Amazon Simple Storage Service 1,234.50 USD, Amazon EC2 3.00 EUR and Amazon EC2 2.00 USD",
            )
        },
    )
    assert inbox.sums() == {("111", "2026-10-01"): Decimal(1), ("111", "2026-10-02"): Decimal(0)}


@pytest.mark.parametrize(
    ("provider", "service", "named"),
    [
        ("AWS", "Claude 4.6 Sonnet (Amazon Bedrock Edition)", "aws"),
        ("Microsoft", "Azure OpenAI Service", "azure"),
        ("Microsoft", "Cognitive Services", "azure"),
        ("Microsoft", "Foundry Models", "azure"),
        ("Google Cloud", "Vertex AI", "google"),
        ("Google Cloud", "Gemini API", "google"),
        ("Oracle", "OCI Generative AI", "oracle"),
        ("Acme Cloud", "Generative AI of Acme", "acme cloud"),
    ],
)
def test_ai_services_of_each_cloud_are_known(inbox: Inbox, provider: str, service: str, named: str):
    inbox.drop("bill.csv", bill(charge("2026-10-01", "1", service, ProviderName=provider)))
    inbox.extract()
    assert [row["provider"] for row in inbox.rows()] == [named]


def test_people_say_which_services_count_and_whose_a_file_is(inbox: Inbox):
    inbox.drop("Acme-October.csv", bill(charge("2026-10-01"), charge("2026-10-01", "7", "Amazon EC2")))
    files = (ImportFile(file="acme-*.csv", account="acme"),)
    inbox.extract(ImportRules(ImportSettings(files=files, services=("amazon ec?",))))
    assert inbox.sums() == {("acme", "2026-10-01"): Decimal(7)}


def test_other_rules_take_back_what_the_same_file_stated_under_the_former(inbox: Inbox):
    inbox.drop("bill.csv", bill(charge("2026-10-01")))
    inbox.extract()
    inbox.extract(ImportRules(ImportSettings(files=(ImportFile(file="*", account="acme"),))))
    assert inbox.sums() == {("acme", "2026-10-01"): Decimal("1.25")}


def test_a_parquet_file_states_the_same_as_its_csv(inbox: Inbox, tmp_path: Path):
    csv = inbox.drop("bill.csv", bill(charge("2026-10-01", Tags='{"team":"vision"}'), charge("2026-10-02", "0.5")))
    moments = [datetime(2026, 10, day, tzinfo=UTC) for day in (1, 2)]
    columns: dict[str, pa.Array] = {
        name: pa.array([charge("2026-10-01").get(name)] * 2, pa.string()) for name in COLUMNS
    } | {
        "BilledCost": pa.array([Decimal("1.25"), Decimal("0.5")], pa.decimal128(20, 10)),
        "ListCost": pa.array([float("nan"), None], pa.float64()),
        "ChargePeriodStart": pa.array(moments, pa.timestamp("us", tz="UTC")),
        "ChargePeriodEnd": pa.array([moment.replace(hour=1) for moment in moments], pa.timestamp("us", tz="UTC")),
        "Tags": pa.array([[("team", "vision")], None], pa.map_(pa.string(), pa.string())),
    }
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    parquet = tmp_path / "bill.parquet"
    parquet.write_bytes(content.getvalue())
    (expected,), (found,) = (list(read(path).statements.values()) for path in (csv, parquet))
    without_file = [
        [{**vars(record), "source_file": None} for record in part.folded.records()] for part in (expected, found)
    ]
    assert without_file[0] == without_file[1]


def test_every_problem_of_a_file_is_told_with_its_place(inbox: Inbox):
    rows = [
        charge("2026-10-01", "1,25", BillingCurrency="DOLLARS"),
        charge("2026-10-01"),
        charge("2026-13-01", "", ChargeCategory="Gift", Tags="{no json"),
        charge("2026-10-02", ChargePeriodStart="2026-10-03", BillingAccountId="", RegionId="a\x07b"),
    ]
    path = inbox.drop("bill.csv", bill(*rows))
    with pytest.raises(EntryFileError) as refused:
        read(path)
    assert refused.value.problems == [
        f"bill.csv:2:3: BillingCurrency: 'DOLLARS' {NOT_A_CURRENCY}",
        "bill.csv:2:1: BilledCost: '1,25' is not a number with a decimal point",
        "bill.csv:4:6: ChargePeriodStart: '2026-13-01T00:00:00Z' is not a day or moment (year-month-day)",
        "bill.csv:4:7: ChargePeriodEnd: '2026-13-01T01:00:00Z' is not a day or moment (year-month-day)",
        "bill.csv:4:1: BilledCost is empty, which every row needs",
        "bill.csv:4:4: 'Gift' is not one of Usage, Purchase, Tax, Credit, Adjustment",
        "bill.csv:4:16: Tags: '{no json' is not a JSON object",
        "bill.csv:5:2: BillingAccountId is empty, which every row needs",
        "bill.csv:5:7: ChargePeriodEnd is before ChargePeriodStart",
        "bill.csv:5:12: the cell contains a control character: export the file again",
    ]


def test_amounts_finer_than_landing_keeps_are_added_before_they_are_rounded(inbox: Inbox):
    inbox.drop("bill.csv", bill(*[charge("2026-10-01", "0.0000000000004")] * 5))
    inbox.extract()
    assert inbox.sums() == {("111", "2026-10-01"): Decimal("0.000000000002")}
