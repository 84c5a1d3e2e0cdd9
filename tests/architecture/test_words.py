"""Names and messages use the standard terms of the field, not a private vocabulary.

Belongs here: the words that no identifier, message, template or page of the documentation has, each with what to write
instead. Does not: words of comments and docstrings, which people review.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IN_TEXTS = {
    "anew": "again",
    "astray": "wrong",
    "beside": "alongside, next to",
    "mend": "fix",
    "mended": "fixed",
    "owed": "charged",
    "spoken": "reported",
    "stands": "is, appears",
    "stated": "reported",
    "told": "reported, notified",
}
IN_NAMES = IN_TEXTS | {
    "holds": "contains, has, applies",
    "kept": "stored, retained",
    "own": "separate, custom, or nothing",
    "said": "a noun: message, detail, note",
}
PAGES = ("README.md", "SECURITY.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md", "docs/**/*.md")
TEMPLATES = ("dashboards/**/*.j2", "notifications/**/*.j2")
CODE = ("pipelines/**/*.py", "dashboards/**/*.py", "notifications/**/*.py")
MODELS = ("dbt_project/models/**/*.sql", "dbt_project/models/**/*.yml")
QUERIES = ("dbt_project/models/**/*.sql", "dbt_project/tests/**/*.sql", "dashboards/**/*.sql", "pipelines/**/*.sql")
STEP = re.compile(r"^(?:with )?(?:recursive )?(\w+) as (?:not materialized )?\($", flags=re.MULTILINE)
NO_ROWS = re.compile(
    r"\w+ed|chosen|borne|known|newest|late|others|pieces|views|early|waiting|missing|recent|spent|by_\w+"
)
"""A participle or an adjective alone: it does not say what the rows are."""
TERMS = {"renamed"}
"""What dbt's own guide calls a step."""


def test_no_identifier_has_a_private_word() -> None:
    assert _violations(_in_code(_identifiers), IN_NAMES) == []


def test_no_message_has_a_private_word() -> None:
    assert _violations(_in_code(_messages), IN_TEXTS) == []


def test_no_page_or_template_has_a_private_word() -> None:
    texts = {(_name(path), word) for path in _paths(*PAGES, *TEMPLATES) for word in _words(path.read_text("utf-8"))}
    assert _violations(texts, IN_TEXTS) == []


def test_no_model_or_column_has_a_private_word() -> None:
    models = _paths(*MODELS)
    columns = {
        (_name(path), column)
        for path in models
        for column in re.findall(r"- name: (\w+)$", path.read_text("utf-8"), re.MULTILINE)
    }
    names = {(_name(path), path.stem) for path in models} | columns
    assert (
        _violations({(path, word) for path, name in names if "__" not in name for word in _words(name)}, IN_NAMES) == []
    )


def test_a_step_of_a_query_is_named_by_its_rows() -> None:
    steps = {(_name(path), step) for path in _paths(*QUERIES) for step in STEP.findall(path.read_text("utf-8"))}
    assert len(steps) > len(_paths(*QUERIES))
    assert _violations({(path, word) for path, step in steps for word in _words(step)}, IN_NAMES) == []
    vague = {f"{path}: {step!r}: name what a row is" for path, step in steps if _is_vague(step)}
    assert sorted(vague) == []


def test_a_name_that_does_not_say_what_a_row_is_is_found() -> None:
    assert [step for step in ("chosen", "summed", "by_source", "late", "renamed", "cost_sums") if _is_vague(step)] == [
        "chosen",
        "summed",
        "by_source",
        "late",
    ]


def _is_vague(step: str) -> bool:
    return bool(NO_ROWS.fullmatch(step)) and step not in TERMS


def _violations(found: set[tuple[str, str]], instead: dict[str, str]) -> list[str]:
    return sorted(f"{path}: {word!r}: write {instead[word]}" for path, word in found if word in instead)


@cache
def _in_code(texts: Callable[[ast.Module], Iterator[str]]) -> set[tuple[str, str]]:
    """(file, word) of the texts that `texts` finds in the code."""
    return {(_name(path), word) for path in _paths(*CODE) for text in texts(_tree(path)) for word in _words(text)}


def _identifiers(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name


def _messages(tree: ast.Module) -> Iterator[str]:
    """Texts of several words, except docstrings and the explanations of constants."""
    explanations = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in explanations and " " in text.strip():
                yield text


def _words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _paths(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern) if "node_modules" not in path.parts)
