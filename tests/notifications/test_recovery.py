"""An outbox that was damaged is set aside, what can be read of it is taken over, and what was sent stays sent."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from notifications.alerts import Alert, Severity
from pipelines.app.delivery import opened_outbox
from pipelines.app.home import Home
from pipelines.errors import HomeError
from pipelines.state import files_set_aside
from tests.home.homes import NOW, home_at

COUNT = 60
PAGE = 4096


def alert(number: int) -> Alert:
    return Alert(
        rule="budget_threshold",
        dedup_key=f"budget-{number}",
        severity=Severity.WARNING,
        subject=f"Budget {number}",
        body_text="text" * 300,
        body_html="<p>text</p>" * 50,
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with 200 alerts, each sent to one channel, the last one waiting."""
    home = home_at(tmp_path)
    with opened_outbox(home) as outbox:
        outbox.enqueue([alert(number) for number in range(COUNT)], ["mail"], NOW)
        for number in range(COUNT):
            message = outbox.claim("mail", NOW)
            assert message is not None
            if number < COUNT - 1:
                outbox.mark_sent(message, NOW)
    return home


def states(home: Home) -> dict[str, int]:
    with opened_outbox(home) as outbox:
        found = [listed.state for listed in outbox.list_alerts(1000)]
    return {state: found.count(state) for state in sorted(set(found))}


def test_nothing_is_set_aside_of_a_sound_outbox(home: Home, notices: list[str]):
    assert states(home) == {"sending": 1, "sent": COUNT - 1}
    assert notices == []


def test_what_lies_on_both_sides_of_a_damaged_page_is_taken_over(home: Home, notices: list[str]):
    path = home.settings.paths.outbox
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma wal_checkpoint(truncate)").fetchall() == [(0, 0, 0)]
    content = bytearray(path.read_bytes())
    page = content.index(b"Budget 30") // PAGE * PAGE
    content[page : page + PAGE] = bytes(PAGE)
    path.write_bytes(content)
    found = states(home)
    assert COUNT // 2 < sum(found.values()) < COUNT
    assert found["sent"] > COUNT // 2
    with opened_outbox(home) as outbox:
        subjects = {listed.subject for listed in outbox.list_alerts(1000)}
        assert {"Budget 0", f"Budget {COUNT - 1}"} <= subjects
        new = outbox.enqueue([alert(number) for number in range(COUNT)], ["mail"], NOW)
    assert len(new) == COUNT - len(subjects), "what was taken over is not alerted again"
    (aside,) = [aside for aside in files_set_aside(path.parent) if aside.original == path]
    assert notices[0].startswith(f"{path} is damaged (")
    assert notices[0].endswith(
        f"set aside as {aside.path.name}. Its readable alerts were recovered; others may be sent a second time."
    )
    assert notices[1:] == [f"{len(subjects)} alerts taken over from {aside.path.name}"]


def test_where_nothing_can_be_read_the_outbox_begins_anew(home: Home, notices: list[str]):
    path, content = home.settings.paths.outbox, b"not a database" * 1000
    path.write_bytes(content)
    assert states(home) == {}
    assert notices[1].startswith("0 alerts taken over from ")
    assert next(files_set_aside(path.parent)).path.read_bytes() == content


def test_an_empty_outbox_a_missing_one_and_a_folder_in_its_place_begin_anew(home: Home):
    path = home.settings.paths.outbox
    for content in (b"", b"x"):  # SQLite takes both for a database without tables
        path.write_bytes(content)
        assert states(home) == {}
    path.unlink()
    assert states(home) == {}
    path.unlink()
    path.mkdir()
    assert states(home) == {}


def test_an_outbox_of_another_version_is_taken_over_whole(home: Home, notices: list[str]):
    path = home.settings.paths.outbox
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("alter table alerts drop column severity")
        connection.execute("alter table deliveries add column region text not null default 'eu'")
    assert states(home) == {"sending": 1, "sent": COUNT - 1}
    assert "is of another version (its alerts differ in severity)" in notices[0]
    assert notices[1].startswith(f"{COUNT} alerts taken over from ")


def test_a_file_that_cannot_be_opened_is_not_called_damaged(home: Home):
    path = home.settings.paths.outbox
    path.unlink()
    # A link to itself cannot be opened by anybody, root included.
    path.symlink_to(path)
    with pytest.raises(HomeError) as refused, opened_outbox(home) as outbox:
        outbox.list_alerts()
    assert str(refused.value) == (
        f"{path} cannot be used (unable to open database file): check that there is free space, that this user may "
        f"write "
        "there, and let another process that has it finish"
    )
