"""Files of anthropic_cost_csv."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

ANTHROPIC_COSTS = "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,"

SPECIMENS = [
    Specimen(
        "anthropic_cost_csv",
        "old",
        ANTHROPIC_COSTS + "cost_type,inference_geo,speed\n"
        "2026-02-12,--,Default,chat-key,--,--,--,0.07,web_search,--,--\n"
        "2026-02-12,Claude Haiku 4.5,Default,chat-key,message,≤ 200k,input_no_cache,0.09,token,not_available,\n",
        [
            {"model_raw": None, "service": "web_search", "cost_amount": "0.07", "meter": None, "is_batch": None},
            {
                "model_raw": "claude-haiku-4-5",
                "service": "token",
                "cost_amount": "0.09",
                "meter": "input_no_cache",
                "context_window": "≤ 200k",
                "inference_geo": None,
                "is_batch": False,
                "api_key_id": "chat-key",
            },
        ],
    ),
    Specimen(
        "anthropic_cost_csv",
        "with list prices and key ids",
        ANTHROPIC_COSTS + "list_price_usd,cost_type,inference_geo,speed,api_key_id,api_key_status\n"
        "2026-10-12,Claude Opus 4.1,labs,web,batch,≤ 200k,output,1.10,2.20,token,us,standard,apikey_01,active\n",
        [
            {
                "model_raw": "claude-opus-4-1",
                "is_batch": True,
                "cost_amount": "1.10",
                "list_cost_amount": "2.20",
                "api_key_id": "apikey_01",
                "api_key_name": "web",
                "project": "labs",
            }
        ],
    ),
    Specimen(
        "anthropic_cost_csv",
        "2024, without a type of cost",
        "usage_date_utc,model,workspace,api_key,usage_type,token_type,cost_usd\n"
        "2024-12-07,Claude 3.5 Sonnet 2024-10-22,,web,message,input_no_cache,0.12\n",
        [{"model_raw": "claude-3-5-sonnet-20241022", "cost_amount": "0.12", "meter": "input_no_cache"}],
    ),
]
