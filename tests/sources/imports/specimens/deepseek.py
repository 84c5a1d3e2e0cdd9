"""Files of deepseek."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

SPECIMENS = [
    Specimen(
        "deepseek",
        "days",
        "\ufeffuser_id,utc_date,model,wallet_type,cost,currency\r\nu1,20260725,deepseek-v4,Paid,0.0546390000000000,CNY\r\n"
        "u1,20260725,deepseek-v4,Granted,0.01,CNY\r\n",
        [
            {"line_item": "Granted", "cost_amount": "0.01", "currency": "CNY", "is_billable": False},
            {"line_item": "Paid", "cost_amount": "0.054639", "currency": "CNY", "is_billable": True},
        ],
        accounts={"u1"},
    ),
    Specimen(
        "deepseek",
        "moments",
        "user_id,start_time_iso,end_time_iso,model,wallet_type,cost,currency\n"
        "u1,2026-07-25T00:00:00Z,2026-07-26T00:00:00Z,deepseek-v4,Paid,1.5,USD\n",
        [{"period_start": "2026-07-25", "cost_amount": "1.5", "currency": "USD"}],
        accounts={"u1"},
    ),
]
