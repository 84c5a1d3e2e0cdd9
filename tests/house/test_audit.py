"""What counts as a finding of the audit: the rule is tried here, the tools themselves by `make audit`."""

from __future__ import annotations

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
