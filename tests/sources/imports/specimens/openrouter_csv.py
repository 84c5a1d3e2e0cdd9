"""Files of openrouter_csv."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

SPECIMENS = [
    Specimen(
        "openrouter_csv",
        "activity",
        "Date,Slug,Usage,BYOK Usage,Requests,Prompt Tokens,Completion Tokens,Reasoning Tokens\n"
        "2026-10-01,z-ai/glm-5,0.25,0,4,100,20,5\n2026-10-02,z-ai/glm-5,0,1.50,1,7,3,0\n",
        [
            {"cost_amount": "0.25", "requests": 4, "input_uncached_tokens": 100, "reasoning_tokens": 5, "note": None},
            {"cost_amount": "0", "note": "1.5 USD were charged by the provider of your key"},
        ],
    ),
    Specimen(
        "openrouter_csv",
        "generations",
        "generation_id,created_at,cost_total,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,"
        "model_permaslug,provider_name,api_key_name\n"
        "gen-1,2026-10-01 10:00:00.713,0.0123,100,10,2,60,openai/gpt-oss-120b,Groq,web\n"
        "gen-2,2026-10-01 11:00:00,0.0007,50,5,0,0,openai/gpt-oss-120b,Groq,web\n",
        [
            {
                "cost_amount": "0.013",
                "requests": 2,
                "input_uncached_tokens": 90,
                "cache_read_tokens": 60,
                "output_tokens": 15,
                "service": "Groq",
                "api_key_name": "web",
            }
        ],
    ),
]
