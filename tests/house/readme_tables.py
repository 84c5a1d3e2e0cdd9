"""The tables of the documents that list the registries: generated from each member's file.

    python -m tests.house.readme_tables     writes them, as `make readme` does, and the one of the dbt documentation

A table is between two marks, `<!-- table: NAME -->` and `<!-- end of table -->`. Belongs here: these tables. Does not:
any fact in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import orjson
import yaml
from pydantic.fields import FieldInfo

from notifications.rules import rules
from pipelines.app.known_names import known_names
from pipelines.config import SETTINGS_TABLES
from pipelines.config.settings import VARIABLES
from pipelines.config.starter import every_setting
from pipelines.domain.meters import METERS
from pipelines.exports import formats
from pipelines.sources.api import api_sources
from pipelines.sources.balances import balance_sources
from pipelines.sources.imports import import_formats
from pipelines.sources.local import local_agents

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("sources", "configuration", "tables", "settings", "meters")),
    ROOT / "dbt_project" / "models" / "docs.md",
    ROOT / "dbt_project" / "models" / "staging" / "_sources.yml",
)
QUESTION = re.compile(r"One row per .*?\. (?P<question>[^?]*\?)")
MARKED = re.compile(
    r"(?P<before>(?: +# )?<!-- table: (?P<name>\w+) -->\n)(?P<table>.*?)(?P<after>(?: +# )?<!-- end of table -->\n)",
    flags=re.DOTALL,
)


def reads() -> str:
    """What can be read, in a line for each kind."""
    sources = {reader.provider for reader in (*api_sources(), *balance_sources().values())}
    kinds = {
        "Provider APIs": ", ".join(f"`{provider}`" for provider in sorted(sources)),
        "Coding agents' logs": ", ".join(agent.title for agent in local_agents()),
        "Export files, cloud bills": ", ".join(
            [*sorted(known.title for known in import_formats()), "any other CSV by a mapping"]
        ),
        "Manual entries": "invoices, seats, subscriptions, credits",
    }
    return table(["Read", "From"], kinds.items())


def providers() -> str:
    """What is fetched of each provider; of one with several sources, the source of its bill comes first."""
    sources = sorted(api_sources(), key=lambda source: (source.precedence is None, source.precedence or 0, source.name))
    readers = [*sources, *balance_sources().values()]
    rows = []
    for provider in sorted({reader.provider for reader in readers}):
        of_it = [reader for reader in readers if reader.provider == provider]
        fetched = "; ".join(f"[{_capital(reader.fetched)}]({reader.docs})" for reader in of_it)
        keys = _once(reader.key.needed for reader in of_it)
        organization = _once(source.needs_organization or "" for source in sources if source.provider == provider)
        needed = [*keys, *(f"`organization:` {text}" for text in organization)]
        variable = " ".join(_once(f"`{reader.key.variable}`" for reader in of_it))
        proven = " ".join(_once(source.proven for source in sources if source.provider == provider))
        rows.append([f"`{provider}`", fetched, "; ".join(needed), variable, proven or "the documented shape"])
    return table(["Provider (`provider:`)", "What is fetched", "Key it needs", "Usual variable", "Tried against"], rows)


def agents() -> str:
    """Where each agent's logs are, and what is counted in them."""
    return table(
        ["Agent", "`agent:`", "Where", "Newest form known", "What is special"],
        ([agent.title, f"`{agent.name}`", agent.where, agent.understood, agent.special] for agent in local_agents()),
    )


def files() -> str:
    """Which export files are known, and what lands of them."""
    rows = [
        [known.title + (f": {known.forms}" if known.forms else ""), known.account, known.lands, known.proven]
        for known in sorted(import_formats(), key=lambda known: (known.provider is not None, known.title))
    ]
    other = ["Any other CSV", "", "what a mapping in `ai-costs.yaml` says", "made-up files"]
    return table(["File", "Account", "What lands", "Tried on"], [*rows, other])


def exports() -> str:
    """The formats of exports."""
    return table(
        ["`format:`", "File", "What it is"],
        ([f"`{known.name}`", f"`*{known.suffix}`", known.title] for known in formats().values()),
    )


def variables() -> str:
    """The environment variables that are read under a fixed name."""
    every = {**VARIABLES, **known_names().variables}
    return table(["Variable", "What it says"], ([f"`{name}`", purpose] for name, purpose in every.items()))


def marts() -> str:
    """The question that each mart answers, as its description has it after its grain."""
    questions = {}
    models = ROOT / "dbt_project" / "models"
    for path in sorted(path for layer in ("marts", "reports") for path in (models / layer).glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            found = QUESTION.match(" ".join(model["description"].split()))
            questions[model["name"]] = found["question"] if found else f"(no question in {path.name})"
    names = [name for name in FIRST_MARTS if name in questions]
    names += [name for name in questions if name not in FIRST_MARTS]
    return table(["Table", "The question it answers"], ([f"`{name}`", questions[name]] for name in names))


def settings() -> str:
    """Every setting of ai-costs.yaml, as its field describes it."""
    rows = [
        [f"`{path}`", "needed" if field.is_required() else _default(field), field.description or ""]
        for path, field in every_setting()
    ]
    return table(["Setting", "Left out", "What it means"], rows)


def meters() -> str:
    """Every meter: what it counts, and whether it is part of total tokens or of another meter."""
    rows = []
    for meter in METERS:
        within = f"part of `{meter.part_of}`" if meter.part_of else "total tokens" if meter.is_token else ""
        rows.append([f"`{meter.name}`", _capital(meter.label), meter.unit, within, _code(meter.price_key)])
    return table(["Meter", "What it counts", "Unit (FOCUS)", "Counted in", "Price (genai-prices)"], rows)


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


def alert_rules() -> str:
    """The rules of alerts: what each reports, and what its threshold means."""
    rows = []
    for rule in rules():
        threshold = "" if rule.threshold is None else f"{rule.threshold.default:f}: {rule.threshold.meaning}"
        repeat = rule.policy.repeat_after
        rows.append([f"`{rule.name}`", rule.title, threshold, "" if repeat is None else f"{repeat.days} days"])
    return table(["`rule:`", "What it reports", "`threshold:` left out", "Repeated while open"], rows)


def settings_tables() -> str:
    """The tables that settings fill, as sources of dbt."""
    return "".join(
        f"      - name: {made.name}\n"
        f'        description: "{made.description}"\n'
        "        config:\n          meta:\n            dagster:\n"
        f"              asset_key: [landing, {made.name}]\n"
        for made in SETTINGS_TABLES
    )


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default in ((), {}):
        return ""
    return f"`{orjson.dumps(default, default=str).decode()}`"


FIRST_MARTS = (
    "rpt_daily_costs",
    "rpt_local_daily_costs",
    "fct_hourly_usage",
    "rpt_converted_costs",
    "rpt_monthly_comparisons",
    "rpt_comparison_sources",
    "rpt_comparison_gaps",
    "rpt_cost_coverage",
    "rpt_cost_drivers",
    "dim_model_spellings",
    "rpt_model_costs",
    "rpt_price_restatements",
    "rpt_prepaid_balances",
    "rpt_budget_status",
    "rpt_budget_projections",
    "rpt_forecasts",
    "rpt_forecast_totals",
    "rpt_forecast_status",
    "rpt_forecast_accuracy",
    "rpt_anomalies",
    "rpt_source_freshness",
    "rpt_missing_days",
)
"""What people look at first, in that order; all others follow by name."""

TABLES: Mapping[str, Callable[[], str]] = {
    made.__name__: made
    for made in (
        reads,
        marts,
        providers,
        agents,
        files,
        exports,
        variables,
        settings,
        meters,
        alert_rules,
        settings_tables,
    )
}


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n" for cells in lines)


def written(text: str) -> str:
    """`text` with each of its tables as the registries have it."""
    return MARKED.sub(lambda found: found["before"] + TABLES[found["name"]]() + found["after"], text)


def _once(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")
