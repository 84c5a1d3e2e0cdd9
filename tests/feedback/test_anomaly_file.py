"""What people say of anomalies: a CSV that is imported completely or rejected whole, and that grows by lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import EntryFileError
from pipelines.feedback import AnomalyFeedback, FeedbackFile

DAY = date(2026, 6, 17)


def file_of(folder: Path, text: str) -> FeedbackFile:
    path = folder / "feedback" / "anomalies.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return FeedbackFile(path)


def test_a_home_without_feedback_has_none(tmp_path: Path):
    assert FeedbackFile(tmp_path / "feedback" / "anomalies.csv").all() == []


def test_what_was_added_last_of_an_event_counts(tmp_path: Path):
    file = FeedbackFile(tmp_path / "feedback" / "anomalies.csv")
    nothing = file.digest()
    file.add(AnomalyFeedback("0a1b2c3d", "dismissed", 'a "loop",\nmended', DAY))
    file.add(AnomalyFeedback("ffffffff", "expected", None, DAY))
    once = file.digest()
    file.add(AnomalyFeedback("0a1b2c3d", "confirmed", None, DAY))
    assert file.all() == [
        AnomalyFeedback("0a1b2c3d", "confirmed", None, DAY),
        AnomalyFeedback("ffffffff", "expected", None, DAY),
    ]
    assert len({nothing, once, file.digest()}) == 3
    assert file.path.read_text(encoding="utf-8").count("0a1b2c3d") == 2


def test_a_file_written_by_hand_needs_an_id_and_a_verdict(tmp_path: Path):
    file = file_of(tmp_path, "\ufeffVerdict,event_id\r\nDismissed,0A1B2C3D\r\n\r\n")
    assert file.all() == [AnomalyFeedback("0a1b2c3d", "dismissed")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the first line must be event_id,verdict,note,noted_on"),
        ("event_id\n", "1:1: the first line must be event_id,verdict,note,noted_on, not event_id"),
        ("event_id,verdict\nspike,confirmed\n", "2:1: event_id: 'spike' is not an id"),
        ("event_id,verdict\n0a1b2c3d,fine\n", "2:1: verdict: 'fine' is not one of confirmed, dismissed, expected"),
        ("event_id,verdict,noted_on\n0a1b2c3d,expected,June\n", "2:1: noted_on: "),
        ("event_id,verdict\n0a1b2c3d\n", "2:1: the line has 1 cells, the header 2"),
        ('event_id,verdict\n"0a1b2c3d,expected\n', "a quote is opened and not closed"),
        ("event_id,verdict,note\n0a1b2c3d,expected," + "x" * 1001, "note: it is longer than 1,000 characters"),
    ],
)
def test_a_file_that_is_wrong_is_rejected_whole_and_stays_as_it_is(tmp_path: Path, text: str, problem: str):
    file = file_of(tmp_path, text)
    with pytest.raises(EntryFileError) as rejected:
        file.all()
    assert problem in str(rejected.value)
    assert file.digest(), "a build of a wrong file has a name too"
    with pytest.raises(EntryFileError):
        file.add(AnomalyFeedback("0a1b2c3d", "confirmed"))
    assert file.path.read_text(encoding="utf-8") == text
