"""Every source of every registry reports what its figures are, once, under a separate name."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import pytest

from pipelines.config.imports import ImportMapping
from pipelines.domain.source_kinds import SourceKind
from pipelines.sources.api import openai_costs
from pipelines.sources.catalogue import known_sources, statement_of
from pipelines.sources.imports import focus
from pipelines.sources.imports.framework import mapped
from pipelines.sources.local import codex
from pipelines.sources.statements import SourceStatement, StatementKind, by_name

MEMBERS = [openai_costs.SOURCE, focus.FORMAT, codex.AGENT]
STATED = {known.source: known for known in known_sources()}


def test_two_kinds_of_source_cannot_share_a_name() -> None:
    other = replace(STATED["codex"], source="openai_costs")
    with pytest.raises(ValueError, match="two sources are named 'openai_costs'"):
        by_name([*known_sources(), other])


@pytest.mark.parametrize("field", ["statement", "precedence"])
@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_a_source_that_does_not_say_what_its_figures_are_cannot_be_made(member: Any, field: str) -> None:
    given = {known.name: getattr(member, known.name) for known in fields(member) if known.name != field}
    with pytest.raises(TypeError, match=f"missing 1 required keyword-only argument: '{field}'"):
        type(member)(**given)


def test_what_is_nearer_to_the_charge_precedes_what_is_further() -> None:
    order = [StatementKind.BILL, StatementKind.AMOUNTS, StatementKind.USAGE, StatementKind.CLOUD_BILL]
    order += [StatementKind.ESTIMATE, StatementKind.LOG]
    ranks = [[known.precedence for known in known_sources() if known.statement_kind is kind] for kind in order]
    assert all(ranks)
    for nearer, further in pairwise(ranks):
        assert max(rank or 0 for rank in nearer) < min(rank or 0 for rank in further)


def test_an_interface_precedes_the_file_of_the_same_bill() -> None:
    for kind in (StatementKind.BILL, StatementKind.USAGE):
        ranks = {
            where: {known.precedence for known in known_sources() if (known.source_kind, known.statement_kind) == where}
            for where in (("api", kind), ("import", kind))
        }
        assert max(rank or 0 for rank in ranks["api", kind]) < min(rank or 0 for rank in ranks["import", kind])


def test_a_mapped_file_is_registered_as_its_mapping_makes_it() -> None:
    mapping = ImportMapping(provider="groq", currency="USD", columns={"date": "Day", "amount": "Cost"})
    assert (
        replace(statement_of(mapped.mapped_format(mapping), SourceKind.IMPORT), provider=None) == STATED["mapped_csv"]
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"statement": " "}, "set `statement` to the meaning of its amounts"),
        ({"precedence": None}, "only a second view has no precedence"),
        ({"statement_kind": StatementKind.SECOND_VIEW}, "only a second view has no precedence"),
        ({"precedence": 0}, "only manual entries have precedence 0"),
        ({"final_after": None}, "only a bill sets `final_after`, when it is final"),
        ({"statement_kind": StatementKind.USAGE}, "only a bill sets `final_after`"),
    ],
)
def test_a_statement_that_contradicts_itself_is_refused(wrong: dict[str, Any], message: str) -> None:
    reported: SourceStatement = STATED["openai_costs"]
    with pytest.raises(ValueError, match=f"openai_costs: {message}"):
        replace(reported, **wrong)
