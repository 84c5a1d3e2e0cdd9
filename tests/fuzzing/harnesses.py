"""What is fuzzed: one harness for each family of parsers, with the inputs that it begins with.

A harness takes any bytes and gives the number of records that they state, 0 where they are refused: it knows the errors
that its parsers may raise, and whatever else comes out is a defect. What a parser takes must fit into landing. Belongs
here: harnesses. Does not: the fuzzer.
"""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.config.starter import example_config
from pipelines.config.yaml_file import read_configuration
from pipelines.domain.records import to_table
from pipelines.errors import ConfigError, EntryFileError, SourceError
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.client import ApiClient, Limits
from pipelines.sources.api.framework.shape import Answers
from pipelines.sources.api.framework.source import ApiAccount, Session
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.preview import preview
from pipelines.sources.imports.framework.reading import read_file
from pipelines.sources.imports.framework.rules import ImportRules
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework import landed
from pipelines.sources.manual.csv_entries import parse_entries
from tests.sources.api.specimen import NOW, WINDOW, specimen_of
from tests.sources.imports.specimens import SPECIMENS as EXPORTS
from tests.sources.local.specimens import SPECIMENS as LOGS

LOGGED_UNTIL = datetime(2027, 1, 1, tzinfo=UTC)
DOCS = Path(__file__).resolve().parents[2] / "docs"
MOST_ASKED = 200
"""Requests of one input: its answers have ended long before."""

AGENTS = local_agents()
LOG_OF = {specimen.agent: specimen for specimen in LOGS}
SOURCES = api_sources()
NO_RULES = ImportRules()


@dataclass(frozen=True)
class Harness:
    """One family of parsers: `take` is given an input, and `seeds` are inputs of every kind it knows."""

    name: str
    take: Callable[[bytes], int]
    seeds: Callable[[], Iterator[bytes]]


def take_agent_log(content: bytes) -> int:
    """A log of the agent whose number the first byte is."""
    if not content:
        return 0
    agent = AGENTS[content[0] % len(AGENTS)]
    log = LOG_OF[agent.name].log.format(tag="a")
    with _file(Path(log).name, content[1:]) as path:
        try:
            reading = agent.read(path, log, LOGGED_UNTIL)
        except OSError:
            if path.suffix != ".db":  # a damaged database is reported as a file that cannot be read
                raise
            return 0
    merged = agent.merge(reading.replies.values())
    return landed.table_of_replies(agent, list(merged.values()), "laptop").num_rows


def agent_logs() -> Iterator[bytes]:
    for number, agent in enumerate(AGENTS):
        with tempfile.TemporaryDirectory() as folder:
            yield bytes([number]) + LOG_OF[agent.name].write(Path(folder), "a", 2).read_bytes()


def take_manual_csv(content: bytes) -> int:
    """A file of manual entries."""
    try:
        records = parse_entries(content, "fuzzed.csv", NOW.date())
    except EntryFileError:
        return 0
    return to_table(records).num_rows


def manual_csvs() -> Iterator[bytes]:
    yield _first_block("sources.md", "csv")
    yield (
        b"\xef\xbb\xbfProvider;Account;Period Start;Period End;Amount;Currency;Category;Tokens;Requests;Entry ID\r\n"
        b'groq;"la""bs";2026-04-01;2026-04-30;"1.234,50";EUR;usage;1200;3;a-1\r\n'
        b"cohere;default;2026-04-01;2026-04-30;-3,00;EUR;credit;;;a-2\r\n"
    )
    yield b"provider\taccount\tdate\tamount\tcurrency\ngroq\tdefault\t4/5/26\t1.234\tEURO\n"


def take_import_file(content: bytes) -> int:
    """A file of the inbox, and what `import --preview` says of it."""
    with _file("fuzzed.csv", content) as path:
        try:
            preview(path, NO_RULES)
            reading = read_file(path, import_formats(), NO_RULES)
        except EntryFileError:
            return 0
    return sum(to_table(statement.folded.records()).num_rows for statement in reading.statements.values())


def import_files() -> Iterator[bytes]:
    for specimen in EXPORTS:
        yield specimen.content.encode()
    bill = next(specimen.content for specimen in EXPORTS if specimen.format == "focus").encode()
    yield gzip.compress(bill, mtime=0)
    archive, parquet = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(zipfile.ZipInfo("bill.csv"), bill, zipfile.ZIP_DEFLATED)
    yield archive.getvalue()
    names, *rows = list(csv.reader(io.StringIO(bill.decode())))
    pq.write_table(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))), parquet)
    yield parquet.getvalue()
    yield "Datum;Modell;Tokens;Kosten (EUR)\r\n2026-10-01;quill;12;1,50\r\n".encode("utf-8-sig")


def take_api_answers(content: bytes) -> int:
    """The answers of the provider whose number the first byte is, one on each line."""
    if not content:
        return 0
    source = SOURCES[content[0] % len(SOURCES)]
    account = ApiAccount("acme", source.provider, "canary-9f3b2c71d05e", organization="acme")
    client = answered_client()
    client.give(content[1:].split(b"\n"), source.answers)
    try:
        answer = source.fetch(Session(source, account, client, NOW, set()), WINDOW)
        landed = {record.record_key: record for record in answer.records}
    except SourceError:
        return 0
    return to_table(landed.values()).num_rows


def api_answers() -> Iterator[bytes]:
    for number, source in enumerate(SOURCES):
        yield bytes([number]) + "\n".join(specimen_of(source.name).answers).encode()


def take_configuration(content: bytes) -> int:
    """An ai-costs.yaml."""
    with _file("ai-costs.yaml", content) as path:
        try:
            configuration = read_configuration(path)
        except ConfigError:
            return 0
    configuration.model_dump_json()
    return 1


def configurations() -> Iterator[bytes]:
    yield _first_block("configuration.md", "yaml")
    yield example_config().encode()
    yield b"budgets:\n  - name: all\n    monthly: 1_0.5e2\n    alert_at: [70, 9]\n    from: 2026-02-30\n"


HARNESSES = {
    harness.name: harness
    for harness in (
        Harness("agent_logs", take_agent_log, agent_logs),
        Harness("manual_csv", take_manual_csv, manual_csvs),
        Harness("import_files", take_import_file, import_files),
        Harness("api_answers", take_api_answers, api_answers),
        Harness("configuration", take_configuration, configurations),
    )
}


class Answered(ApiClient):
    """A client whose network is the input: each request gets the next answer, the last one again and again."""

    def __init__(self) -> None:
        key, limits = "canary-9f3b2c71d05e", Limits(attempts=1, source_seconds=float("inf"))
        super().__init__("http://127.0.0.1", {}, secret=key, key_advice="", unknown=set(), limits=limits, answers={})
        self._given: list[bytes] = []

    def give(self, given: list[bytes], answers: Answers) -> None:
        """Answer with `given`; `answers` reports what each must have."""
        self._given, self._answers, self.requests = given, answers, 0
        self._unknown.clear()
        self.lacking.clear()

    def _exchange(self, *_: Any) -> tuple[int, httpx2.Headers, bytes]:
        self.requests += 1
        if self.requests > MOST_ASKED:
            raise SourceError("the input leads nowhere")
        return 200, httpx2.Headers(), self._given.pop(0) if len(self._given) > 1 else self._given[0]


@cache
def answered_client() -> Answered:
    """One for all inputs: to make one reads every certificate there is."""
    return Answered()


@contextmanager
def _file(name: str, content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def _first_block(page: str, language: str) -> bytes:
    return (DOCS / page).read_text(encoding="utf-8").partition(f"```{language}\n")[2].partition("```")[0].encode()
