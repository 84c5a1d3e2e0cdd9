"""Importing a cloud bill as a whole process: `ai-costs import` of a FOCUS CSV, two thirds of its rows for models.

python -m benchmarks.cloud_bill [--rows 1000000]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

from benchmarks.measure import measure, show

COLUMNS = (
    "BilledCost,BillingAccountId,BillingCurrency,ChargeCategory,ChargeDescription,ChargePeriodStart,ChargePeriodEnd,"
    "ConsumedQuantity,ConsumedUnit,ListCost,ProviderName,RegionId,ServiceName,SubAccountId,SubAccountName,Tags\n"
)
SERVICES = ("Amazon Bedrock", "Amazon EC2", "Amazon Bedrock")


def write_bill(path: Path, rows: int) -> None:
    """Write a bill of ten months by the hour."""
    with path.open("w", encoding="utf-8") as file:
        file.write(COLUMNS)
        for number, service in enumerate(islice(cycle(SERVICES), rows)):
            day, hour = f"2026-{1 + number % 10:02}-{1 + number % 28:02}", number % 24
            file.write(
                f"0.{number * 7919 % 10**9:09},000000000000,USD,Usage,Model {number % 40} tokens,"
                f"{day}T{hour:02}:00:00Z,{day}T{hour:02}:59:59Z,{number % 10**6},"
                f"Tokens,0.5,AWS,eu-central-1,{service},{number % 7},"
                f'team {number % 7},"{{""team"": ""{number % 5}""}}"\n'
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        bill, home = Path(folder) / "bill.csv", Path(folder) / "home"
        write_bill(bill, rows)
        command = [str(Path(sys.executable).with_name("ai-costs")), "import", str(bill), "--home", str(home)]
        measured = measure(
            f"import {rows:,} rows, {bill.stat().st_size / 2**20:.0f} MiB",
            command,
            before=lambda: shutil.rmtree(home, ignore_errors=True),
            limit="30 s, 500 MiB",
        )
    show("A cloud bill", [measured])


if __name__ == "__main__":
    main()
