"""Files of aws_cur."""

from __future__ import annotations

from pipelines.presentation.messages import OTHER_SERVICES
from tests.sources.imports.specimen import Specimen

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
CUR_2_WITH_PRODUCT = (
    "bill_payer_account_id,line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,"
    "line_item_usage_end_date,line_item_product_code,line_item_usage_type,line_item_currency_code,"
    "line_item_unblended_cost,line_item_line_item_description,product\n"
)
HOUR = "2026-06-01T00:00:00.000Z,2026-06-01T01:00:00.000Z"

SPECIMENS = [
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
        f"1 row {OTHER_SERVICES} 9.00 USD: Amazon EC2 9.00 USD",
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
        "aws_cur",
        "second names, models of the Marketplace by the map of products or by their description",
        CUR_2_WITH_PRODUCT
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
        f"2 rows {OTHER_SERVICES} 9.75 USD: Amazon S3 9.00 USD and 8ijkl 0.75 USD",
        {"999"},
    ),
]
