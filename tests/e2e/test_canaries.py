"""Secrets and working paths stay where a person put them: nothing the product writes has one, at debug level too."""

from __future__ import annotations

import base64
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow.parquet as pq

from tests.e2e.installation import Installation
from tests.sources.local.session_logs import reply, usage, write_log

SECRETS = {
    "OPENAI_ADMIN_KEY": "sk-admin-canary+0a/1b=",
    "ANTHROPIC_ADMIN_KEY": "sk-ant-admin01-canary-2c3d",
    "OPENROUTER_KEY": "sk-or-v1-canary-4e5f",
    "CURSOR_KEY": "crsr_canary_6a7b",
    "MAIL_PASSWORD": "canary-mail-8c9d",
    "HOOK_PATH": "canary-hook-0e1f",
    "HOOK_HEADER": "canary-header-2a3b",
    "BOT_TOKEN": "123456789:canary-bot-token-4c5d6e7f8a9b0c1d2e",
}
FOLDER = "canaryfolder"
ANSWERS = {"openai": 401, "anthropic": 403, "openrouter": 302, "cursor": 404}
"""How each provider fails; every body repeats what it was asked with, as careless servers do."""


class Careless(BaseHTTPRequestHandler):
    """A server that answers wrongly, and repeats every header, its path included."""

    def answer(self) -> None:
        body = f"not {self.path} with {self.headers}".encode()
        status = next((code for name, code in ANSWERS.items() if name in self.path), 500)
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/elsewhere?key=" + quote(str(self.headers.get("authorization"))))
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@contextmanager
def careless_server() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def configure(person: Installation, port: int) -> None:
    """Accounts whose keys are refused, channels that fail, a budget that is used up, and logs at debug level."""
    accounts = "".join(
        f'  - {{name: {name}-main, provider: {name}, key: {variable}, base_url: "http://127.0.0.1:{port}/{name}"}}\n'
        for name, variable in zip(ANSWERS, SECRETS, strict=False)
    )
    channels = "".join(
        f"  - {{name: {name.lower()}, url: {name}, private_network: true}}\n"
        for name in ("MAIL_URL", "HOOK_URL", "BOT_URL")
    )
    (person.data / "ai-costs.yaml").write_text(
        f"accounts:\n{accounts}channels:\n{channels}"
        "budgets:\n  - {name: all, amount: 1, currency: USD, scope: {provider: perplexity}}\n"
    )
    urls = {
        "MAIL_URL": f"mailto://someone:{SECRETS['MAIL_PASSWORD']}@127.0.0.1:1?to=finance@northwind.example&mode=insecure",
        "HOOK_URL": f"json://127.0.0.1:{port}/{SECRETS['HOOK_PATH']}?+X-Token={SECRETS['HOOK_HEADER']}",
        "BOT_URL": f"tgram://{SECRETS['BOT_TOKEN']}/4711",
    }
    variables = {**{name: SECRETS[name] for name in list(SECRETS)[: len(ANSWERS)]}, **urls}
    (person.data / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in variables.items()))
    with (person.data / "state" / "dagster" / "dagster.yaml").open("a") as settings:
        settings.write("\npython_logs:\n  python_log_level: DEBUG\n  managed_python_loggers: [root]\n")
    write_log(
        person.person / ".claude" / "projects" / f"-home-{FOLDER}-{FOLDER}-atlas" / "session-c.jsonl",
        {**reply("msg_4", "req_4", usage=usage(output_tokens=7)), "cwd": f"/home/{FOLDER}/{FOLDER}/atlas"},
    )


def spellings(secret: str) -> set[bytes]:
    """A secret as it stands, in a URL, and in the Base64 of a header with a user before it, at each offset."""
    encoded = {base64.b64encode(b"x" * offset + secret.encode())[4:-4] for offset in range(3)}
    return {secret.encode(), quote(secret, safe="").encode(), *encoded}


def texts(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what it holds where they are compressed."""
    yield path.read_bytes()
    if path.suffix == ".parquet":
        yield str(pq.read_table(path).to_pylist()).encode()
    elif path.suffix == ".duckdb":
        with closing(duckdb.connect(path, read_only=True)) as connection:
            for schema, name in connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall():
                yield str(connection.table(f'"{schema}"."{name}"').fetchall()).encode()
    elif path.suffix in {".db", ".sqlite"}:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            yield "\n".join(database.iterdump()).encode()


def test_no_secret_and_no_working_path_is_written_or_shown_at_debug_level(started: Installation, tmp_path: Path):
    person = started.copy(tmp_path / "person")
    today = datetime.now(UTC).date()
    assert person.ai_costs("add", "perplexity", "9.00", "--date", str(today)).returncode == 0
    with careless_server() as port:
        configure(person, port)
        shown = [person.ai_costs(*command) for command in (["run"], ["doctor"], ["alerts", "send"], ["alerts", "list"])]
    run, doctor, _, listed = shown  # whether something is due again by then depends on how fast this computer is
    assert [done.returncode for done in (run, doctor, listed)] == [3, 3, 0], [
        (done.returncode, done.stdout, done.stderr) for done in shown
    ]
    printed = "\n".join(done.stdout + done.stderr for done in shown)
    assert all(name in printed for name in ANSWERS)  # each account was asked, and its failure shown
    written = [path for path in person.data.rglob("*") if path.is_file() and path.name != ".env"]
    events = b"".join(text for path in written if path.suffix == ".db" for text in texts(path))
    assert b"Attempting to acquire lock" in events  # what the libraries say at debug level is among what is searched
    found = [
        f"{place}: {name}"
        for place, text in [
            ("printed", printed.encode()),
            *((str(path.relative_to(person.data)), text) for path in written for text in texts(path)),
        ]
        for name, secret in {**SECRETS, "FOLDER": f"{FOLDER}/{FOLDER}", "PROJECT": f"-home-{FOLDER}"}.items()
        if any(spelling in text for spelling in spellings(secret))
    ]
    assert found == []
