"""A PostgreSQL server of a test's own, on loopback, with a password; skipped with a message where none is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "canary-9f31c6d2"  # noqa: S105 - looked for where it must not be
MISSING = "no PostgreSQL server is installed: apt install postgresql, or brew install postgresql"


def programs() -> Path | None:
    """The folder with initdb and postgres, on the PATH or where Debian has it."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty database, until the block ends."""
    folder = programs()
    if folder is None:
        pytest.skip(MISSING)
    # The server refuses to run as root, and its user cannot look into the folders of root's tests.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="postgres-") as place:
        secret = Path(place) / "password"
        secret.write_text(PASSWORD)
        for path in (Path(place), secret) if user else ():
            shutil.chown(path, user)
        data = Path(place) / "data"
        initial = ["--username=alerts", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync", "--encoding=UTF8"]
        _run([folder / "initdb", f"--pgdata={data}", *initial], place, user)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        options = f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [folder / "pg_ctl", f"--pgdata={data}", "--wait", "--silent", f"--log={place}/log"]
        _run([*control, "--options", options, "start"], place, user)
        try:
            yield f"postgresql://alerts:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "--mode=immediate", "stop"], place, user)


def _run(command: list[str | Path], folder: str, user: str | None) -> None:
    # Its output is a pipe that the server would hold open, so it goes nowhere; the server's log has what went wrong.
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=folder, user=user, check=True, stdout=quiet, stderr=quiet)
