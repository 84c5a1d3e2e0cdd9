"""What people call projects and keys, by the id that rows have: every name that was ever read, and when.

    landing/names/<provider>-<account>-….json      one account's names, replaced by one rename, with its hash

Rows hold ids, which never change; names change, and providers forget those of what was deleted. So a name is stored
here
for good, apart from figures, and joined to them when they are built. Belongs here: keeping names. Does not: asking for
them (sources/), or which of several holds (dbt_project/).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from pipelines.errors import LandingError
from pipelines.landing.files import write_atomically
from pipelines.landing.sealed import DAMAGE, sealed, unsealed
from pipelines.reading.files import content_of

SCHEMA_VERSION = 1


class NameKind(StrEnum):
    """What an id is of."""

    PROJECT = "project"
    API_KEY = "api_key"


@dataclass(frozen=True, order=True)
class Name:
    """What one project or key was called, from the first to the last time that this was read. UTC."""

    kind: NameKind
    id: str
    name: str
    first_seen_at: datetime
    last_seen_at: datetime

    def joined_with(self, other: Name) -> Name:
        """The same name, as of all times at which one of the two was read."""
        first = min(self.first_seen_at, other.first_seen_at)
        return replace(self, first_seen_at=first, last_seen_at=max(self.last_seen_at, other.last_seen_at))


@dataclass(frozen=True)
class KnownNames:
    """The names of one account. `asked_at`: when all were last read. `unnamed`: ids that had no name then."""

    provider: str
    account: str
    names: tuple[Name, ...] = ()
    asked_at: datetime | None = None
    unnamed: frozenset[str] = frozenset()

    def seen(self, found: Iterable[tuple[NameKind, str, str]], at: datetime) -> KnownNames:
        """These names and those that were `found` (kind, id, name) at a moment; nothing is forgotten."""
        by_name = {(name.kind, name.id, name.name): name for name in self.names}
        for kind, identity, called in found:
            read = Name(kind, identity, called, at, at)
            by_name[kind, identity, called] = read.joined_with(by_name.get((kind, identity, called), read))
        return replace(self, names=tuple(sorted(by_name.values())))

    def ids(self) -> frozenset[str]:
        """Every id that has a name."""
        return frozenset(name.id for name in self.names)


@dataclass(frozen=True)
class NamesStore:
    """The names of all accounts of one landing folder."""

    root: Path
    _folder: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_folder", self.root / "names")

    def read(self, provider: str, account: str) -> KnownNames:
        """What is known of an account; nothing yet before it was first asked.

        Raises:
            LandingError: its file was changed or cannot be read.
        """
        path = self._path(provider, account)
        return _read(path) if path.exists() else KnownNames(provider, account)

    def contains(self, provider: str, account: str) -> bool:
        """Whether anything was stored of an account, be it that it has no names."""
        return self._path(provider, account).exists()

    def all(self) -> Iterator[KnownNames]:
        """The names of every account, in order of file. Raises as `read`."""
        for path in sorted(self._folder.glob("*.json")):
            yield _read(path)

    def write(self, known: KnownNames) -> None:
        """Put `known` in the place of what was known of its account."""
        self._folder.mkdir(parents=True, exist_ok=True)
        value = {
            "schema_version": SCHEMA_VERSION,
            "provider": known.provider,
            "account": known.account,
            "asked_at": known.asked_at and known.asked_at.isoformat(),
            "unnamed": sorted(known.unnamed),
            "names": [
                {
                    **vars(name),
                    "first_seen_at": name.first_seen_at.isoformat(),
                    "last_seen_at": name.last_seen_at.isoformat(),
                }
                for name in known.names
            ],
        }
        write_atomically(self._path(known.provider, known.account), sealed(value))

    def set_damaged_aside(self) -> list[Path]:
        """Move files that cannot be read out of the way, so that their names are read again; where they are now."""
        moved = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                _read(path)
            except LandingError:
                moved.append(path.rename(path.with_suffix(".damaged")))
        return moved

    def digest(self) -> str:
        """A hash of the names and of which is newest, without the moments at which they were read."""
        plain = [
            [known.provider, known.account, *([one.kind, one.id, one.name] for one in sorted(known.names, key=_seen))]
            for known in self.all()
        ]
        return hashlib.sha256(orjson.dumps(plain)).hexdigest()

    def rows(self, current: Mapping[tuple[str, str], str]) -> list[Mapping[str, Any]]:
        """A row for each name; `current` has the name of an account by its provider and a name that it had before.

        Raises:
            LandingError: a file was changed or cannot be read.
        """
        merged: dict[tuple[str, str, NameKind, str, str], Name] = {}
        for known in self.all():
            account = current.get((known.provider, known.account), known.account)
            for name in known.names:
                place = (known.provider, account, name.kind, name.id, name.name)
                merged[place] = name.joined_with(merged.get(place, name))
        return [
            {"provider": provider, "account_name": account, **vars(name)}
            for (provider, account, *_), name in sorted(merged.items())
        ]

    def _path(self, provider: str, account: str) -> Path:
        slug = re.sub(r"[^a-z0-9]+", "-", f"{provider} {account}".lower()).strip("-")[:60]
        digest = hashlib.sha256(f"{provider}\0{account}".encode()).hexdigest()
        return self._folder / f"{slug}-{digest[:10]}.json"


def _seen(name: Name) -> tuple[datetime, Name]:
    return name.last_seen_at, name


def _read(path: Path) -> KnownNames:
    try:
        value = unsealed(content_of(path))
        if value["schema_version"] != SCHEMA_VERSION:
            raise _damaged(path)
        return KnownNames(
            provider=value["provider"],
            account=value["account"],
            names=tuple(_name(name) for name in value["names"]),
            asked_at=value["asked_at"] and datetime.fromisoformat(value["asked_at"]),
            unnamed=frozenset(value["unnamed"]),
        )
    except DAMAGE as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> LandingError:
    return LandingError(
        f"landing/names/{path.name} was changed or is of another version: put back a copy from a backup, or remove it, "
        "and the next run asks for the names again"
    )


def _name(value: dict[str, Any]) -> Name:
    moments = {key: datetime.fromisoformat(value[key]) for key in ("first_seen_at", "last_seen_at")}
    return Name(**{**value, **moments, "kind": NameKind(value["kind"])})
