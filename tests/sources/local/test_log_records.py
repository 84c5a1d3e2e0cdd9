"""Reading what a log file is made of, whatever it is really made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sources.local.framework.log_records import LONGEST_LINE, document, rows
from pipelines.sources.local.framework.replies import MAX_REASONS, ParsedLog
from tests.sources.local.agent_logs import write_rows


def test_a_document_that_would_fill_the_memory_is_not_parsed(tmp_path: Path):
    path = tmp_path / "a.json"
    with path.open("wb") as handle:
        handle.truncate(LONGEST_LINE + 1)
    reading = ParsedLog()
    assert document(path, "a.json", reading) is None
    assert (reading.lines, reading.reasons) == (1, ["a.json:1: the file is larger than 64 MiB"])


def test_a_document_with_half_an_emoji_or_a_stray_byte_is_read(tmp_path: Path):
    for content in (b'{"text": "\\ud83d", "n": 1}', b'{"text": "\xff", "n": 1}'):
        (tmp_path / "a.json").write_bytes(content)
        reading = ParsedLog()
        assert document(tmp_path / "a.json", "a.json", reading)["n"] == 1
        assert reading.broken == 0


def test_a_stray_byte_in_one_row_does_not_cost_the_others(tmp_path: Path):
    path = write_rows(tmp_path / "a.db", "t", [{"id": "1", "said": "caf?"}, {"id": "2", "said": "tea"}])
    path.write_bytes(path.read_bytes().replace(b"caf?", b"caf\xe9"))
    found = [(where, row["said"]) for where, row in rows(path, "a.db", ParsedLog(), "SELECT said FROM t ORDER BY id")]
    assert found == [("a.db:1", "caf\ufffd"), ("a.db:2", "tea")]


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path):
    with pytest.raises(OSError, match="No such file or directory"):
        list(rows(tmp_path / "absent.db", "absent.db", ParsedLog(), "SELECT 1 FROM t"))


def test_of_a_files_broken_lines_all_are_counted_and_the_first_are_told():
    reading = ParsedLog()
    for number in range(MAX_REASONS + 3):
        reading.reject(f"a:{number}", "why")
    assert (reading.broken, len(reading.reasons), reading.reasons[0]) == (MAX_REASONS + 3, MAX_REASONS, "a:0: why")
