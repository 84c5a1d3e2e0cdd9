"""The sample company's programs: at which provider, with which key, how much of which model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.sample.provider import LedgerAccount

OPENAI, ANTHROPIC, OPENROUTER = "northwind-openai", "northwind-anthropic", "northwind-openrouter"
ACCOUNTS = (
    LedgerAccount(OPENAI, "openai", "sk-admin-northwind-sample", organization="org-northwind"),
    LedgerAccount(ANTHROPIC, "anthropic", "sk-ant-admin01-northwind-sample", organization="northwind"),
    LedgerAccount(OPENROUTER, "openrouter", "sk-or-v1-northwind-sample"),
)
NAMES = {
    "proj_fleet": "fleet-planner",
    "proj_vision": "vision-lab",
    "proj_website": "website",
    "key_fleet": "fleet planner, production",
    "key_nightly": "nightly labels",
    "key_vision": "vision lab, notebooks",
    "key_chat": "website chat",
    "key_search": "website search",
    "wrkspc_fleet": "fleet-planner",
    "wrkspc_vision": "vision-lab",
    "apikey_fleet": "fleet planner, routes",
    "apikey_vision": "vision lab, captions",
    "apikey_code": "claude code, ci",
    "or_website": "website, fallback",
}


@dataclass(frozen=True)
class Tokens:
    """The tokens of a typical request, by kind."""

    uncached: int
    cached: int = 0
    output: int = 0
    written_5m: int = 0
    written_1h: int = 0


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program with a separate key. `models`: the one from the start, then (from which day, model).

    `hour` is the hour of its use, UTC; `searches` the share of requests that search the web; `upstream` whose model
    a router calls.
    """

    account: str
    key: str | None
    project: str | None
    models: tuple[str, *tuple[tuple[str, str], ...]]
    requests_a_day: int
    tokens: Tokens
    is_batch: bool = False
    hour: int = 10
    service: str = "completions"
    searches: float = 0
    user: str | None = None
    upstream: str | None = None

    def model(self, day: date) -> str:
        """The model it calls on `day`."""
        first, *later = self.models
        return next((model for since, model in reversed(later) if date.fromisoformat(since) <= day), first)


PROGRAMS = (
    Program(
        account=OPENAI,
        key="key_fleet",
        project="proj_fleet",
        models=("gpt-4o-mini", ("2025-08-12", "gpt-5-mini")),
        requests_a_day=2600,
        tokens=Tokens(uncached=1400, cached=2200, output=420),
    ),
    Program(
        account=OPENAI,
        key="key_vision",
        project="proj_vision",
        models=("o3", ("2025-08-20", "gpt-5"), ("2025-12-15", "gpt-5.2"), ("2026-07-13", "gpt-5.6-terra")),
        requests_a_day=310,
        tokens=Tokens(uncached=1900, cached=3600, output=640),
        hour=14,
    ),
    Program(
        account=OPENAI,
        key="key_nightly",
        project="proj_vision",
        models=("gpt-4o",),
        requests_a_day=420,
        tokens=Tokens(uncached=900, output=160),
        is_batch=True,
        hour=22,
    ),
    Program(
        account=OPENAI,
        key="key_chat",
        project="proj_website",
        models=("gpt-4o", ("2025-08-25", "gpt-5")),
        requests_a_day=260,
        tokens=Tokens(uncached=1100, cached=700, output=380),
        searches=0.04,
    ),
    Program(
        account=OPENAI,
        key="key_search",
        project="proj_website",
        models=("text-embedding-3-small",),
        requests_a_day=5200,
        tokens=Tokens(uncached=240),
        service="embeddings",
        hour=5,
    ),
    Program(
        account=ANTHROPIC,
        key="apikey_fleet",
        project="wrkspc_fleet",
        models=(
            "claude-sonnet-4-20250514",
            ("2025-10-02", "claude-sonnet-4-5-20250929"),
            ("2026-02-24", "claude-sonnet-4-6"),
        ),
        requests_a_day=240,
        tokens=Tokens(uncached=700, cached=5200, output=460, written_5m=600, written_1h=120),
    ),
    Program(
        account=ANTHROPIC,
        key="apikey_vision",
        project="wrkspc_vision",
        models=("claude-sonnet-4-20250514", ("2025-10-20", "claude-haiku-4-5-20251001")),
        requests_a_day=520,
        tokens=Tokens(uncached=800, output=210),
        is_batch=True,
        hour=20,
    ),
    Program(  # people at the console: no key, and the default workspace
        account=ANTHROPIC,
        key=None,
        project=None,
        models=("claude-sonnet-4-20250514", ("2026-02-20", "claude-sonnet-4-6")),
        requests_a_day=14,
        tokens=Tokens(uncached=900, output=700),
    ),
    Program(
        account=ANTHROPIC,
        key="apikey_code",
        project=None,
        models=("claude-sonnet-4-20250514", ("2025-10-06", "claude-sonnet-4-5-20250929")),
        requests_a_day=46,
        tokens=Tokens(uncached=300, cached=30_000, output=600, written_5m=2_800),
        hour=15,
        service="claude_code",
        user="ci@northwind.example",
    ),
    Program(
        account=OPENROUTER,
        key="or_website",
        project=None,
        models=("google/gemini-2.5-flash",),
        requests_a_day=700,
        tokens=Tokens(uncached=1300, cached=500, output=330),
        upstream="Google",
    ),
    Program(
        account=OPENROUTER,
        key="or_website",
        project=None,
        models=("google/gemini-2.5-flash", ("2025-11-03", "anthropic/claude-haiku-4.5")),
        requests_a_day=120,
        tokens=Tokens(uncached=1000, cached=400, output=350),
        hour=16,
        upstream="Anthropic",
    ),
)
