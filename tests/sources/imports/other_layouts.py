"""Specimens of layouts that were exported before or are exported by fewer: each is read for what it states."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

CUR_2 = (
    "bill_payer_account_id,line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,"
    "line_item_usage_end_date,line_item_product_code,line_item_usage_type,line_item_currency_code,"
    "line_item_unblended_cost,line_item_line_item_description,product\n"
)
HOUR = "2026-06-01T00:00:00.000Z,2026-06-01T01:00:00.000Z"
CURSOR = "Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens"
GITHUB = "applied_cost_per_quantity,gross_amount,discount_amount,net_amount"
TIMES = "start_time,end_time,start_time_iso,end_time_iso"

OTHER_LAYOUTS = [
    Specimen(
        "aws_cur",
        "second names, models of the Marketplace by the map of products or by their description",
        CUR_2
        + f'999,111,Usage,{HOUR},AmazonBedrock,USE1-in,USD,1.25,Bedrock,"{{""product_name"":""Amazon Bedrock""}}"\n'
        + f"999,111,Usage,{HOUR},5abcd,MP:USE1-in,USD,2.25,AWS Marketplace software usage|us-east-1|Input,"
        '"{""product_name"":""Claude Sonnet 4.5 (Amazon Bedrock Edition)""}"\n'
        + f"999,111,Usage,{HOUR},7efgh,MP:USE1-out,USD,0.50,AWS Marketplace software usage|us-east-1|Claude 4,\n"
        + f"999,111,Usage,{HOUR},8ijkl,MP:USE1-x,USD,0.75,AWS Marketplace hourly fee|us-east-1|Firewall,\n"
        + f'999,111,Usage,{HOUR},AmazonS3,x,USD,9.00,S3,"{{""product_name"":""Amazon S3""}}"\n',
        [
            {"service": "Claude Sonnet 4.5 (Amazon Bedrock Edition)", "cost_amount": "2.25"},
            {"service": "7efgh", "cost_amount": "0.50"},
            {"service": "Amazon Bedrock", "cost_amount": "1.25"},
        ],
        "2 rows of other services left out, together 9.75 USD: Amazon S3 9.00 USD and 8ijkl 0.75 USD",
        {"999"},
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
    Specimen(
        "anthropic_cost_csv",
        "2024, without a type of cost",
        "usage_date_utc,model,workspace,api_key,usage_type,token_type,cost_usd\n"
        "2024-12-07,Claude 3.5 Sonnet 2024-10-22,,web,message,input_no_cache,0.12\n",
        [{"model_raw": "claude-3-5-sonnet-20241022", "cost_amount": "0.12", "meter": "input_no_cache"}],
    ),
    Specimen(
        "openai_costs_csv",
        "2024, in cents and dollars",
        "timestamp,currency,name,cost,organization_id,organization_name,project_id,project_name,cost_in_major,date\n"
        "1718668800,USD,GPT-4o,12.34,org-x,Acme,,Default,0.1234,2024-06-18\n",
        [{"period_start": "2024-06-18", "line_item": "GPT-4o", "project": "Default", "cost_amount": "0.1234"}],
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
        "tokens of sound and images, which are in the input already",
        f"{TIMES},model,input_tokens,output_tokens,input_cached_tokens,input_text_tokens,input_audio_tokens,"
        "output_text_tokens,output_audio_tokens,input_image_tokens\n"
        "1,2,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,gpt-audio,100,30,0,80,20,30,0,0\n",
        [{"input_uncached_tokens": 100, "output_tokens": 30}],
        "the column 'input_audio_tokens' has a price of its own that is not known here: "
        "its 20 in 1 row are valued as text",
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
    Specimen(
        "cursor_csv",
        "2025, with what it costs you",
        f"Date,Model,{CURSOR},Cost,Cost to you\n"
        "2025-07-05T10:00:00.000Z,claude-4-sonnet,1200,1000,5000,300,7500,0.12,0.00\n"
        "2025-07-05T11:00:00.000Z,gpt-5,0,2000,0,100,2100,0.05,0.05\n",
        [
            {"cost_amount": "0", "list_cost_amount": "0.12", "cache_write_other_tokens": 1200},
            {"cost_amount": "0.05", "list_cost_amount": "0.05", "is_billable": True},
        ],
    ),
    Specimen(
        "cursor_csv",
        "2025, with the cost alone",
        f"Date,Model,{CURSOR},Cost\n2025-07-05T10:00:00.000Z,claude-4-sonnet,200,1000,5000,300,6500,0.12\n",
        [{"cost_amount": "0.12", "cache_write_other_tokens": 200}],
    ),
    Specimen(
        "cursor_csv",
        "plans by requests",
        f"Date,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,{CURSOR},Requests\n"
        "2026-05-01T10:00:00.000Z,,,Included,claude-4.6-opus,No,200,1000,5000,300,6500,2\n",
        [
            {
                "cost_amount": None,
                "is_billable": False,
                "quantity": "2",
                "quantity_unit": "requests",
                "cache_write_other_tokens": 200,
            }
        ],
    ),
    Specimen(
        "cursor_csv",
        "what nobody is charged for, and a key of one's own",
        f"Date,Kind,Model,Max Mode,{CURSOR},Cost\n"
        '2026-08-01T03:33:46.127Z,"Errored, No Charge",grok,No,,,,,,Free\n'
        '2026-08-02T03:33:46.127Z,"Errored, Not Charged",grok,No,0,100,0,10,110,$20.91\n'
        "2026-08-03T03:35:46.127Z,User API Key,glm,No,0,100,0,10,110,none\n"
        "2026-08-04T03:35:46.127Z,User API Key,glm,No,0,100,0,10,110,$0.30\n"
        "2026-08-05T03:35:46.127Z,free,composer,No,0,100,0,10,110,0.09\n",
        [
            {"cost_amount": "0", "is_billable": None, "input_uncached_tokens": 0},
            {"cost_amount": "0", "is_billable": None, "input_uncached_tokens": 100},
            {"cost_amount": "0", "note": None},
            {"cost_amount": "0", "note": "0.3 USD were charged by the provider of your own key"},
            {"cost_amount": "0", "output_tokens": 10},
        ],
    ),
    Specimen(
        "azure_costs",
        "actual cost with a purchase of provisioned throughput",
        "BillingAccountId,SubscriptionId,Date,Product,MeterCategory,MeterName,Quantity,Cost,BillingCurrency,"
        "ConsumedService,ChargeType,PricingModel\n"
        "86,sub,06/01/2026,PTU,Azure OpenAI,PTU,1,12000,USD,Microsoft.Capacity,Purchase,Reservation\n"
        "86,sub,06/02/2026,PTU,Azure OpenAI,PTU,1,0,USD,Microsoft.CognitiveServices,Usage,Reservation\n"
        "86,sub,06/02/2026,gpt,Azure OpenAI,gpt-4o,1,5,USD,Microsoft.CognitiveServices,Usage,OnDemand\n",
        [
            {"charge_category": "Purchase", "cost_amount": "12000"},
            {"charge_category": "Usage", "meter": "PTU", "cost_amount": "0"},
            {"charge_category": "Usage", "meter": "gpt-4o", "cost_amount": "5"},
        ],
        accounts={"86"},
    ),
    Specimen(
        "google_cost_table",
        "an invoice by project and SKU",
        "Billing account ID,Project name,Project ID,Service description,SKU description,Credit type,Cost type,"
        "Usage start date,Usage end date,Usage amount,Usage unit,Unrounded Cost ($),Cost ($),Currency\n"
        '0A-0B,labs,labs-1,Vertex AI,Gemini Input,,Usage,2026-06-01,2026-06-30,"6,282.708",count,100.005,100.01,AUD\n'
        "0A-0B,labs,labs-1,Compute Engine,E2,,Usage,2026-06-01,2026-06-30,10,hour,50,50.00,AUD\n"
        "0A-0B,labs,labs-1,Vertex AI,Gemini Input,Promotion,Usage,2026-06-01,2026-06-30,10,count,-20,-20.00,AUD\n"
        ",,,,,,Total,,,,,130.005,130.01,\n",
        [
            {"charge_category": "Credit", "cost_amount": "-20", "period_end": "2026-07-01", "currency": "AUD"},
            {"charge_category": "Usage", "cost_amount": "100.005", "quantity": "6282.708", "project": "labs-1"},
        ],
        "1 row of other services left out, together 50.00 AUD: Compute Engine 50.00 AUD",
        {"0A-0B"},
    ),
]
