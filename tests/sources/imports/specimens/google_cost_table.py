"""Files of google_cost_table."""

from __future__ import annotations

from pipelines.presentation.messages import OTHER_SERVICES
from tests.sources.imports.specimen import Specimen

SPECIMENS = [
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
        f"1 row {OTHER_SERVICES} 50.00 AUD: Compute Engine 50.00 AUD",
        {"0A-0B"},
    ),
]
