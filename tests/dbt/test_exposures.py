"""What leaves the warehouse is an exposure, which depends on exactly the marts that its code queries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipelines.warehouse.transform import PROJECT

ROOT = PROJECT.parent
READERS = {
    "cost_report": ("dashboards/*.sql", "dashboards/*.py", "dashboards/panels/*.sql", "dashboards/panels/*.py"),
    "cost_exports": ("pipelines/exports/*.sql", "pipelines/exports/*.py"),
    "alerts": ("pipelines/app/alert*.py", "notifications/*.py", "notifications/rules/*.py"),
}


def marts_named_in(*patterns: str) -> set[str]:
    files: list[Path] = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    assert files
    marts = {path.stem for layer in ("marts", "reports") for path in (PROJECT / "models" / layer).glob("*.sql")}
    named = {name for path in files for name in re.findall(r"\b(?:rpt|fct|dim)_\w+", path.read_text(encoding="utf-8"))}
    return named & marts


def test_every_reader_is_an_exposure(manifest: dict[str, Any]) -> None:
    assert {exposure["name"] for exposure in manifest["exposures"].values()} == set(READERS)


@pytest.mark.parametrize("name", READERS)
def test_an_exposure_depends_on_what_its_code_reads(manifest: dict[str, Any], name: str) -> None:
    depends_on = manifest["exposures"][f"exposure.ai_costs.{name}"]["depends_on"]["nodes"]
    assert {id_.rpartition(".")[2] for id_ in depends_on} == marts_named_in(*READERS[name])
