"""Files of deepseek_usage."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

SPECIMENS = [
    Specimen(
        "deepseek_usage",
        "tokens",
        "user_id,utc_date,model,api_key_name,api_key,type,price,amount\n"
        'u1,20260725,deepseek-v4,"Team, Primary",sk-a***z,input_cache_hit_tokens,0.000000025,1000\n'
        'u1,20260725,deepseek-v4,"Team, Primary",sk-a***z,input_cache_miss_tokens,0.000003,500\n'
        'u1,20260725,deepseek-v4,"Team, Primary",sk-a***z,output_tokens,0.000006,200\n'
        'u1,20260725,deepseek-v4,"Team, Primary",sk-a***z,request_count,,3\n',
        [
            {
                "api_key_name": "Team, Primary",
                "cache_read_tokens": 1000,
                "input_uncached_tokens": 500,
                "output_tokens": 200,
                "requests": 3,
                "cost_amount": None,
            }
        ],
        accounts={"u1"},
    ),
]
