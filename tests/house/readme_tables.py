"""The tables of README.md that say what the registries hold: made of what each member's file says of itself.

    python -m tests.house.readme_tables     writes them, as `make readme` does

A table is between two marks, `<!-- table: NAME -->` and `<!-- end of table -->`. Belongs here: these tables. Does not:
any fact in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pipelines.app.known_names import known_names
from pipelines.config.settings import VARIABLES
from pipelines.exports import formats
from pipelines.sources.api import api_sources
from pipelines.sources.balances import balance_sources
from pipelines.sources.imports import import_formats
from pipelines.sources.local import local_agents

README = Path(__file__).resolve().parents[2] / "README.md"
MARKED = re.compile(
    r"(?P<before><!-- table: (?P<name>\w+) -->\n)(?P<table>.*?)(?P<after><!-- end of table -->\n)", flags=re.DOTALL
)


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


TABLES: Mapping[str, Callable[[], str]] = {
    made.__name__: made for made in (providers, agents, files, exports, variables)
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
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
