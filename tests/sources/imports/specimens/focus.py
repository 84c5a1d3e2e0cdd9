"""Files of focus."""

from __future__ import annotations

from pipelines.presentation.messages import OTHER_SERVICES
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.specimen import Specimen

SPECIMENS = [
    Specimen(
        "focus",
        "1.2",
        bill(charge("2026-10-01", "1.5"), charge("2026-10-01", "2", "Amazon EC2")),
        [{"period_start": "2026-10-01", "provider": "aws", "service": "Amazon Bedrock", "cost_amount": "1.5"}],
        f"1 row {OTHER_SERVICES} 2.00 USD: Amazon EC2 2.00 USD",
        {"111"},
    ),
]
