"""Where figures come from, apart from the records themselves: what only names a kind does not wait for Arrow."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """Where a figure came from; part of every key, fact, export and badge."""

    API = "api"
    """fetched from the provider"""
    MANUAL = "manual"
    """entered by a person"""
    IMPORT = "import"
    """a provider's export or invoice file"""
    LOCAL = "local"
    """a log on a machine"""
    RATES = "rates"
    """exchange rates, which are not costs: only how fresh they are is shown under this kind"""


COST_SOURCE_KINDS = tuple(kind for kind in SourceKind if kind is not SourceKind.RATES)
"""The kinds of sources that costs and usage come from."""
