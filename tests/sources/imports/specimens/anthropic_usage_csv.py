"""Files of anthropic_usage_csv."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

SPECIMENS = [
    Specimen(
        "anthropic_usage_csv",
        "tokens",
        "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,"
        "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,"
        "usage_output_tokens,web_search_count,inference_geo,speed\n"
        "2026-10-01,claude-sonnet-4-5-20250929,web,labs,message,≤ 200k,10,20,30,40,50,2,not_available,standard\n",
        [
            {
                "model_raw": "claude-sonnet-4-5-20250929",
                "input_uncached_tokens": 10,
                "cache_write_5m_tokens": 20,
                "cache_write_1h_tokens": 30,
                "cache_read_tokens": 40,
                "output_tokens": 50,
                "web_search_requests": 2,
                "record_kind": "usage",
            }
        ],
    ),
    Specimen(
        "anthropic_usage_csv",
        "one column of cache writes",
        "usage_date_utc,model_version,api_key,workspace,usage_type,usage_input_tokens_no_cache,"
        "usage_input_tokens_cache_write,usage_input_tokens_cache_read,usage_output_tokens,web_search_count\n"
        "2025-03-22,claude-3-7-sonnet-20250219,web,Default,standard,1000,5000,200,50,0\n",
        [
            {
                "input_uncached_tokens": 1000,
                "cache_write_other_tokens": 5000,
                "cache_read_tokens": 200,
                "output_tokens": 50,
            }
        ],
    ),
]
