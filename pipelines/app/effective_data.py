"""What of landing counts in a home, by the accounts that are configured there now.

Belongs here: handing the settings to the rule. Does not: the rule (landing/effective.py).
"""

from __future__ import annotations

from pipelines.app.home import Home
from pipelines.errors import LandingError
from pipelines.landing import AccountNames, Accounts, EffectiveData, LandingStore, effective_feeds
from pipelines.sources.api import api_sources
from pipelines.sources.imports import import_formats


def effective(home: Home) -> EffectiveData:
    """The feeds that count, and why the others do not.

    Raises:
        LandingError: landing is damaged.
    """
    if home.is_sample:
        return EffectiveData()
    settings = home.settings
    # Of two names of one account, that which is still asked has the newer figures.
    configured = sorted(settings.configuration.accounts, key=lambda account: account.closed)
    named = [AccountNames(account.name, account.provider, account.was) for account in configured]
    provider_of = {source.name: source.provider for source in api_sources()}
    provider_of |= {known.name: known.provider for known in import_formats() if known.provider is not None}
    landing = LandingStore(home.folders.landing)
    return effective_feeds(landing, Accounts(tuple(named), provider_of, settings.host))


def known_effective(home: Home) -> EffectiveData:
    """As `effective`, but nothing if landing is damaged: the build stops for that and says why."""
    try:
        return effective(home)
    except LandingError:
        return EffectiveData()
