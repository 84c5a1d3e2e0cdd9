"""An installation as a person has one: a separate home folder, and the command line as separate processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sources.local.session_logs import reply, usage, write_log

COMMAND = Path(sys.executable).with_name("ai-costs")
ENTRIES = """\
date,provider,account,amount,currency,category,note
2026-03-02,groq,default,12.40,USD,usage,invoice 7
2026-03-03,cursor,team,40.00,EUR,seat,
"""


@dataclass(frozen=True)
class Installation:
    """A person's home folder, with the data folder below it."""

    person: Path

    @property
    def data(self) -> Path:
        return self.person / "data"

    def ai_costs(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `ai-costs` here, with nothing in the environment but what a new user has."""
        return self.execute(COMMAND, *arguments, **variables)

    def execute(self, *command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run any command here, with that environment."""
        environment = self._environment | variables
        return subprocess.run(command, cwd=self.person, env=environment, capture_output=True, text=True, check=False)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin `ai-costs` here, as `ai_costs` runs it."""
        pipe = subprocess.PIPE
        command = [COMMAND, *arguments]
        return subprocess.Popen(command, cwd=self.person, env=self._environment, stdout=pipe, stderr=pipe, text=True)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.person),
            "AI_COSTS_HOME": str(self.data),
            "AI_COSTS_HOST": "laptop",
            "COLUMNS": "200",
        }

    def json(self, *arguments: str) -> Any:
        """What a command prints with --json, which must end well."""
        done = self.ai_costs(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def copy(self, target: Path) -> Installation:
        """The same installation elsewhere, for a test that harms it."""
        shutil.copytree(self.person, target, symlinks=True)
        return Installation(target)


def install(person: Path) -> Installation:
    """A new user with two days of agent logs and one file of entries."""
    installation = Installation(person)
    write_log(
        person / ".claude" / "projects" / "-work-rocket" / "session-a.jsonl",
        reply("msg_1", "req_1", timestamp="2026-03-01T10:00:00.000Z", usage=usage(output_tokens=1_000_000)),
        reply("msg_2", "req_2", timestamp="2026-03-02T10:00:00.000Z", usage=usage(output_tokens=2_000_000)),
    )
    manual = installation.data / "manual"
    manual.mkdir(parents=True)
    (manual / "bills.csv").write_text(ENTRIES)
    return installation
