"""The table of acceptance checks names twenty checks and tests that there are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.acceptance.checks import CHECKS, Check

ROOT = Path(__file__).resolve().parents[2]


def test_the_checks_are_twenty_by_number():
    assert [check.number for check in CHECKS] == list(range(1, 21))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.number))
def test_each_names_tests_that_there_are(check: Check):
    for test in check.tests:
        file, _, name = test.partition("::")
        assert (ROOT / file).exists(), test
        if name:
            functions = {
                node.name
                for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
                if isinstance(node, ast.FunctionDef)
            }
            assert name in functions, test
