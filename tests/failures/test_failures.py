"""What errors of the system and of libraries mean, and that our words survive what they were raised from."""

from __future__ import annotations

import pytest

from pipelines.errors import BuildError, LandingError
from pipelines.failures.lower_errors import causes, explained, of_text
from tests.failures.lower import LOWER, UNFORESEEN, Lower


@pytest.mark.parametrize("lower", LOWER, ids=lambda lower: lower.id)
def test_an_error_of_others_has_a_sentence_and_a_class(lower: Lower):
    meant = explained(lower.cause())
    assert meant is not None
    assert meant.exit_code == lower.code
    assert lower.words in str(meant)


@pytest.mark.parametrize("lower", UNFORESEEN, ids=lambda lower: lower.id)
def test_an_error_that_nobody_foresaw_has_none(lower: Lower):
    assert explained(lower.cause()) is None


@pytest.mark.parametrize("lower", [*LOWER, *UNFORESEEN], ids=lambda lower: lower.id)
def test_the_outermost_error_of_ours_is_the_one_that_speaks(lower: Lower):
    inner, ours, outer = LandingError("inner"), BuildError("ours"), RuntimeError("outer")
    inner.__cause__, ours.__cause__, outer.__cause__ = lower.cause(), inner, ours
    assert explained(outer) is ours
    assert causes(outer)[:3] == [outer, ours, inner]


def test_a_lower_error_speaks_through_one_that_nobody_foresaw():
    outer = ValueError("outer")
    outer.__cause__ = MemoryError()
    meant = explained(outer)
    assert str(meant).startswith("there was not enough memory")


def test_causes_that_go_in_a_circle_end():
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert causes(first) == [first, second]


def test_a_message_that_says_nothing_known_means_nothing():
    assert of_text("Constraint Error: NOT NULL constraint failed") is None
