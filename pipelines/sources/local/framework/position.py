"""How far an agent's logs were read: what each file looked like then, and what in it could not be used.

The position is the feed's landing cursor, so it moves together with the data. Files are stored in it under digests of
their paths: a path tells who works where. Belongs here: what decides whether a file is read again. Does not: reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipelines.landing import Manifest
from pipelines.sources.local.framework.log_files import LogFile
from pipelines.sources.local.framework.replies import ParsedLog


@dataclass
class Position:
    """The reading position of one feed.

    `files` has the size, time and revision (of the reader) of every file that was read; `broken`, `unknown` and
    `left_out` what in those files could not be used, as `ParsedLog` has it.
    """

    revision: int
    files: dict[str, list[int]] = field(default_factory=dict)
    broken: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, manifest: Manifest | None, revision: int) -> Position:
        """The position that a feed's manifest holds, for a reader of this revision."""
        cursor = manifest.cursor if manifest else {}
        return cls(
            revision,
            dict(cursor.get("files", {})),
            dict(cursor.get("broken", {})),
            set(cursor.get("unknown", ())),
            dict(cursor.get("left_out", {})),
        )

    def changed(self, files: Iterable[LogFile]) -> list[LogFile]:
        """The files whose size or time differs from what was read last, or that another revision read."""
        return [file for file in files if self.files.get(file.cursor_key) != self._state(file)]

    def was_read_otherwise(self, file: LogFile) -> bool:
        """Whether another revision read the file: what it landed is replaced. The first one left paths unchanged."""
        retained = self.files.get(file.cursor_key) or self.files.get(file.plain_path)
        return retained is not None and retained[2:] != [self.revision]

    def note(self, file: LogFile, reading: ParsedLog, *, is_unknown: bool) -> None:
        """The file was read, and gave this."""
        key = file.cursor_key
        self.files[key] = self._state(file)
        self.broken.pop(key, None)
        self.left_out.pop(key, None)
        self.unknown.discard(key)
        if reading.broken:
            self.broken[key] = {"lines": reading.broken, "reasons": reading.reasons}
        if reading.left_out:
            self.left_out[key] = dict(reading.left_out)
        if is_unknown:
            self.unknown.add(key)

    def forget_all_but(self, files: Iterable[LogFile]) -> None:
        """Let go of files that are gone, so that the position does not grow for ever; one that comes back is read."""
        there = {file.cursor_key for file in files}
        self.files = {key: state for key, state in self.files.items() if key in there}
        self.broken = {key: retained for key, retained in self.broken.items() if key in there}
        self.left_out = {key: retained for key, retained in self.left_out.items() if key in there}
        self.unknown &= there

    def broken_lines(self, files: Iterable[LogFile]) -> tuple[int, list[str]]:
        """How many lines of these files could not be used, and the first reasons of each."""
        retained = [self.broken[file.cursor_key] for file in files if file.cursor_key in self.broken]
        return sum(entry["lines"] for entry in retained), [reason for entry in retained for reason in entry["reasons"]]

    def unknown_files(self, files: Iterable[LogFile]) -> list[LogFile]:
        """Those of these files that are of a form that this version does not know."""
        return [file for file in files if file.cursor_key in self.unknown]

    def use_left_out(self, files: Iterable[LogFile]) -> Counter[str]:
        """The use that these files show without its tokens, by what it is."""
        together: Counter[str] = Counter()
        for file in files:
            together.update(self.left_out.get(file.cursor_key, {}))
        return together

    def to_json(self) -> dict[str, Any]:
        """The position as the cursor of a manifest."""
        return {
            "files": self.files,
            "broken": self.broken,
            "unknown": sorted(self.unknown),
            "left_out": self.left_out,
        }

    def _state(self, file: LogFile) -> list[int]:
        return [*file.state, self.revision]
