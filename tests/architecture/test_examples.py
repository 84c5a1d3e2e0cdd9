"""The examples of `docs/development` name what is there; `tests/e2e/test_contributing.py` runs them whole."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "development").glob("*.md"))
PYTHON = re.compile(r"^```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_an_example_imports_is_there(page: Path) -> None:
    missing = []
    for example in PYTHON.findall(page.read_text(encoding="utf-8")):
        for node in ast.walk(ast.parse(example)):
            if isinstance(node, ast.ImportFrom) and node.module != "__future__":
                missing += [f"{node.module}.{name.name}" for name in node.names if not found(node.module, name.name)]
    assert missing == []


def found(module: str | None, name: str) -> bool:
    """Whether `from module import name` works."""
    try:
        return hasattr(importlib.import_module(str(module)), name) or bool(importlib.import_module(f"{module}.{name}"))
    except ImportError:
        return False


def test_what_is_not_there_is_found_out() -> None:
    assert found("pipelines.sources.api.framework.shape", "Shape")
    assert found("pipelines.presentation", "formats")
    assert not found("pipelines.sources.api.framework.shape", "Shapes")
    assert not found("dashboards", "formats")
