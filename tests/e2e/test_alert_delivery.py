"""A run says which alerts did not arrive, ends with 3 for it, and the next one catches up with all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.installation import Installation
from tests.notifications.receivers import PASSWORD, Answer, mail_server, web_server

SETTINGS = """
budgets:
  - {name: chat, amount: 8, currency: USD, scope: {provider: perplexity}}
channels:
  - {name: chat, url: CHAT_URL, private_network: true}
  - {name: finance, url: FINANCE_URL}
delivery: {heartbeat: HEARTBEAT_URL}
alerts:
  rules:
    - {rule: new_spender, enabled: false}
"""


@pytest.fixture
def person(started: Installation, tmp_path: Path) -> Installation:
    return started.copy(tmp_path / "person")


def test_a_run_reports_what_did_not_arrive_and_a_later_one_delivers_it_once(person: Installation):
    day = datetime.now(UTC).date().replace(day=1)
    assert person.ai_costs("add", "perplexity", "7.60", "--date", str(day)).returncode == 0
    (person.person / "ai-costs.yaml").write_text(SETTINGS)
    with mail_server() as inbox, web_server() as hook, web_server() as heart:
        urls = {
            "CHAT_URL": hook.url,
            "FINANCE_URL": inbox.url_for("anna", "gone"),
            "HEARTBEAT_URL": f"http://127.0.0.1:{heart.port}/{PASSWORD}",
        }
        hook.answers = [Answer(500)]
        inbox.answers_of = {"gone": ["550 no such mailbox"] * 9}
        first = person.ai_costs("run", **urls)
        assert first.returncode == 3, first.stderr
        said = first.stderr.replace("\n", " ")
        refused = "finance (gone@northwind.example): the mail server refused the recipient or the message (550)"
        assert "chat: the server failed (500)" in said
        assert f"{refused}; it is not tried again" in said
        assert [len(inbox.received(name)) for name in ("anna", "gone")] == [1, 0]
        assert heart.bodies == [{"followed": f"/{PASSWORD}"}], "the figures were made all the same"
        second = person.ai_costs("run", **urls)
        assert second.returncode == 0, "what failed before is not due yet"
        assert len(inbox.mails) == 1
        titles = [body["title"].partition(":")[0] for body in hook.bodies]
    assert titles == ["chat", "Alerts do not reach finance (gone@northwind.example)"]
    for output in (first.stdout, first.stderr, second.stdout, second.stderr):
        assert PASSWORD not in output
