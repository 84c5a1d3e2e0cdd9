"""A small made-up file of every format and layout, with what it states: the exact amounts and tokens of its rows."""

from __future__ import annotations

from tests.sources.imports.bills import bill, charge
from tests.sources.imports.openai_usage_exports import USAGE_EXPORTS
from tests.sources.imports.other_layouts import OTHER_LAYOUTS
from tests.sources.imports.specimen import Specimen

OPENAI_COSTS = (
    "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item,"
    "user_id,api_key_id,project_id,organization_id,project_name,organization_name,user_email,api_source\n"
)
ANTHROPIC_COSTS = "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,"
CURSOR = (
    "Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n"
)
GITHUB = "applied_cost_per_quantity,gross_amount,discount_amount,net_amount"
CUR_LEGACY = (
    "bill/PayerAccountId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,"
    "lineItem/ProductCode,lineItem/UsageType,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost,"
    "lineItem/LineItemDescription,product/ProductName,product/region,pricing/publicOnDemandCost,pricing/unit\n"
)
CUR_2 = (
    "bill_payer_account_id,line_item_usage_account_id,line_item_usage_account_name,line_item_line_item_type,"
    "line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,line_item_usage_type,"
    "line_item_usage_amount,line_item_currency_code,line_item_unblended_cost,resource_tags\n"
)
AZURE_GERMAN = (
    "Abonnement-GUID (SubscriptionGuid),UsageDateTime (UsageDateTime),Kategorie der Verbrauchseinheit (MeterCategory),"
    "Name der Verbrauchseinheit (MeterName),UsageQuantity (UsageQuantity),PreTaxCost (PreTaxCost),"
    "Genutzter Dienst (ConsumedService),Tags (Tags),Currency,Maßeinheit (UnitOfMeasure)\n"
)
AZURE = (
    "BillingAccountId,SubscriptionId,SubscriptionName,Date,MeterCategory,MeterName,ProductName,Quantity,UnitOfMeasure,"
    "CostInBillingCurrency,PaygCostInBillingCurrency,BillingCurrencyCode,ConsumedService,ChargeType,Tags\n"
)

SPECIMENS = [
    Specimen(
        "focus",
        "1.2",
        bill(charge("2026-10-01", "1.5"), charge("2026-10-01", "2", "Amazon EC2")),
        [{"period_start": "2026-10-01", "provider": "aws", "service": "Amazon Bedrock", "cost_amount": "1.5"}],
        "1 row of other services left out, together 2.00 USD: Amazon EC2 2.00 USD",
        {"111"},
    ),
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
    *USAGE_EXPORTS,
    *OTHER_LAYOUTS,
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
        "openrouter_csv",
        "activity",
        "Date,Slug,Usage,BYOK Usage,Requests,Prompt Tokens,Completion Tokens,Reasoning Tokens\n"
        "2026-10-01,z-ai/glm-5,0.25,0,4,100,20,5\n2026-10-02,z-ai/glm-5,0,1.50,1,7,3,0\n",
        [
            {"cost_amount": "0.25", "requests": 4, "input_uncached_tokens": 100, "reasoning_tokens": 5, "note": None},
            {"cost_amount": "0", "note": "1.5 USD were charged by the provider of your own key"},
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
    Specimen(
        "cursor_csv",
        "personal",
        f"Date,{CURSOR}"
        '"2026-10-01T10:00:00.000Z",Included,claude-4-sonnet,No,200,1000,5000,300,6500,0.12\n'
        '"2026-10-01T11:00:00.000Z",On-Demand,gpt-5,No,100,100,0,10,110,$0.49\n',
        [
            {
                "model_raw": "claude-4-sonnet",
                "cache_write_other_tokens": 200,
                "input_uncached_tokens": 1000,
                "cost_amount": "0.12",
                "is_billable": False,
            },
            {"model_raw": "gpt-5", "cache_write_other_tokens": 0, "cost_amount": "0.49", "is_billable": True},
        ],
    ),
    Specimen(
        "cursor_csv",
        "team",
        f"Date,User,Cloud Agent ID,Automation ID,{CURSOR}"
        "2026-10-01T10:00:00Z,ada@acme.example,,,Included,composer-1,No,0,5,0,1,6,Included\n"
        "2026-10-01T12:00:00Z,ada@acme.example,,,Included,composer-1,No,0,5,0,1,6,Included\n",
        [
            {
                "user_id": "ada@acme.example",
                "requests": 2,
                "output_tokens": 2,
                "cost_amount": None,
                "currency": None,
                "is_billable": False,
            }
        ],
    ),
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
        "1 row of other services left out, together 10.00 USD: actions 10.00 USD",
        {"org-1"},
    ),
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
    Specimen(
        "aws_cur",
        "first names",
        CUR_LEGACY + "999,111,Usage,2026-10-01T00:00:00.000Z,2026-10-01T01:00:00.000Z,q7x,USE1-Claude-input-tokens,2.5,"
        "USD,0.75,Input tokens,Claude 4.6 Sonnet (Amazon Bedrock Edition),us-east-1,1.00,1K tokens\n"
        "999,111,Tax,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonBedrock,,1,USD,0.10,Tax for Bedrock,,,,\n"
        "999,111,Usage,2026-10-01T00:00:00Z,2026-10-01T01:00:00Z,AmazonEC2,Box,1,USD,9,A box,Amazon EC2,,9,Hrs\n",
        [
            {
                "charge_category": "Tax",
                "period_end": "2026-11-01",
                "cost_amount": "0.10",
                "service": "AmazonBedrock",
            },
            {
                "charge_category": "Usage",
                "period_end": "2026-10-02",
                "project": "111",
                "meter": "USE1-Claude-input-tokens",
                "quantity": "2.5",
                "quantity_unit": "1K tokens",
                "cost_amount": "0.75",
                "list_cost_amount": "1.00",
                "inference_geo": "us-east-1",
            },
        ],
        "1 row of other services left out, together 9.00 USD: Amazon EC2 9.00 USD",
        {"999"},
    ),
    Specimen(
        "aws_cur",
        "second names",
        CUR_2 + "999,111,labs,Usage,2026-10-01 00:00:00,2026-10-01 01:00:00,AmazonBedrock,USE1-Nova,1,USD,0.5,"
        '"{""user_team"": ""vision""}"\n',
        [{"project_name": "labs", "cost_amount": "0.5", "tags": '{"team":"vision"}'}],
        accounts={"999"},
    ),
    Specimen(
        "aws_cur",
        "tags in columns of their own",
        CUR_LEGACY.rstrip() + ",resourceTags/user:team,resourceTags/user:Cost-Center,resourceTags/aws:createdBy\n"
        "999,111,Usage,2026-10-01T00:00:00.000Z,2026-10-01T01:00:00.000Z,AmazonBedrock,USE1-Nova,1,"
        "USD,0.75,Input,Amazon Bedrock,us-east-1,1.00,1K tokens,vision,,Root:7\n"
        "999,111,Usage,2026-10-02T00:00:00.000Z,2026-10-02T01:00:00.000Z,AmazonBedrock,USE1-Nova,1,"
        "USD,0.25,Input,Amazon Bedrock,us-east-1,1.00,1K tokens,,,\n",
        [
            {"cost_amount": "0.75", "tags": '{"aws:createdBy":"Root:7","team":"vision"}'},
            {"cost_amount": "0.25", "tags": None},
        ],
        accounts={"999"},
    ),
    Specimen(
        "azure_costs",
        "enterprise",
        AZURE
        + "B1,S1,Labs,10/21/2026,Foundry Models,gpt 5 Inp Tokens,GPT 5,2,1M,0.5,0.6,EUR,Microsoft.CognitiveServices,"
        'Usage,"""team"": ""vision"""\n'
        "B1,S1,Labs,10/21/2026,Virtual Machines,D2,Box,1,1 Hour,3,3,EUR,Microsoft.Compute,Usage,\n",
        [
            {
                "period_start": "2026-10-21",
                "service": "Foundry Models",
                "cost_amount": "0.5",
                "list_cost_amount": "0.6",
                "currency": "EUR",
                "quantity_unit": "1M",
                "tags": '{"team":"vision"}',
            }
        ],
        "1 row of other services left out, together 3.00 EUR: Virtual Machines 3.00 EUR",
        {"B1"},
    ),
    Specimen(
        "azure_costs",
        "German",
        AZURE_GERMAN + "S1,2026-10-21,Cognitive Services,gpt 4o Outp,3,0.075,Microsoft.CognitiveServices,,USD,1K\n",
        [{"project": "S1", "meter": "gpt 4o Outp", "quantity": "3", "cost_amount": "0.075", "currency": "USD"}],
    ),
]
