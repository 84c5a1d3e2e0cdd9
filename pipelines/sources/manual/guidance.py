"""Where people find the figures that no API hands out: a fact for each provider whose bill is entered manually.

Belongs here: what the provider has and has not, and which figure counts. Does not: prices, which change.
"""

from __future__ import annotations

from difflib import get_close_matches

SEATS = "A fixed price for seats goes under recurring in ai-costs.yaml, and is entered automatically from then on."

WHERE = {
    "groq": (
        "Groq has no public API of usage or costs: the amount is in its console and on the invoice. Enter it, or "
        "import a CSV of it with a mapping."
    ),
    "perplexity": (
        "Perplexity has no API of usage: the console shows billing for each API group, and there is the invoice. One "
        "entry for each group, with the group as the account, keeps them apart."
    ),
    "cohere": "No API of Cohere's for usage or costs is known: the amount is on its dashboard and on the invoice.",
    "mistral": (
        "Only Enterprise organizations have an admin API, and it reports only complete months. For everyone else the "
        "amount is on the invoice."
    ),
    "fireworks": (
        "The amount is on the invoice. The CSV that Fireworks exports counts tokens and has no column of costs."
    ),
    "deepseek": (
        "The console exports a ZIP with a file of amounts and one of costs for the month: `ai-costs import` reads it. "
        "A drop of the balance is only an estimate of what was spent."
    ),
    "openai": f"Seats of ChatGPT are in no figures of the API: their amount is on the invoice of the plan. {SEATS}",
    "anthropic": f"Seats of Claude are in no figures of the API: their amount is on the invoice of the plan. {SEATS}",
    "cursor": f"The fee for seats is in none of the admin API's answers: it is on the invoice. {SEATS}",
    "github": (
        "Seats of GitHub Copilot have another SKU than its AI credits: they are in the general billing usage "
        f"report and on the invoice. {SEATS}"
    ),
    "google": (
        "Without the BigQuery export of billing, the billing console offers the cost table of an invoice as a CSV: "
        "`ai-costs import` reads it, with the invoice's head above the columns."
    ),
}
"""Provider -> where its console or its papers show what is charged."""

ALSO_CALLED = {"chatgpt": "openai", "claude": "anthropic", "copilot": "github", "gemini": "google"}
"""What people call a service -> who sells it."""


def where(provider: str) -> str | None:
    """Where the figures of `provider`, or of a service called that, are found; None if it is not known."""
    name = provider.lower()
    return WHERE.get(ALSO_CALLED.get(name, name))


def known(provider: str) -> str:
    """What to say of a provider without guidance: the one that may have been meant, or all there are."""
    names = sorted({*WHERE, *ALSO_CALLED})
    guess = get_close_matches(provider.lower(), names, 1)
    return f"did you mean {guess[0]}?" if guess else f"known are {', '.join(names)}; any bill can be entered"
