"""Files of openai_costs_csv."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

OPENAI_COSTS = (
    "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item,"
    "user_id,api_key_id,project_id,organization_id,project_name,organization_name,user_email,api_source\n"
)

SPECIMENS = [
    Specimen(
        "openai_costs_csv",
        "by line item, with an idle day",
        OPENAI_COSTS + "1,2,2026-09-27T00:00:00+00:00,2026-09-28T00:00:00+00:00,,,,,,,,,,,,,\n"
        "2,3,2026-09-28T00:00:00,2026-09-29T00:00:00,0.003835980000000000000000000000,usd,3,1K tokens,"
        '"gpt-5.1, cached input",u1,key_a,proj_1,org-1,labs,Acme,ada@acme.example,\n',
        [
            {
                "period_start": "2026-09-28",
                "model_raw": "gpt-5.1",
                "meter": "cached input",
                "project": "proj_1",
                "project_name": "labs",
                "api_key_id": "key_a",
                "cost_amount": "0.00383598",
                "currency": "USD",
                "record_kind": "cost",
            }
        ],
    ),
    Specimen(
        "openai_costs_csv",
        "2024, in cents and dollars",
        "timestamp,currency,name,cost,organization_id,organization_name,project_id,project_name,cost_in_major,date\n"
        "1718668800,USD,GPT-4o,12.34,org-x,Acme,,Default,0.1234,2024-06-18\n",
        [{"period_start": "2024-06-18", "line_item": "GPT-4o", "project": "Default", "cost_amount": "0.1234"}],
    ),
]
