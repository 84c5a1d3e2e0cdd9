"""What a coding agent's source states of itself: its name, where its logs lie, how to read one, which copy counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.replies import ParsedLog, Reply, ReplyKey, merge
from pipelines.sources.statements import SourceStatement, StatementKind

WINDOWS = ("APPDATA", "LOCALAPPDATA")
"""The variables with which Windows says where programs keep their data."""
PLATFORM_VARIABLES: Mapping[str, str] = {
    "XDG_DATA_HOME": "Where programs keep their data; default: ~/.local/share.",
    "APPDATA": "The same on Windows.",
    "LOCALAPPDATA": "The same on Windows, for what stays on one computer.",
}
"""The variables that `Machine.data_folders` looks at, and what each says."""


@dataclass(frozen=True)
class Machine:
    """What decides where agents keep their logs on one machine: the user's folder, and the environment.

    The environment may hold secrets; agents look at the variables that they name, and at nothing else.
    """

    user_home: Path
    variables: Mapping[str, str] = field(repr=False)

    def named(self, variable: str) -> list[Path]:
        """The folders that `variable` names, several with commas; none if it is not set."""
        parts = [part.strip() for part in self.variables.get(variable, "").split(",")]
        return [self.user_home / part[2:] if part.startswith("~/") else Path(part) for part in parts if part]

    def folder(self, variable: str, usual: str) -> Path:
        """The folder of an XDG `variable`, else the `usual` one below the user's."""
        reported = self.variables.get(variable)
        return Path(reported) if reported else self.user_home / usual

    def data_folders(self, name: str) -> list[Path]:
        """Where a program called `name` may keep its data: XDG's folder, macOS's and Windows's; most are not there."""
        windows = [Path(self.variables[variable]) for variable in WINDOWS if self.variables.get(variable)]
        macos = self.user_home / "Library" / "Application Support"
        return [folder / name for folder in (self.folder("XDG_DATA_HOME", ".local/share"), macos, *windows)]


@dataclass(frozen=True)
class LocalAgent:
    """One coding agent whose logs are read.

    `name` is the source's name in every row, key and setting; `title` what people call the agent. `variables` are
    the environment variables that `roots` looks at, and what each says. `places` are where logs lie below a root.
    `read` gives what one file states, from its path, its name in rows and reasons, and the latest moment a reply can
    have; it raises OSError for a file it cannot read. `merge` keeps the copy of each reply that counts, and must give
    the same for any order and grouping; where it compares replies of one session, `compares_sessions` asks for all of
    them.

    `prompts` is a file below a root that the agent writes at each prompt: one that is newer than every log shows use
    that is stored elsewhere.

    `understood` is the newest form of its logs that was seen and is read. `where` says to people where the logs usually
    are, and `special` what is counted in them and how, both in Markdown. Raise `revision` when what `read` gives
    changes: every file is then read again, and what it gave before is replaced. `statement` says what its money is;
    the least `precedence` that reports an amount wins an account's day.
    """

    name: str
    title: str
    variables: Mapping[str, str]
    roots: Callable[[Machine], list[Path]]
    places: tuple[LogLocation, ...]
    read: Callable[[Path, str, datetime], ParsedLog]
    statement: str = field(kw_only=True)
    precedence: int | None = field(kw_only=True)
    understood: str = field(kw_only=True)
    where: str = field(kw_only=True)
    special: str = field(kw_only=True)
    revision: int = 1
    merge: Callable[[Iterable[Reply]], dict[ReplyKey, Reply]] = merge
    compares_sessions: bool = False
    prompts: str | None = None

    @property
    def account(self) -> str:
        """The account of its rows."""
        return self.name.replace("_", "-")

    @property
    def reported(self) -> SourceStatement:
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
