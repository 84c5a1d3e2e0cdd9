"""What counts as a finding of the audit: the rule is tried here, the tools themselves by `make audit`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import audit


@pytest.mark.parametrize(
    ("line", "rule", "excused"),
    [
        ('run("x")  # noqa: S603 - a command of our own', "603", True),
        ('run("x")  # noqa: FBT003, S603 - a command of our own', "603", True),
        ('run("x")  # noqa: S603', "603", False),
        ('run("x")  # noqa: S603 - a command of our own', "608", False),
        ('run("x")  # noqa: S60 - a command of our own', "603", False),
        ('run("x")', "603", False),
    ],
)
def test_a_finding_is_excused_by_a_reason_for_its_own_rule(
    line: str,
    rule: str,
    excused: bool,  # noqa: FBT001 - a table's cell
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    (tmp_path / "module.py").write_text(f"first\n{line}\nlast\n")
    assert audit.has_reason("module.py", [2], rule) is excused
    assert audit.has_reason("module.py", [1], rule) is False
    assert audit.has_reason("module.py", [1, 2, 3], rule) is excused


def nothing() -> Iterator[str]:
    yield from ()


def something() -> Iterator[str]:
    yield "module.py:1: it is unsafe"


def unreachable() -> Iterator[str]:
    raise audit.NotRunError("its database cannot be reached from here")
    yield


@pytest.mark.parametrize(
    ("audits", "code", "printed"),
    [
        ({"code": nothing}, 0, "· code: no findings\n"),
        ({"code": something}, 1, "· code: 1 findings\n  module.py:1: it is unsafe\n"),
        (
            {"dependencies": unreachable, "code": nothing},
            1,
            "! dependencies: NOT CHECKED, its database cannot be reached from here\n· code: no findings\n",
        ),
    ],
    ids=["well", "a finding", "not checked"],
)
def test_what_has_a_finding_or_could_not_be_checked_has_not_passed(
    audits: dict[str, object],
    code: int,
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(audit, "AUDITS", audits)
    monkeypatch.delenv("CI", raising=False)
    assert audit.main() == code
    assert capsys.readouterr().out == printed


def test_what_looks_like_a_secret_is_listed_where_it_is() -> None:
    """A file that was moved keeps no entry under its old name; `detect-secrets scan --baseline` writes it again."""
    listed = json.loads((audit.ROOT / audit.BASELINE).read_text(encoding="utf-8"))["results"]
    assert [file for file in listed if not (audit.ROOT / file).is_file()] == []
