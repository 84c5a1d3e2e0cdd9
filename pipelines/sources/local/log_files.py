"""Finding log files and telling which ones changed; what every coding agent's source shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LogFile:
    """One log file as it lies on disk, and the folder it was found under."""

    root: Path
    path: Path
    size: int
    modified_ns: int

    @property
    def name(self) -> str:
        """The file's place below its root, which is also what a landed row names as its source file."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def cursor_key(self) -> str:
        """What the reading position is kept under."""
        return str(self.path)

    @property
    def state(self) -> list[int]:
        """What tells a changed file from an unchanged one."""
        return [self.size, self.modified_ns]


def find(roots: Iterable[Path], pattern: str) -> Iterator[LogFile]:
    """Every file under `roots` that matches `pattern`, once, in order of path."""
    seen: set[Path] = set()
    for root in roots:
        for path in sorted(root.glob(pattern)):
            resolved = path.resolve()
            if resolved in seen or not path.is_file():
                continue
            seen.add(resolved)
            stat = path.stat()
            yield LogFile(root, path, stat.st_size, stat.st_mtime_ns)


def changed(files: Iterable[LogFile], cursor: Mapping[str, list[int]]) -> list[LogFile]:
    """The files whose size or time differs from what was read last."""
    return [file for file in files if cursor.get(file.cursor_key) != file.state]
