"""What `ai-costs init` writes: a commented starter configuration, a starter .env, and the schema for editors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipelines.config.known import KnownNames
from pipelines.config.model import Configuration
from pipelines.config.settings import VARIABLES

SCHEMA_NAME = "ai-costs.schema.json"


def example_config() -> str:
    """A configuration that loads as it stands, with every setting explained and most of it commented out."""
    shown = _shown()
    return shown + _others(shown)


def _shown() -> str:
    return f"""\
# yaml-language-server: $schema={SCHEMA_NAME}
# Every part is optional. Secrets never stand here: only the names of environment variables that hold them.

organisation: Acme Robotics     # the name on the report
currency: USD                   # the currency the report is in

# timezone: Europe/Berlin       # for the tables of local days and hours; all else has UTC days, as bills do

# How your coding agents are paid for. Without an entry, use is shown at list price and never counted as spend.
agents:
  - agent: claude_code
    billing: subscription       # or metered: paid by the token with an API key
    # host: build-1             # only on this machine

budgets:
  - name: everything
    amount: 2000
    currency: USD
    period: month               # or quarter, year, or custom with since: and until: (the day after its last)
    # rollover: true            # what is left is added to the next period, at most
    # rollover_cap: 500
    scope: {{}}                   # or provider, account, model, project, cost_center, tag, source_kind
    alert_at: [70, 90, 100]     # percent; each is alerted once a period

# Where alerts go: any Apprise URL, such as mailto:// or slack://, by the name of the variable that holds it.
# channels:
#   - name: finance-mail
#     url: APPRISE_FINANCE_URL

# Accounts with providers. The key is the NAME of a variable, never the key itself.
# accounts:
#   - name: acme-openai
#     provider: openai
#     key: OPENAI_ADMIN_KEY
#     since: 2026-01-01
#     was: old-name             # a name it had here before, so that its history stays one
#     closed: true              # asked no more; what was read of it still counts

# Accounts whose use is paid from credit bought ahead, entered as a purchase: buying it is cash, using it the cost.
# prepaid:
#   - {{provider: openrouter, account: default}}   # without an account: all of the provider

# What is owed again each month or year. A new price or more seats: the same name again, from its own start.
# recurring:
#   - {{name: claude seats, provider: anthropic, amount: 25, category: seat, seats: 5, every: month, start: 2026-01-01}}

# Monthly bills that nobody but you can enter: told when one is missing after its day of the next month.
# expected:
#   - {{provider: groq, by: 5}}

# Prices of yours, in USD per million tokens; they win over list prices from their day on.
# price_overrides:
#   - {{provider: anthropic, model: claude-opus-4-5, since: 2026-01-01, input: 4.50, output: 22.50}}

# restate_prices_at: 2026-01-01  # the day at whose prices rpt_price_restatements values all use once more

# Who bears what. The first rule that matches wins; what none matches is shown as unallocated.
# cost_centers:
#   - to: research
#     match: {{project: [atlas]}}   # or provider, account, model, key, tag (name=value), source_kind
#   - to: {{research: 60, product: 40}}
#     since: 2026-01-01           # and until

# What amounts in other currencies are worth in yours: a CSV of date,currency,rate, the ECB's reference rates, or both.
# exchange_rates:
#   file: rates.csv             # 2026-04-30,EUR,1.08: one EUR is worth 1.08 of the next line's currency
#   currency: USD
#   ecb: true                   # fetched from the European Central Bank

# Export files in data/inbox: whose they are, and which services of a cloud bill are AI (left out: a built-in list).
# imports:
#   files:
#     - {{file: "acme-*.csv", account: acme-openai}}
#   services: ["*Bedrock*", "Azure OpenAI*", "Vertex AI"]

# Export files that every build brings up to date, in exports/. every: run is all costs; day, week or month the last
# whole one, with {{date}} or {{month}} in the file's name.
# exports:
#   - {{name: finance, format: excel-csv, every: month, to: "ai-costs-{{month}}", preset: daily}}
#   - name: research
#     every: week
#     match: {{cost_center: [research]}}   # or provider, account, model, project, source_kind
#     compression: gzip         # also: columns: [...], footer: true; with every: run, since and until

# The address of the Dagster UI behind a reverse proxy of yours; without it, only this computer's browser gets in.
# serve:
#   public_url: https://costs.example.com

# How far usage at its price may be from what is billed before a finished month is reported as astray.
# reconciliation:
#   tolerance_percent: 1
"""


def every_setting() -> Iterator[tuple[str, FieldInfo]]:
    """(path, field) of every setting, such as `accounts[].name`; a section stands for its settings."""
    return _settings_of(Configuration, "")


def _settings_of(section: type[BaseModel], above: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in section.model_fields.items():
        inner, is_list = field.annotation, False
        for part in get_args(inner):
            if isinstance(part, type) and issubclass(part, BaseModel):
                inner, is_list = part, get_origin(field.annotation) is tuple
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _settings_of(inner, f"{above}{name}{'[]' if is_list else ''}.")
        else:
            yield f"{above}{name}", field


def _others(written: str) -> str:
    """What `written` does not show: a comment for each setting."""
    missing = [(path, field) for path, field in every_setting() if not re.search(rf"\b{path.split('.')[-1]}:", written)]
    lines = [f"# {path}: {field.description or ''}".rstrip() for path, field in missing]
    return "\n".join(["", "# All other settings:", *lines, ""]) if lines else ""


def example_environment(known: KnownNames) -> str:
    """A .env with every variable that is read under a fixed name, and the usual ones of keys, commented out."""
    lines = ["# Values for this computer; keep this file out of version control and readable by you alone.", ""]
    for name, purpose in {**VARIABLES, **known.variables}.items():
        lines += [f"# {purpose}", f"# {name}=", ""]
    lines += ["# Secrets, under the names that ai-costs.yaml gives them.", "# APPRISE_FINANCE_URL=", ""]
    for name, purpose in known.keys.items():
        lines += [f"# {purpose}", f"# {name}=", ""]
    return "\n".join(lines)


def schema(known: KnownNames) -> str:
    """The JSON Schema of ai-costs.yaml, for editors, with the names that are `known` to choose from."""
    shape = Configuration.model_json_schema()
    for section, setting, names in (
        ("Agent", "agent", known.agents),
        ("ScheduledExport", "format", known.export_formats),
    ):
        shape["$defs"][section]["properties"][setting]["enum"] = sorted(names)
    return json.dumps(shape, indent=2) + "\n"
