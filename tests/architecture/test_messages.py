"""Where the texts of messages are written: a sentence that many tests assert is a constant that they import."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipelines.presentation import messages

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {name: text for name, text in vars(messages).items() if name.isupper()}
SENTENCE = 5
"""Words from which on a text is a sentence."""
MOST_FILES = 3
"""In the tests of so many files a sentence of a message may be written out."""
STATEMENTS = {"cost report of the provider"}
"""What a source's money is, which tests of models have as their own data."""


def words(text: str) -> str:
    return " ".join(re.findall(r"[A-Za-z][A-Za-z'-]*", text))


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of each literal of a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


@cache
def literals() -> dict[str, list[tuple[int, str]]]:
    """Module -> its literals, of the program and its tests."""
    paths = [path for room in ("pipelines", "notifications", "tests") for path in sorted((ROOT / room).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): list(texts(path)) for path in paths}


@pytest.mark.parametrize("name", TEXTS)
def test_a_shared_text_is_written_in_one_place(name: str) -> None:
    found = [
        f"{path}:{line}: import {name} from pipelines/presentation/messages.py"
        for path, written in literals().items()
        if path.startswith(("pipelines/domain", "pipelines/reading")) is False
        for line, text in written
        if TEXTS[name] in text and path != "pipelines/presentation/messages.py"
    ]
    assert not found, "\n".join(found)


def test_a_sentence_of_a_message_is_asserted_in_few_files() -> None:
    sentences = {
        words(text): f"{path}:{line}"
        for path, written in literals().items()
        for line, text in written
        if not path.startswith("tests/") and len(words(text).split()) >= SENTENCE
    }
    asserted = {
        path: "\n".join(words(text) for _, text in written)
        for path, written in literals().items()
        if path.startswith("tests/")
    }
    found = {}
    for sentence, place in sentences.items():
        files = [path for path, text in asserted.items() if sentence in text]
        if len(files) > MOST_FILES and sentence not in STATEMENTS:
            found[place] = f"{place}: {sentence!r} is written in {', '.join(files)}"
    assert not found, "put it into pipelines/presentation/messages.py\n" + "\n".join(found.values())
