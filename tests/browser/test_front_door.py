"""The Dagster UI in a real browser: the person gets in, and no page of anybody else reads, runs or writes anything."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.e2e.installation import install
from tests.e2e.serving import LAUNCH, LOCATION, Served, served

pytestmark = pytest.mark.browser

# Names of attackers lead to this computer, and the browser itself holds nothing back.
OPEN_HOUSE = [
    "--host-resolver-rules=MAP *.example 127.0.0.1",
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
]
# Everything that a page can try. Each attempt ends with what it got, or with why it got nothing.
ATTACK = """
async ({ target, socket, mutation }) => {
  const url = `${target}/graphql?query=${encodeURIComponent(mutation)}`;
  const body = JSON.stringify({ query: mutation });
  const soon = (promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 4000, "nothing"))]);
  const element = (name, attributes) => soon(new Promise((resolve) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.onload = () => resolve("loaded");
    made.onerror = () => resolve("refused");
    document.body.append(made);
  }));
  const ask = (address, options) => soon(
    fetch(address, { credentials: "include", ...options }).then((answer) => answer.text()).catch(() => "refused"));
  const post = (attributes, name, value) => {
    const frame = Object.assign(document.createElement("iframe"), { name: `frame-${Math.random()}` });
    const form = Object.assign(document.createElement("form"), { method: "POST", target: frame.name, ...attributes });
    form.append(Object.assign(document.createElement("input"), { name, value, type: "hidden" }));
    document.body.append(frame, form);
    return soon(new Promise((resolve) => { frame.onload = () => resolve("posted"); form.submit(); }));
  };
  const listen = () => soon(new Promise((resolve) => {
    const opened = new WebSocket(`${socket}/graphql`, "graphql-ws");
    opened.onerror = () => resolve("refused");
    opened.onmessage = (message) => resolve(message.data);
    opened.onopen = () => opened.send(JSON.stringify({ type: "connection_init" }));
  }));
  return {
    image: await element("img", { src: url }),
    script: await element("script", { src: `${target}/server_info` }),
    style: await element("link", { rel: "stylesheet", href: `${target}/server_info` }),
    read: await ask(`${target}/server_info`),
    get: await ask(url),
    opaque: await ask(url, { mode: "no-cors" }),
    simple: await ask(`${target}/graphql`, { method: "POST", mode: "no-cors", body }),
    json: await ask(`${target}/graphql`, { method: "POST", body, headers: { "Content-Type": "application/json" } }),
    query: await ask(url, { method: "POST", mode: "no-cors" }),
    form: await post({ action: url }, "a", "b"),
    text: await post({ action: `${target}/graphql`, enctype: "text/plain" }, `${body.slice(0, -1)}, "a": "`, '"}'),
    report: await post({ action: `${target}/report_asset_materialization/marts/fct_costs` }, "a", "b"),
    socket: await listen(),
  };
}
"""
NOT_SHOWN = "chrome-error://chromewebdata/"
NOTHING = {
    "image": "refused",
    "script": "refused",
    "style": "refused",
    "read": "refused",
    "get": "refused",
    "opaque": "",
    "simple": "",
    "json": "refused",
    "query": "",
    "form": "posted",
    "text": "posted",
    "report": "posted",
    "socket": "refused",
}
"""What each attempt gets from the wall: an answer that no page may read, or none."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(install(tmp_path_factory.mktemp("person"))) as running:
        yield running


@pytest.fixture(scope="module")
def open_house() -> Iterator[Browser]:
    names = (os.environ.get("CHROMIUM") or "chromium", "chromium-browser", "google-chrome")
    executable = next((found for found in map(shutil.which, names) if found), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS, *OPEN_HOUSE])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def person(open_house: Browser, server: Served) -> Iterator[BrowserContext]:
    """A browser that opened the printed address."""
    context = open_house.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/?token={server.token}")
    page.close()
    yield context
    context.close()


@pytest.fixture(scope="module")
def attacker() -> Iterator[int]:
    """The port of a web server with an empty page, under every name that leads to this computer."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>A page of anybody</title>")

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        yield other.server_port
        other.shutdown()
        thread.join()


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a data folder but what the machinery remembers of itself."""
    state = folder / "state"
    found = (path for path in folder.rglob("*") if path.is_file() and state not in path.parents)
    return {str(path): path.read_bytes() for path in found}


def frames_shown(page: Page) -> set[str]:
    """What the frames of a page show, once none is empty any more."""
    for _ in range(100):
        shown = {frame.url for frame in page.frames[1:]}
        if not shown & {"", "about:blank"}:
            break
        page.wait_for_timeout(100)
    return shown


def test_the_person_gets_in_sees_live_updates_and_starts_a_run(person: BrowserContext, server: Served):
    page = person.new_page()
    complaints: list[str] = []
    sockets: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("websocket", lambda opened: opened.on("framereceived", lambda frame: sockets.append(str(frame))))
    page.goto(f"{server.url}/?token={server.token}")
    page.wait_for_url(re.compile(f"^{server.url}/(?!\\?)"))
    assert "token" not in page.url
    expect(page.get_by_text("refresh_costs").first).to_be_visible(timeout=60_000)
    page.goto(f"{server.url}/locations/{LOCATION}/jobs/deliver_notifications/playground")
    page.get_by_role("button", name="Launch Run").click(timeout=60_000)
    expect(page.get_by_text("RUN_SUCCESS").first).to_be_visible(timeout=120_000)
    assert any("connection_ack" in frame for frame in sockets)
    assert any("RunSuccessEvent" in frame for frame in sockets), "it came by WebSocket"
    assert page.evaluate("document.cookie") == "", "no script can read the cookie"
    assert complaints == []
    assert len(server.runs()) == 1


@pytest.mark.parametrize("has_cookie", [True, False], ids=["let in", "stranger"])
@pytest.mark.parametrize("site", ["evil.example", "127.0.0.1"])
def test_a_page_of_anybody_else_reads_runs_and_writes_nothing(
    open_house: Browser, person: BrowserContext, server: Served, attacker: int, site: str, *, has_cookie: bool
):
    """The page of 127.0.0.1 is of the same site: a browser sends it with the cookie, whatever SameSite says."""
    runs, before = server.runs(), files(server.installation.data)
    context = person if has_cookie else open_house.new_context()
    page = context.new_page()
    page.goto(f"http://{site}:{attacker}/")
    tried = {"target": server.url, "socket": server.url.replace("http", "ws"), "mutation": LAUNCH}
    assert page.evaluate(ATTACK, tried) == NOTHING
    assert frames_shown(page) == {NOT_SHOWN}
    assert server.runs() == runs
    assert files(server.installation.data) == before
    page.close()


@pytest.mark.parametrize("path", ["/", "/runs", "/graphql", "/server_info"])
def test_a_frame_or_a_link_of_another_site_shows_nothing_but_the_way_in(
    person: BrowserContext, server: Served, attacker: int, path: str
):
    page = person.new_page()
    page.goto(f"http://evil.example:{attacker}/")
    page.set_content(f'<iframe src="{server.url}{path}"></iframe><a href="{server.url}{path}">costs</a>')
    assert frames_shown(page) == {NOT_SHOWN}
    page.get_by_role("link", name="costs").click()
    expect(page.locator("h1")).to_have_text("Another site led here or asked for this.")
    page.get_by_role("link", name="The Dagster UI of AI Cost Tracker").click()
    expect(page.get_by_text("refresh_costs").first).to_be_visible(timeout=60_000)
    page.close()


def test_a_name_that_was_rebound_to_this_computer_is_not_answered(
    person: BrowserContext, server: Served, attacker: int
):
    runs = server.runs()
    rebound = f"http://evil.example:{server.port}"
    page = person.new_page()
    for path in ("/", "/server_info", f"/graphql?query={LAUNCH}", f"/?token={server.token}"):
        answer = page.goto(rebound + path)
        assert answer is not None
        assert answer.status == 421
    # What a page of that name asks is of its origin, so the wall before it is the name alone.
    page.goto(f"http://evil.example:{attacker}/")
    tried = {"target": rebound, "socket": rebound.replace("http", "ws"), "mutation": LAUNCH}
    assert page.evaluate(ATTACK, tried) == NOTHING
    assert [cookie["name"] for cookie in person.cookies(rebound)] == []
    assert server.runs() == runs
    page.close()


def test_the_token_is_nowhere_but_in_its_file(person: BrowserContext, server: Served):
    token = server.token.encode()
    holding = [
        path.relative_to(server.installation.person).as_posix()
        for path in server.installation.person.rglob("*")
        if path.is_file() and token in path.read_bytes()
    ]
    assert holding == ["data/state/serve.token"]
    assert [cookie["name"] for cookie in person.cookies() if cookie["value"].encode() == token] == [
        f"ai-costs-{server.port}"
    ]
    arguments = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK)]
    assert not any(token in line for line in arguments)
