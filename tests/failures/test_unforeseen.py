"""The file of an error that nobody foresaw: what it holds, what it never holds, and where it goes."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import UnforeseenError
from pipelines.failures.unforeseen import MAX_FILES, redacted, unforeseen
from tests.failures.lower import SECRET

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def broken(text: str) -> Exception:
    """An error with a traceback and a cause."""
    try:
        try:
            {}[text]
        except KeyError as cause:
            raise ValueError(f"no rate of {text} with 'a prompt of somebody'") from cause
    except ValueError as error:
        return error


def test_the_sentence_names_the_error_the_place_and_the_file(tmp_path: Path):
    failure = unforeseen(broken("EUR"), tmp_path / "failures", {}, NOW)
    (file,) = (tmp_path / "failures").iterdir()
    assert isinstance(failure, UnforeseenError)
    assert str(failure).startswith("an unexpected error occurred (ValueError in test_unforeseen.py:")
    assert str(failure).endswith(f"Details are in {file}, without secrets or figures: please report it with that file")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_text()
    assert content.splitlines()[0].startswith("ai-costs 0.1.0, Python 3.")
    assert content.index("builtins.KeyError: '…'") < content.index("builtins.ValueError: no rate of EUR with '…'")
    assert "prompt" not in content.replace("'a prompt of somebody'\")", "")


def test_no_value_of_the_environment_is_written(tmp_path: Path):
    variables = {"OPENAI_ADMIN_KEY": SECRET, "LONGER": f"{SECRET}-and-more", "SHORT": "EUR", "URL": "a b/c?d=e"}
    unforeseen(broken(f"{SECRET}-and-more {SECRET} a%20b%2Fc%3Fd%3De"), tmp_path, variables, NOW)
    (file,) = tmp_path.iterdir()
    assert SECRET not in file.read_text()
    assert "no rate of ***LONGER*** ***OPENAI_ADMIN_KEY*** ***URL***" in file.read_text()
    assert redacted("in EUR", variables) == "in EUR"


def test_a_home_that_cannot_be_written_leaves_it_among_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "home").write_text("a file")
    failure = unforeseen(broken("x"), tmp_path / "home" / "failures", {}, NOW)
    (file,) = (tmp_path / "ai-costs-errors").iterdir()
    assert str(file) in str(failure)


def test_where_nothing_can_be_written_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    failure = unforeseen(broken("x"), tmp_path / "file" / "failures", {}, NOW)
    assert str(failure).endswith("Details could not be written to a file: please report this message")


def test_the_newest_are_kept(tmp_path: Path):
    for hour in range(MAX_FILES + 3):
        unforeseen(broken("x"), tmp_path, {}, datetime(2026, 11, 1 + hour, tzinfo=UTC))
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert len(kept) == MAX_FILES
    assert kept[0].startswith("error-20261104T")
