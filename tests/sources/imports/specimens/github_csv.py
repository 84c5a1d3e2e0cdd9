"""Files of github_csv."""

from __future__ import annotations

from pipelines.presentation.messages import OTHER_SERVICES
from tests.sources.imports.specimen import Specimen

GITHUB = "applied_cost_per_quantity,gross_amount,discount_amount,net_amount"

SPECIMENS = [
    Specimen(
        "github_csv",
        "premium requests, saved again by a spreadsheet",
        f"\ufeffdate,username,product,sku,model,quantity,unit_type,{GITHUB},exceeds_quota,total_monthly_quota,"
        "organization,cost_center_name\n"
        "10/1/25,ada,copilot,copilot_premium_request,Claude Sonnet 4,2,requests,0.04,0.08,0.08,0,FALSE,300,org-1,\n",
        [
            {
                "period_start": "2025-10-01",
                "user_id": "ada",
                "quantity": "2",
                "quantity_unit": "requests",
                "cost_amount": "0",
                "list_cost_amount": "0.08",
                "tags": None,
            }
        ],
        accounts={"org-1"},
    ),
    Specimen(
        "github_csv",
        "AI credits with tokens, and other products",
        f"date,product,sku,quantity,unit_type,{GITHUB},username,organization,repository,cost_center_name,model,"
        "input,output,cache_read,cache_write\n"
        "2026-09-20,copilot,copilot_ai_credit,10,ai-credits,0.01,0.1,0.04,0.06,ada,org-1,web,cc-1,Opus 4.8,9,8,7,6\n"
        "2026-09-20,actions,actions_linux,10,minutes,0.006,12,2,10,,org-1,web,,,,,,\n",
        [
            {
                "cost_amount": "0.06",
                "list_cost_amount": "0.1",
                "project": "web",
                "input_uncached_tokens": 9,
                "output_tokens": 8,
                "cache_read_tokens": 7,
                "cache_write_other_tokens": 6,
                "tags": '{"cost_center":"cc-1"}',
            }
        ],
        f"1 row {OTHER_SERVICES} 10.00 USD: actions 10.00 USD",
        {"org-1"},
    ),
    Specimen(
        "github_csv",
        "long names of tokens, and code quality counted in AI credits",
        f"date,username,product,sku,model,quantity,unit_type,{GITHUB},organization,total_input_tokens,"
        "total_output_tokens,total_cache_read_tokens,total_cache_creation_tokens\n"
        "2026-06-02,ada,copilot,copilot_ai_credit,Claude Haiku 4.5,20,ai-credits,0.01,0.2,0.1,0.1,org-1,"
        "1000,200,300,50\n"
        "2026-06-02,ada,code_quality,code_quality_ai_credit,,5,ai-credits,0.01,0.05,0,0.05,org-1,,,,\n",
        [
            {"service": "code_quality", "cost_amount": "0.05"},
            {
                "cost_amount": "0.1",
                "input_uncached_tokens": 1000,
                "output_tokens": 200,
                "cache_read_tokens": 300,
                "cache_write_other_tokens": 50,
            },
        ],
        accounts={"org-1"},
    ),
]
