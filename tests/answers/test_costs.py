"""What a span cost, by anything: exact sums, and what is in no sum."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.answers.costs import DIMENSIONS, Cost, CostFilter, costs, total
from pipelines.answers.published import published
from pipelines.answers.spans import span_of


def test_costs_of_a_month_by_model_are_exact_and_name_what_is_in_no_sum(home: Path):
    with published(home) as build:
        november = costs(build, span_of("month", build.today), "model")
    assert november == [
        Cost("mini", Decimal(4), tokens=1000),
        Cost("opus-large", Decimal("3.000000000001"), Decimal(8), Decimal("3.000000000001"), tokens=3000),
        Cost(None, other_amounts={"EUR": Decimal(30)}),
    ]
    assert total(november) == Cost(
        None,
        Decimal("7.000000000001"),
        Decimal(8),
        Decimal("3.000000000001"),
        tokens=4000,
        other_amounts={"EUR": Decimal(30)},
    )


@pytest.mark.parametrize("by", DIMENSIONS)
def test_costs_by_anything_come_to_the_same_total(home: Path, by: str):
    with published(home) as build:
        everything = span_of("all", build.today)
        assert total(costs(build, everything, by)) == total(costs(build, everything, "provider"))


def test_names_are_shown_for_ids_and_either_finds_its_costs(home: Path):
    with published(home) as build:
        today = span_of("today", build.today)
        assert [cost.value for cost in costs(build, today, "project")] == ["Atlas"]
        assert [cost.value for cost in costs(build, today, "key")] == ["ci", None]
        by_id, by_name = (costs(build, today, "day", CostFilter(project=[name])) for name in ("p1", "Atlas"))
        assert by_id == by_name != []
        assert costs(build, today, "day", CostFilter(project=["p1"], provider=["openai"])) == []
