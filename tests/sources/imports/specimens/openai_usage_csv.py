"""Files of openai_usage_csv."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

TIMES = "start_time,end_time,start_time_iso,end_time_iso"

SPECIMENS = [
    Specimen(
        "openai_usage_csv",
        "completions by the minute",
        "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,model,batch,service_tier,"
        "input_tokens,output_tokens,input_cached_tokens\n"
        "1,2,2026-10-01T00:00:00+00:00,2026-10-01T00:01:00+00:00,proj_1,3.0,gpt-5.1,False,default,100,40,30\n"
        "1,2,2026-10-01T00:01:00+00:00,2026-10-01T00:02:00+00:00,proj_1,1.0,gpt-5.1,False,default,10,4,0\n"
        "1,2,2026-10-01T00:02:00+00:00,2026-10-01T00:03:00+00:00,,,,,,,,\n",
        [
            {
                "model_raw": "gpt-5.1",
                "is_batch": False,
                "requests": 4,
                "input_uncached_tokens": 80,
                "cache_read_tokens": 30,
                "output_tokens": 44,
                "cost_amount": None,
            }
        ],
    ),
    Specimen(
        "openai_usage_csv",
        "a batch",
        "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,model,batch,service_tier,"
        "input_tokens,output_tokens,input_cached_tokens\n"
        "1,2,2026-10-01T00:00:00+00:00,2026-10-01T00:01:00+00:00,proj_1,2.0,gpt-5.1,True,default,10,4,0\n",
        [{"model_raw": "gpt-5.1", "is_batch": True, "service_tier": "batch", "requests": 2, "output_tokens": 4}],
    ),
    Specimen(
        "openai_usage_csv",
        "completions that wrote to a cache",
        "start_time,end_time,start_time_iso,end_time_iso,num_model_requests,model,input_tokens,output_tokens,"
        "input_cached_tokens,input_cache_write_tokens\n"
        "1,2,2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00,1,gpt-5.1,100,40,30,20\n",
        [
            {
                "service": "completions",
                "input_uncached_tokens": 50,
                "cache_read_tokens": 30,
                "cache_write_other_tokens": 20,
                "output_tokens": 40,
            }
        ],
    ),
    Specimen(
        "openai_usage_csv",
        "embeddings",
        "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,model,input_tokens\n"
        "1,2,2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00,proj_1,2,text-embedding-3-small,70\n"
        "2,3,2026-10-02T00:00:00+00:00,2026-10-03T00:00:00+00:00,proj_1,1,omni-moderation-latest,5\n"
        "3,4,2026-10-03T00:00:00+00:00,2026-10-04T00:00:00+00:00,,,,\n",
        [
            {
                "service": "embeddings",
                "model_raw": "text-embedding-3-small",
                "input_uncached_tokens": 70,
                "cache_read_tokens": None,
                "output_tokens": None,
                "requests": 2,
            },
            {"service": "moderations", "model_raw": "omni-moderation-latest", "input_uncached_tokens": 5},
        ],
    ),
    Specimen(
        "openai_usage_csv",
        "images",
        "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,model,size,source,images\n"
        "1,2,2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00,proj_1,2,gpt-image-1,1024x1024,image.edit,3\n",
        [
            {
                "service": "images",
                "model_raw": "gpt-image-1",
                "line_item": "size 1024x1024, source image.edit",
                "meter": "images",
                "images": 3,
                "quantity": None,
                "requests": 2,
                "input_uncached_tokens": None,
            }
        ],
    ),
    Specimen(
        "openai_usage_csv",
        "web search",
        "start_time,end_time,start_time_iso,end_time_iso,model,context_level,num_model_requests,num_requests\n"
        "1,2,2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00,gpt-5.1,low,2,5\n",
        [{"service": "web_search_calls", "line_item": "context_level low", "meter": "calls", "web_search_requests": 5}],
    ),
    Specimen(
        "openai_usage_csv",
        "nothing but times",
        "start_time,end_time,start_time_iso,end_time_iso\n1,2,2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00\n",
        [],
    ),
    Specimen(
        "openai_usage_csv",
        "activity of 2024",
        "timestamp,usage_type,organization_id,api_key_id,project_id,project_name,user,model,n_requests,operation,"
        "n_context_tokens_total,n_generated_tokens_total,n_cached_context_tokens_total\n"
        "1715212800,text,org-x,key_a,proj_1,labs,ada@acme.example,gpt-4-0613,3,completion,2000,500,400\n",
        [
            {
                "period_start": "2024-05-09",
                "model_raw": "gpt-4-0613",
                "requests": 3,
                "input_uncached_tokens": 1600,
                "cache_read_tokens": 400,
                "output_tokens": 500,
                "user_id": "ada@acme.example",
            }
        ],
    ),
    Specimen(
        "openai_usage_csv",
        "tokens of sound and images, which the input contains",
        f"{TIMES},model,input_tokens,output_tokens,input_cached_tokens,input_text_tokens,input_audio_tokens,"
        "output_text_tokens,output_audio_tokens,input_image_tokens\n"
        "1,2,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,gpt-audio,100,30,0,80,20,30,0,0\n",
        [{"input_uncached_tokens": 80, "input_audio_tokens": 20, "output_tokens": 30, "output_audio_tokens": None}],
    ),
    Specimen(
        "openai_usage_csv",
        "seconds of sound",
        f"{TIMES},model,num_model_requests,seconds\n1,2,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,whisper-1,1,90.5\n",
        [{"service": "audio_transcriptions", "model_raw": "whisper-1", "audio_seconds": "90.5", "quantity": None}],
    ),
]
