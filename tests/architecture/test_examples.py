"""Code in texts, which no type checker reads, imports what is there: the examples of `docs/development`, which
`tests/e2e/test_contributing.py` runs whole, and the programs that benchmarks start.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "development").glob("*.md"))
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))
PYTHON = re.compile(r"^```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_an_example_imports_is_there(page: Path) -> None:
    missing = []
    for example in PYTHON.findall(page.read_text(encoding="utf-8")):
        for node in ast.walk(ast.parse(example)):
            if isinstance(node, ast.ImportFrom) and node.module != "__future__":
                missing += [f"{node.module}.{name.name}" for name in node.names if not found(node.module, name.name)]
    assert missing == []


def test_what_the_programs_of_benchmarks_import_is_there() -> None:
    imports = [
        (module, name)
        for path in BENCHMARKS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for module, names in re.findall(r"^from (pipelines[.\w]*) import (.+)$", node.value, flags=re.MULTILINE)
        for name in names.split(", ")
        if name.isidentifier()
    ]
    assert ("pipelines.app.opening", "open_home") in imports
    assert [f"{module}.{name}" for module, name in imports if not found(module, name)] == []


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
