"""A proposed mapping takes no tokens for money, counts nothing twice, and asks where somebody would have to guess."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from pipelines.sources.imports.framework.preview import preview
from pipelines.sources.imports.framework.rules import ImportRules
from tests.sources.imports.inboxes import Inbox

LAYOUTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "Helicone": (
        (
            "response_id,response_created_at,request_id,request_created_at,model,provider,prompt_tokens,completion_tokens,"
            "total_tokens,cost_usd,delay_ms,user_id"
        ),
        "a,2026-06-01T10:00:01Z,b,2026-06-01T10:00:00Z,gpt-5,OPENAI,200,100,300,0.003,1000,ada",
        {
            "date": "response_created_at",
            "amount": "cost_usd",
            "input_tokens": "prompt_tokens",
            "output_tokens": "completion_tokens",
            "model": "model",
            "user": "user_id",
        },
    ),
    "LiteLLM": (
        (
            "request_id,call_type,api_key,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,model,"
            "custom_llm_provider,user,team_id,cache_hit"
        ),
        (
            "r1,acompletion,88dc,0.0123,300,200,100,2026-06-01T10:00:00+00:00,2026-06-01T10:00:01+00:00,gpt-5,openai,ada,"
            "team-a,False"
        ),
        {
            "date": "startTime",
            "amount": "spend",
            "input_tokens": "prompt_tokens",
            "output_tokens": "completion_tokens",
            "model": "model",
            "key": "api_key",
            "user": "user",
            "account": "team_id",
        },
    ),
    "Langfuse": (
        (
            "id,timestamp,name,model,inputTokens,outputTokens,totalTokens,inputCost,outputCost,totalCost,latency,"
            "timeToFirstToken"
        ),
        "t1,2026-06-01T10:00:00Z,chat,gpt-5,200,100,300,0.001,0.002,0.003,1,250",
        {
            "date": "timestamp",
            "amount": "totalCost",
            "input_tokens": "inputTokens",
            "output_tokens": "outputTokens",
            "model": "model",
        },
    ),
    "Fireworks": (
        (
            "email,start_time,end_time,usage_type,accelerator_seconds,base_model_name,model_bucket,parameter_count,"
            "prompt_tokens,completion_tokens,cached_prompt_tokens,uncached_prompt_tokens"
        ),
        (
            "ada@acme.example,2026-10-20 17:16:48 UTC,2026-10-20 17:16:48 UTC,TEXT,,llama4,Llama 4,401583781376,803,"
            "109,200,603"
        ),
        {
            "date": "start_time",
            "input_tokens": "uncached_prompt_tokens",
            "output_tokens": "completion_tokens",
            "cache_read_tokens": "cached_prompt_tokens",
            "model": "base_model_name",
            "user": "email",
        },
    ),
    "own, with disjoint tokens": (
        "day,model,input_uncached_tokens,cache_read_tokens,cache_write_tokens,output_tokens,requests,cost_eur",
        "2026-06-01,gpt-5,10,20,30,40,2,0.5",
        {
            "date": "day",
            "amount": "cost_eur",
            "input_tokens": "input_uncached_tokens",
            "cache_read_tokens": "cache_read_tokens",
            "cache_write_tokens": "cache_write_tokens",
            "output_tokens": "output_tokens",
            "requests": "requests",
            "model": "model",
        },
    ),
    "Google, cost and usage amount": (
        "Usage date,Service description,SKU description,Usage amount,Usage unit,Cost (€)",
        '2026-06-01,Vertex AI,Gemini,"6,282.708",count,100.01',
        {"date": "Usage date", "amount": "Cost (€)", "service": "Service description"},
    ),
    "Google, reports by month": (
        (
            "Month,Service description,Service ID,Cost ($),Savings programs ($),Other savings ($),"
            "Unrounded subtotal ($),Subtotal ($)"
        ),
        "2026-07,Vertex AI,S-V,30,0,-2,28,28",
        {"date": "Month", "amount": "Subtotal ($)", "service": "Service description"},
    ),
    "Oracle": (
        (
            "lineItem/referenceNo,lineItem/intervalUsageStart,product/service,usage/billedQuantity,cost/currencyCode,"
            "cost/unitPrice,cost/myCost"
        ),
        "r1,2026-06-01T10:00Z,GENAI,3,EUR,1.5,4.5",
        {
            "date": "lineItem/intervalUsageStart",
            "amount": "cost/myCost",
            "currency": "cost/currencyCode",
            "service": "product/service",
        },
    ),
    "invoice": (
        "Date,Description,Quantity,Unit price,Amount,Currency",
        "2026-06-01,Seats,3,20.00,60.00,GBP",
        {"date": "Date", "amount": "Amount", "currency": "Currency"},
    ),
    "bank": (
        "Date,Interest Date,Amount,Account,Counterparty,Name,Description",
        "2026-06-01,2026-06-01,12.50,NL00BUNQ0000000000,NL00ABNA0000000000,Groq,June",
        {"date": "Date", "amount": "Amount", "account": "Account"},
    ),
    "OpenAI's activity with another first column": (
        "day,organization_name,model,n_requests,n_context_tokens_total,n_generated_tokens_total",
        "2026-06-01,Acme,gpt-5,3,2000,500",
        {
            "date": "day",
            "input_tokens": "n_context_tokens_total",
            "output_tokens": "n_generated_tokens_total",
            "requests": "n_requests",
            "model": "model",
        },
    ),
    "tokens alone": ("Day,Total Tokens", "2026-06-01,300", {"date": "Day", "tokens": "Total Tokens"}),
    "Azure's cost analysis": (
        "UsageDate,ServiceName,ServiceTier,Meter,Cost,CostUSD,Currency",
        "2026-06-01,Cognitive Services,Azure OpenAI,gpt-4o Inp,12.5,13.4,EUR",
        {"date": "UsageDate", "amount": "Cost", "currency": "Currency", "service": "ServiceName"},
    ),
    "German": (
        "Buchungstag;Verwendungszweck;Betrag (EUR)",
        "25.03.2026;Groq;12,50",
        {"date": "Buchungstag", "amount": "Betrag (EUR)"},
    ),
}
"""A header and a row -> the columns that are proposed."""


def proposed(inbox: Inbox, content: str, name: str = "export-2026-06.csv") -> tuple[dict[str, Any], tuple[str, ...]]:
    found = preview(inbox.drop(name, content), ImportRules())
    (entry,) = yaml.safe_load(str(found.mapping))["imports"]["files"]
    return entry, found.questions


@pytest.mark.parametrize("layout", LAYOUTS)
def test_columns_are_proposed_for_what_they_are(inbox: Inbox, layout: str):
    header, row, expected = LAYOUTS[layout]
    entry, _ = proposed(inbox, f"{header}\n{row}\n")
    assert entry["mapping"]["columns"] == expected


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_amount_is_a_column_of_tokens_quantities_or_unit_prices(inbox: Inbox, layout: str):
    header, row, _ = LAYOUTS[layout]
    delimiter = ";" if ";" in header else ","
    kept = [
        (name, cell)
        for name, cell in zip(header.split(delimiter), row.split(delimiter), strict=False)
        if not any(word in name.lower() for word in ("cost", "spend", "amount", "subtotal", "betrag"))
    ]
    names, cells = zip(*kept, strict=True)
    found = preview(inbox.drop("x.csv", f"{delimiter.join(names)}\n{delimiter.join(cells)}\n"), ImportRules())
    assert "amount" not in yaml.safe_load(str(found.mapping))["imports"]["files"][0]["mapping"]["columns"]


@pytest.mark.parametrize(
    ("header", "cell", "currency"),
    [
        ("Cost (USD)", "1.5", "USD"),
        ("cost_usd", "1.5", "USD"),
        ("Amount (£)", "1.5", "GBP"),
        ("Amount", "£1.5", "GBP"),
        ("Betrag", "1,5 €", "EUR"),
        ("Cost ($)", "1.5", ""),
        ("Amount", "1.5", ""),
    ],
)
def test_a_currency_is_proposed_where_the_file_says_it_and_asked_for_elsewhere(
    inbox: Inbox, header: str, cell: str, currency: str
):
    entry, questions = proposed(inbox, f"Date;{header}\n2026-06-25;{cell}\n")
    assert entry["mapping"]["currency"] == currency
    assert any(question.startswith("currency: ") for question in questions) == (currency == "")


@pytest.mark.parametrize(
    ("days", "date_format", "asked"),
    [
        (["2026-06-25"], None, 0),
        (["05/06/2026", "25/06/2026"], "day-first", 0),
        (["06/05/2026", "06/25/2026"], "month-first", 0),
        (["05/06/2026", "06/06/2026"], None, 1),
        (["5 Jun 2026"], "%d %b %Y", 0),
        (["2026-06"], "%Y-%m", 0),
        (["1790553600"], "unix", 0),
    ],
)
def test_the_form_of_days_is_proposed_where_the_file_proves_it(
    inbox: Inbox, days: list[str], date_format: str | None, asked: int
):
    entry, questions = proposed(inbox, "Date;EUR\n" + "".join(f"{day};1.5\n" for day in days))
    assert entry["mapping"].get("date_format") == date_format
    assert sum(question.startswith("date_format: ") for question in questions) == asked


def test_a_proof_may_stand_far_below(inbox: Inbox):
    days = ["05/06/2026"] * 900 + ["25/06/2026"]
    entry, _ = proposed(inbox, "Date;EUR\n" + "".join(f"{day};1.5\n" for day in days))
    assert entry["mapping"]["date_format"] == "day-first"


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("groq-2026-06.csv", "groq-*.csv"),
        ("20171001-20171106.csv", "20171001-20171106.csv"),
        ("2026-06.csv", "2026-06.csv"),
        ("a1.csv", "a1.csv"),
        ("costs.csv", "costs.csv"),
    ],
)
def test_a_pattern_never_claims_every_file(inbox: Inbox, name: str, pattern: str):
    assert proposed(inbox, "Date,Cost\n2026-06-25,1.5\n", name)[0]["file"] == pattern


def test_two_columns_of_money_are_a_question(inbox: Inbox):
    entry, questions = proposed(inbox, "Date,Cost A,Cost B\n2026-06-25,1.5,2\n")
    assert "amount" not in entry["mapping"]["columns"]
    assert "amount: which of 'Cost A', 'Cost B'?" in questions


def test_cached_tokens_beside_all_input_are_a_question(inbox: Inbox):
    entry, questions = proposed(inbox, "Date,prompt_tokens,cached_tokens,cost_usd\n2026-06-25,10,4,2\n")
    assert "cache_read_tokens" not in entry["mapping"]["columns"]
    assert (
        "input_tokens: are those of 'cached_tokens' in 'prompt_tokens'? If not, they are cache_read_tokens" in questions
    )


def test_settings_are_proposed_that_the_file_needs(inbox: Inbox):
    content = "Konto;Ada\n\nDatum;Was;Betrag EUR\n25.06.2026;x;1.234\n26.06.2026;y;-2,50\nSumme;;1.231,50\n"
    entry, questions = proposed(inbox, content)
    assert entry["mapping"] == {
        "provider": "",
        "columns": {"date": "Datum", "amount": "Betrag EUR"},
        "date_format": "day-first",
        "currency": "EUR",
        "decimal": "comma",
        "skip_total_rows": True,
    }
    assert questions == ("provider: who sells it?", "negative_amounts: credit or cost? 1 of 2 amounts have a minus")


def test_what_the_file_would_come_to_is_shown(inbox: Inbox):
    path = inbox.drop("a.csv", "Date,Cost EUR\n2026-06-25,1.5\n2026-06-26,2\n")
    assert {code: str(amount.normalize()) for code, amount in (preview(path, ImportRules()).sums or {}).items()} == {
        "EUR": "3.5"
    }
