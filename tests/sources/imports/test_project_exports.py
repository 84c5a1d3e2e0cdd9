"""An export of this project is known in every format, and never taken again: its costs are counted already."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config.imports import ImportSettings
from pipelines.errors import EntryFileError
from pipelines.exports import formats
from pipelines.exports.choice import ExportFilter, ExportShape, Preset
from pipelines.exports.costs import export_costs
from pipelines.sources.imports.framework.rules import ImportRules
from tests.exports.published_costs import cost, published
from tests.sources.imports.inboxes import NO_RULES, Inbox, read

SHAPES = {
    "all": ExportShape(),
    "packed": ExportShape(compress=True),
    "monthly": ExportShape(Preset.MONTHLY),
    "some columns": ExportShape(columns=("cost_date", "model_id", "cost_kind", "cost_amount", "currency")),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", sorted(formats()))
def test_an_own_export_is_refused_as_what_it_is(tmp_path: Path, name: str, shape: str):
    if formats()[name].rows == "focus" and (SHAPES[shape].preset or SHAPES[shape].columns):
        shape = "all"
    inbox = Inbox(tmp_path)
    with published(cost(1), cost(2)) as connection:
        written = export_costs(connection, inbox.folder, "costs", name, ExportFilter(), SHAPES[shape])
    with pytest.raises(EntryFileError) as refused:
        read(written.path)
    (problem,) = refused.value.problems
    if name.endswith("parquet") and shape == "packed":
        assert problem == f"{written.path.name}:1:1: the file is Parquet packed by gzip: unpack it"
    elif name in {"json", "jsonl"}:
        assert problem.endswith("the file is a JSON export of AI Cost Tracker itself: its content is counted already")
    else:
        assert "1:1: this is an export of AI Cost Tracker itself: its costs are counted in the home that " in problem


def test_a_mapping_does_not_make_an_own_export_another_bill(tmp_path: Path):
    inbox = Inbox(tmp_path)
    mapping = {"provider": "a", "columns": {"date": "cost_date", "amount": "cost_amount", "currency": "currency"}}
    rules = ImportRules(ImportSettings.model_validate({"files": [{"file": "*", "mapping": mapping}]}))
    with published(cost(1)) as connection:
        export_costs(connection, inbox.folder, "costs", "csv", ExportFilter())
    (inbox.folder / "costs.csv.manifest.json").unlink()
    (result,) = inbox.extract(rules).values()
    assert "copy the folders of landing/" in result.problems[0]
    assert inbox.extract(NO_RULES)["costs.csv"].problems == result.problems
