"""Files of azure_costs."""

from __future__ import annotations

from pipelines.presentation.messages import OTHER_SERVICES
from tests.sources.imports.specimen import Specimen

AZURE = (
    "BillingAccountId,SubscriptionId,SubscriptionName,Date,MeterCategory,MeterName,ProductName,Quantity,UnitOfMeasure,"
    "CostInBillingCurrency,PaygCostInBillingCurrency,BillingCurrencyCode,ConsumedService,ChargeType,Tags\n"
)
AZURE_GERMAN = (
    "Abonnement-GUID (SubscriptionGuid),UsageDateTime (UsageDateTime),Kategorie der Verbrauchseinheit (MeterCategory),"
    "Name der Verbrauchseinheit (MeterName),UsageQuantity (UsageQuantity),PreTaxCost (PreTaxCost),"
    "Genutzter Dienst (ConsumedService),Tags (Tags),Currency,Maßeinheit (UnitOfMeasure)\n"
)

SPECIMENS = [
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
        f"1 row {OTHER_SERVICES} 3.00 EUR: Virtual Machines 3.00 EUR",
        {"B1"},
    ),
    Specimen(
        "azure_costs",
        "German",
        AZURE_GERMAN + "S1,2026-10-21,Cognitive Services,gpt 4o Outp,3,0.075,Microsoft.CognitiveServices,,USD,1K\n",
        [{"project": "S1", "meter": "gpt 4o Outp", "quantity": "3", "cost_amount": "0.075", "currency": "USD"}],
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
]
