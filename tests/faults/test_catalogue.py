"""The catalogue of faults 1 to 39 is complete: each number has a test."""

from __future__ import annotations

import re
from pathlib import Path


def test_every_fault_has_a_test_by_its_number() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert {int(number) for number in re.findall(r"^def test_(\d\d)_", sources, flags=re.MULTILINE)} == set(
        range(1, 40)
    )
