"""How files look: a charter on top, a name that says what is inside, a length that is read in one sitting."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipelines", "notifications", "dashboards")
ROOMS = (*PACKAGES, "dbt_project", "tests", "benchmarks")
MADE_BY_OTHERS = {"node_modules", "vendor", "target", "logs", "dbt_packages", "__pycache__"}

SCRIPTS = (".js", ".mjs", ".ts")
LONGEST, LONGEST_FUNCTION = 400, 40
MART = "dbt_project/models/marts/a.sql"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def files(*endings: str) -> list[str]:
    """Files of the project's hand with one of `endings`, as paths below its root."""
    found = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*")) if path.suffix in endings)
    inside = (path.relative_to(ROOT) for path in found)
    return [path.as_posix() for path in inside if not MADE_BY_OTHERS & set(path.parts)]


def charter(path: str, source: str) -> str | None:
    if not path.startswith(PACKAGES) or (ast.get_docstring(ast.parse(source)) or "").strip():
        return None
    return f"{path}:1: no module docstring: open with what belongs here, and what does not"


def opening(path: str, source: str) -> str | None:
    if source.startswith("// "):
        return None
    return f"{path}:1: no comment on top: open with what belongs here"


def name(path: str, _source: str) -> str | None:
    stems = {Path(path).stem.strip("_"), *Path(path).parent.parts}
    if not stems & NAMELESS:
        return None
    return f"{path}: a name that says nothing: call it after what is inside, or move that to the room that uses it"


def length(path: str, source: str) -> str | None:
    count = len(source.splitlines())
    if count <= LONGEST:
        return None
    return f"{path}: {count} lines, {LONGEST} at most: split it where a second subject begins"


def functions(path: str, source: str) -> str | None:
    """The lines of a function, without its signature, its docstring and the functions inside it."""
    if not path.startswith((*PACKAGES, "benchmarks")):
        return None
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FUNCTION) and (count := _lines(node)) > LONGEST_FUNCTION:
            return f"{path}:{node.lineno}: {node.name} has {count} lines, {LONGEST_FUNCTION} at most: name a part of it"
    return None


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[ast.get_docstring(function) is not None :]
    if not body:
        return 0
    inside = [node for part in body for node in ast.walk(part) if isinstance(node, FUNCTION)]
    return _end(body[-1]) - body[0].lineno + 1 - sum(_lines(node) for node in inside)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def columns(path: str, source: str) -> str | None:
    """What leaves a mart is named: its last CTE and its last select hold no star, bar the one that ends the file."""
    if not re.search(r"/models/(marts|reports)/", path):
        return None
    lines = [line.partition("--")[0].strip() for line in source.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    starts = [number for number, line in enumerate(lines) if re.search(r"\w+ as \($", line)]
    for number in range(starts[-1] if starts else 0, len(lines) - 1):
        # `select` and its star may be on separate lines.
        if re.search(r"\bselect\s+(distinct\s+)?\*|\w\.\*|^\*", lines[number], flags=re.IGNORECASE):
            return f"{path}:{number + 1}: a star in what the mart hands out: name its columns in the last CTE"
    return None


Law = Callable[[str, str], str | None]
LAWS: list[tuple[Law, tuple[str, ...]]] = [
    (charter, (".py",)),
    (opening, SCRIPTS),
    (name, (".py", ".sql", *SCRIPTS)),
    (length, (".py", ".sql", *SCRIPTS)),
    (functions, (".py",)),
    (columns, (".sql",)),
]


@pytest.mark.parametrize(("law", "endings"), LAWS, ids=[law.__name__ for law, _ in LAWS])
def test_every_file_keeps_the_law(law: Law, endings: tuple[str, ...]) -> None:
    complaints = [law(path, (ROOT / path).read_text(encoding="utf-8")) for path in files(*endings)]
    broken = [complaint for complaint in complaints if complaint]
    assert complaints, "no file was looked at"
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("law", "path", "source", "complaint"),
    [
        (charter, "pipelines/x.py", "import os", "pipelines/x.py:1: no module docstring"),
        (charter, "dashboards/panels/__init__.py", "", "no module docstring"),
        (charter, "notifications/x.py", '"""   """', "no module docstring"),
        (opening, "dashboards/static/js/a.js", 'import "./b.js";', "a.js:1: no comment on top"),
        (name, "pipelines/utils.py", "", "call it after what is inside"),
        (name, "notifications/_helpers.py", "", "a name that says nothing"),
        (name, "dashboards/common/colours.js", "", "a name that says nothing"),
        (length, "dashboards/static/js/a.js", "x\n" * 401, "401 lines, 400 at most"),
        (functions, "pipelines/x.py", "def f():\n" + "    a()\n" * 41, "x.py:1: f has 41 lines, 40 at most"),
        (functions, "pipelines/x.py", "def f():\n    def g():\n" + "        a()\n" * 41, "x.py:2: g has 41 lines"),
        (columns, MART, "select *\nfrom x\nwhere y", "a.sql:1: a star"),
        (columns, MART, "select\n    *\nfrom x\n", "a.sql:2: a star"),
        (
            columns,
            MART,
            "with c as (\n    select a\n),\nd as (\n    select c.*\n)\nselect * from d",
            "a.sql:5: a star",
        ),
    ],
)
def test_an_offending_file_is_named(law: Law, path: str, source: str, complaint: str) -> None:
    assert complaint in (law(path, source) or "")


@pytest.mark.parametrize(
    ("law", "path", "source"),
    [
        (charter, "pipelines/x.py", '"""What belongs here."""'),
        (charter, "tests/landing/test_x.py", "import os"),
        (opening, "dashboards/static/js/a.js", "// What belongs here."),
        (name, "pipelines/landing/files.py", ""),
        (length, "pipelines/x.py", "x\n" * 400),
        (columns, MART, "with c as (\n    select * from y\n),\nd as (\n    select a from c\n)\nselect * from d\n\n"),
        (functions, "pipelines/x.py", 'def f(\n    a,\n    b,\n):\n    """Why."""\n' + "    a()\n" * 40),
        (functions, "pipelines/x.py", "def f():\n" + "    a()\n" * 30 + "    def g():\n" + "        a()\n" * 20),
        (columns, MART, "select count(*), a * b from x -- select *\n\nwhere c"),
        (columns, "dbt_project/models/staging/a.sql", "select *\nfrom x\nwhere y"),
    ],
)
def test_a_proper_file_is_let_be(law: Law, path: str, source: str) -> None:
    assert law(path, source) is None


def test_a_process_is_killed_at_a_moment_in_one_place() -> None:
    killing = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "os.kill(os.getpid(), signal.SIGKILL" in path.read_text(encoding="utf-8") and path != Path(__file__)
    ]
    assert killing == ["tests/kills.py"], "name the moment to tests/kills.py"
