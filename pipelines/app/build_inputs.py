"""What a build is made of, and so whether the one that is shown is still up to date.

Belongs here: everything on which a figure depends. A table that the models read gets its place in `build_id`.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from datetime import datetime

import orjson

from pipelines.app.home import Home
from pipelines.builds.store import Builds
from pipelines.domain import meters
from pipelines.feedback import FeedbackFile
from pipelines.landing import LandingStore
from pipelines.prices.snapshots import PriceSnapshots
from pipelines.rates import OLDEST, Rate, rates_of
from pipelines.sources.balances.log import BalanceLog
from pipelines.sources.catalogue import known_sources
from pipelines.sources.outcomes import OutcomeLog, Status
from pipelines.warehouse.transform import transform_of


def exchange_rates(home: Home) -> list[Rate]:
    """The rates of the reporting currency that what is landed can need."""
    days = [manifest.days[0] for manifest in LandingStore(home.folders.landing).manifests() if manifest.days]
    rates = rates_of(home.settings)
    return rates.effective(home.settings.configuration.currency, min(days) - OLDEST) if days else []


def build_id(home: Home, as_of: datetime) -> str:
    """A name for what a build is made of: landed data, settings, rates, code, outcomes and the hour it represents.

    The same inputs give the same name, so that a run which changed nothing publishes nothing.
    """
    folders = home.folders
    landing = LandingStore(folders.landing)
    landed = {str(manifest.feed): manifest.generation for manifest in landing.manifests()}
    parts = [
        landed,
        {
            # What went well is reported once, and is not a reason to build again.
            str(outcome.feed): [outcome.status, outcome.message if outcome.status != Status.OK else None]
            for outcome in OutcomeLog(folders.outcomes).all()
        },
        home.settings.configuration.model_dump(mode="json"),
        [importlib.metadata.version(name) for name in ("ai-cost-tracker", "genai-prices", "prophet", "duckdb")],
        transform_of(folders).project_digest(),
        [reported.row() for reported in known_sources()],
        meters.rows(),
        rates_of(home.settings).digest(),
        landing.names.digest(),
        PriceSnapshots(folders.prices).digest(),
        BalanceLog(folders.balances).digest(),
        FeedbackFile(folders.feedback).digest(),
        as_of.strftime("%Y-%m-%dT%H"),
    ]
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()[:12]


def is_up_to_date(home: Home) -> bool:
    """Whether the build that is shown is whole and made of what is landed and set now."""
    return home.folders.working.exists() and Builds(home.folders.home).is_whole(build_id(home, home.clock()))
