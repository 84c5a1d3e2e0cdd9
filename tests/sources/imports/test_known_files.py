"""Tables that are known and hold no bill are refused as what they are, and none of their money lands."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sources.imports.framework.known_files import NOT_READ
from tests.sources.imports.inboxes import Inbox, table

COST_EXPLORER = "this is AWS Cost Explorer's table, whose services are columns: export a CUR or FOCUS instead"
TABLES: dict[str, tuple[list[str], list[list[str]]]] = {
    COST_EXPLORER: (
        ["Service", "Amazon Bedrock($)", "EC2-Other($)", "Total costs($)"],
        [["Service total", "10.5", "5", "15.5"], ["2026-06-01", "4.5", "2", "6.5"], ["2026-06-02", "6", "3", "9"]],
    ),
    "this is Google Cloud's billing report": (
        ["Month", "Service description", "Service ID", "Cost ($)", "Unrounded subtotal ($)", "Subtotal ($)"],
        [["2026-07", "Vertex AI", "SERVICE-V", "30", "28", "28"]],
    ),
    "this is LiteLLM's spend logs": (
        ["request_id", "spend", "total_tokens", "prompt_tokens", "startTime", "model", "custom_llm_provider"],
        [["r1", "0.0123", "300", "200", "2026-06-01T10:00:00+00:00", "gpt-5", "openai"]],
    ),
    "this is Helicone's requests": (
        ["response_id", "request_created_at", "model", "total_tokens", "cost_usd"],
        [["a", "2026-06-01T10:00:00Z", "gpt-5", "300", "0.003"]],
    ),
    "this is Langfuse's observations": (
        ["id", "traceId", "startTime", "model", "totalTokens", "totalCost"],
        [["a", "t", "2026-06-01T10:00:00Z", "gpt-5", "300", "0.003"]],
    ),
    "this is Azure's cost analysis": (
        ["UsageDate", "ServiceName", "Meter", "Cost", "CostUSD", "Currency"],
        [["2026-06-01", "Cognitive Services", "gpt-4o Inp", "12.5", "13.4", "EUR"]],
    ),
    "this is Oracle's cost report": (
        ["lineItem/referenceNo", "lineItem/intervalUsageStart", "product/service", "cost/unitPrice", "cost/myCost"],
        [["1", "2026-06-01T00:00Z", "GENERATIVE_AI", "0.5", "12.5"]],
    ),
}
"""How the refusal begins -> the columns of such a table, and rows."""


def test_every_known_table_is_tried():
    tried = set(TABLES) - {COST_EXPLORER}
    assert len(tried) == len(NOT_READ)
    assert all(any(f"this is {known.title}".startswith(start) for start in tried) for known in NOT_READ)


@pytest.mark.parametrize("start", TABLES)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_table_that_is_no_bill_is_refused_as_what_it_is(tmp_path: Path, start: str, delimiter: str):
    inbox = Inbox(tmp_path)
    inbox.drop("costs.csv", table(*TABLES[start], delimiter=delimiter))
    (problem,) = inbox.extract()["costs.csv"].problems
    assert problem.startswith(f"costs.csv:1:1: {start}")
    assert inbox.sums() == {}
