"""`ai-costs serve` as a separate process, and asking it as the browser does that was let in."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from tests.e2e.installation import COMMAND, Installation

LOCATION, REPOSITORY = "pipelines.definitions", "__repository__"
LAUNCH = (
    f'mutation {{ launchRun(executionParams: {{selector: {{repositoryLocationName: "{LOCATION}", repositoryName: '
    f'"{REPOSITORY}", jobName: "deliver_notifications"}}, runConfigData: "{{}}"}}) {{ __typename }} }}'
)
RUNS = "{ runsOrError { ... on Runs { results { runId status jobName tags { key value } } } } }"
ADDRESS = re.compile(r"The Dagster UI is at (http://127\.0\.0\.1:(\d+))/; ")


@dataclass(frozen=True)
class Served:
    """A running server of an installation."""

    process: subprocess.Popen[str]
    installation: Installation
    url: str
    port: int

    @property
    def token(self) -> str:
        return (self.installation.data / "state/serve.token").read_text()

    def post(self, query: str) -> Any:
        """What GraphQL answers to the person."""
        headers = {"Content-Type": "application/json", "Cookie": f"ai-costs-{self.port}={self.token}"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("POST", "/graphql", json.dumps({"query": query}), headers)
            answer = connection.getresponse()
            content = answer.read()
        assert answer.status == 200, content
        return json.loads(content)["data"]

    def runs(self) -> list[str]:
        """The ids of all runs but those that the clock asked for."""
        results = self.post(RUNS)["runsOrError"]["results"]
        return [run["runId"] for run in results if all(tag["key"] != "dagster/schedule_name" for tag in run["tags"])]


@contextmanager
def served(installation: Installation, *options: str, in_background: bool = False) -> Iterator[Served]:
    """Serve on a free port until the block ends; `in_background` as a script does with `&`, which ignores SIGINT."""
    before = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"] if in_background else []
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(installation.person),
        "AI_COSTS_HOME": str(installation.data),
        "AI_COSTS_HOST": "laptop",
    }
    command = [*before, str(COMMAND), "serve", "--port", "0", *options]
    errors = (installation.person / "serve.log").open("a")
    with (
        errors,
        subprocess.Popen(
            command, cwd=installation.person, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = ADDRESS.match(line)
            assert address, line + (installation.person / "serve.log").read_text()
            yield Served(process, installation, address[1], int(address[2]))
        finally:
            process.terminate()
