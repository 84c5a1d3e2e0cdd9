"""What a coding agent's source states of itself: its name, where its logs lie, how to read one, which copy counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipelines.domain.records import SourceKind
from pipelines.landing import Feed
from pipelines.sources.local.log_files import Place
from pipelines.sources.local.replies import Reading, Reply, ReplyKey, merge
from pipelines.sources.statements import SourceStatement, StatementKind


@dataclass(frozen=True)
class Machine:
    """What decides where agents keep their logs on one machine: the user's folder, and variables that are set."""

    user_home: Path
    variables: Mapping[str, str]

    def named(self, variable: str) -> list[Path]:
        """The folders that `variable` names, several with commas; none if it is not set."""
        parts = [part.strip() for part in self.variables.get(variable, "").split(",")]
        return [self.user_home / part[2:] if part.startswith("~/") else Path(part) for part in parts if part]

    def folder(self, variable: str, usual: str) -> Path:
        """The folder of an XDG `variable`, else the `usual` one below the user's."""
        stated = self.variables.get(variable)
        return Path(stated) if stated else self.user_home / usual


@dataclass(frozen=True)
class LocalAgent:
    """One coding agent whose logs are read.

    `name` is the source's name in every row, key and setting; `title` what people call the agent. `variables` are
    the environment variables that `roots` looks at. `places` are where logs lie below a root. `read` gives what one
    file states, from its path, its name in rows and reasons, and the latest moment a reply can have; it raises
    OSError for a file it cannot read. `merge` keeps the copy of each reply that counts, and must give the same for
    any order and grouping. `statement` says what its money is; the least `precedence` that states an amount wins an
    account's day. `revision` is raised whenever other things are read from a log than before: every file is then read
    again.
    """

    name: str
    title: str
    variables: tuple[str, ...]
    roots: Callable[[Machine], list[Path]]
    places: tuple[Place, ...]
    read: Callable[[Path, str, datetime], Reading]
    statement: str = field(kw_only=True)
    precedence: int | None = field(kw_only=True)
    merge: Callable[[Iterable[Reply]], dict[ReplyKey, Reply]] = merge
    revision: int = 1

    @property
    def account(self) -> str:
        """The account its rows stand under."""
        return self.name.replace("_", "-")

    @property
    def stated(self) -> SourceStatement:
        """What its figures are, as the choice of money reads it."""
        return SourceStatement(
            source_kind=SourceKind.LOCAL,
            source=self.name,
            provider=None,
            title=self.title,
            statement=self.statement,
            statement_kind=StatementKind.LOG,
            precedence=self.precedence,
        )

    def feed(self, host: str) -> Feed:
        """The feed of one machine's logs."""
        return Feed(SourceKind.LOCAL, self.name, host)
