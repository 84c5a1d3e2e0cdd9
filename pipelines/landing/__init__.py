"""The landing store: the system of record, immutable files that a manifest names.

Belongs here: writing days of records so that a kill at any moment leaves a readable store, and reading them
back only after their hashes were checked, and which of several feeds of one account counts. Does not: what to fetch
(sources) or what it means (dbt).
"""

from pipelines.landing.effective import AccountNames, Accounts, EffectiveData, effective_feeds
from pipelines.landing.feed_folder import FeedFolder
from pipelines.landing.id_index import REBUILT as IDS_REBUILT
from pipelines.landing.id_index import IdIndex
from pipelines.landing.manifest import Feed, Manifest, Partition
from pipelines.landing.names import KnownNames, Name, NameKind, NamesStore
from pipelines.landing.store import Change, DayChange, LandingStore

__all__ = [
    "IDS_REBUILT",
    "AccountNames",
    "Accounts",
    "Change",
    "DayChange",
    "EffectiveData",
    "Feed",
    "FeedFolder",
    "IdIndex",
    "KnownNames",
    "LandingStore",
    "Manifest",
    "Name",
    "NameKind",
    "NamesStore",
    "Partition",
    "effective_feeds",
]
