"""What the sample company's people type in: seats, subscriptions, an invoice in another currency, a credit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

SEATS_HEADER = "period_start,period_end,provider,account,amount,currency,category,note,entry_id"
INVOICES_HEADER = "date;provider;account;model;project;amount;currency;category;tokens;entry_id"


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """(first day, last day) of every month that has begun by `last`."""
    month = first.replace(day=1)
    while month <= last:
        following = (month + timedelta(days=32)).replace(day=1)
        yield month, following - timedelta(days=1)
        month = following


def manual_files(first: date, last: date) -> tuple[dict[str, str], dict[str, Decimal]]:
    """The files by name, and their exact sums by currency."""
    seats, invoices = [SEATS_HEADER], [INVOICES_HEADER]
    sums = {"USD": Decimal(0), "EUR": Decimal(0)}
    for number, (start, end) in enumerate(months(first, last)):
        people = 4 + number // 5
        for provider, account, price, category in (
            ("cursor", "northwind-cursor", Decimal(40), "seat"),
            ("anthropic", "northwind-team-plan", Decimal(30), "seat"),
            ("perplexity", "northwind-perplexity", Decimal(20), "subscription"),
        ):
            amount = price * people
            seats.append(
                f"{start},{end},{provider},{account},{amount}.00,USD,{category},{people} seats,{provider}-{start:%Y-%m}"
            )
            sums["USD"] += amount
        tokens = 38_000_000 + 3_100_000 * number
        groq = Decimal(tokens) * Decimal("0.00000079")
        invoiced = min(end, start + timedelta(days=4))
        if invoiced <= last:
            groq = groq.quantize(Decimal("0.01"))
            invoices.append(
                f"{invoiced};groq;northwind-groq;llama-3.3-70b;website;{str(groq).replace('.', ',')};USD;usage;"
                f"{tokens};groq-{start:%Y-%m}"
            )
            invoices.append(f"{invoiced};mistral;northwind-mistral;;;54,90;EUR;subscription;;mistral-{start:%Y-%m}")
            sums["USD"] += groq
            sums["EUR"] += Decimal("54.90")
    credit = first + timedelta(days=200)
    if credit <= last:
        invoices.append(f"{credit};groq;northwind-groq;;;-18,40;USD;credit;;groq-goodwill")
        sums["USD"] -= Decimal("18.40")
    return {"seats.csv": "\n".join(seats) + "\n", "invoices.csv": "\r\n".join(invoices) + "\r\n"}, sums
