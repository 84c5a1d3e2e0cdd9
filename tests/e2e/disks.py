"""A disk with an installation on it that can be filled and made read-only, and a user who may not write.

Belongs here: making such a disk where the system lets this user, and what is done elsewhere in its place. Does not:
what must come of it.

The disk is memory in a separate mount namespace, which no other process sees and which is gone with the process that
holds it. Where none can be made, as on macOS or in a container without that right, a limit on the size of files takes
the place of a full disk, and modes that of a read-only one: the words of the system are other ones then.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.cli.conftest import Ended
from tests.e2e.installation import Installation

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 2**20
MOUNT = 'mount -t tmpfs -o "size=$1,mode=700" disk "$2" && cp -a "$3/." "$2" && echo mounted && exec cat'
LIMITED = 'ulimit -f "$1"; shift; exec "$@"'
UNPRIVILEGED = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""Root heeds no modes unless it gives up the right not to."""
WRITABLE, READ_ONLY = 0o700, 0o500


@cache
def namespace() -> tuple[str, ...] | None:
    """The options of unshare(1) by which this user may mount a disk; None where none is allowed."""
    options = ("--mount",) if os.geteuid() == 0 else ("--user", "--map-root-user", "--mount")
    if shutil.which("unshare") is None or shutil.which("nsenter") is None:
        return None
    tried = subprocess.run(["unshare", *options, "mount", "-t", "tmpfs", "disk", "/tmp"], check=False)  # noqa: S108
    return None if tried.returncode else options


@dataclass
class Disk:
    """A disk, or what takes its place, with an installation.

    `seen` is the installation's home folder as the test reaches it; commands have it at `installation.person`.
    """

    installation: Installation
    seen: Path
    inside: tuple[str, ...] = ()
    is_real: bool = True
    before: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The data folder, as the test reaches it."""
        return self.seen / "data"

    def fill(self, left: int = 0) -> str:
        """Leave room for `left` bytes; give the system's words when there is no more."""
        if not self.is_real:
            self.before = ["sh", "-c", LIMITED, "sh", str(left // 512)]
            return os.strerror(errno.EFBIG)
        room = os.statvfs(self.seen)
        with (self.seen / "other-program").open("wb") as file:
            file.write(bytes(room.f_bavail * room.f_frsize - left))
        return os.strerror(errno.ENOSPC)

    def make_room(self) -> None:
        """Undo `fill`."""
        self.before = []
        (self.seen / "other-program").unlink(missing_ok=True)

    def make_read_only(self) -> str:
        """Let nothing be written any more; give the system's words for it."""
        if not self.is_real:
            return self.forbid(self.seen)
        subprocess.run([*self.inside, "mount", "-o", "remount,ro", self.installation.person], check=True)
        return os.strerror(errno.EROFS)

    def forbid(self, folder: Path) -> str:
        """Let commands read what lies below a folder, and write nothing; give the system's words for it."""
        self.before = list(UNPRIVILEGED)
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(READ_ONLY)
        return os.strerror(errno.EACCES)

    def allow(self, folder: Path) -> None:
        """Undo `forbid`."""
        self.before = []
        for parent, folders, _ in os.walk(folder):
            Path(parent).chmod(WRITABLE)
            for name in folders:
                if not (Path(parent) / name).is_symlink():
                    (Path(parent) / name).chmod(WRITABLE)

    def call(self, *lines: str) -> dict[str, Ended]:
        """How each command ended that was called on this disk."""
        person = self.installation.person
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(person),
            "AI_COSTS_HOME": str(person / "data"),
            "AI_COSTS_HOST": "laptop",
            "COLUMNS": "200",
        }
        command = [*self.inside, *self.before, sys.executable, "-m", "tests.e2e.called", *lines]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return {line: Ended(*ended) for line, ended in zip(lines, json.loads(done.stdout), strict=True)}


@contextmanager
def disk_with(installation: Installation, folder: Path, megabytes: int = 200) -> Iterator[Disk]:
    """A disk of that size with a copy of an installation, mounted at an empty folder until the block ends."""
    options = namespace()
    if options is None:
        copy = installation.copy(folder / "person")
        disk = Disk(copy, copy.person, is_real=False)
        yield disk
        disk.allow(folder)
        return
    command = ["unshare", *options, "sh", "-c", MOUNT, "sh", f"{megabytes}m", str(folder), str(installation.person)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "mounted\n"
            as_owner = ("--user", "--preserve-credentials") if "--user" in options else ()
            inside = ("nsenter", "--target", str(holder.pid), *as_owner, "--mount")
            yield Disk(Installation(folder), Path(f"/proc/{holder.pid}/root{folder}"), inside)
        finally:
            holder.terminate()
