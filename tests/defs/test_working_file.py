"""After a failed step a damaged working file is set aside, and Dagster does the run again; after others it does not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from pipelines.builds.store import warehouse_of
from pipelines.config.home_folders import HomeFolders, ensure_home
from pipelines.defs.instance import opened_instance
from pipelines.defs.working_file import is_to_run_again, set_damaged_working_file_aside
from pipelines.state import files_set_aside
from pipelines.warehouse.files import Warehouse
from tests.warehouse.builds import make
from tests.warehouse.test_working_file import damage_inside


@dg.asset
def figures(home: dg.ResourceParam[SimpleNamespace]) -> int:
    with warehouse_of(home.folders).writing() as connection:
        connection.execute("select count(hash(whole)) from noise as whole").fetchall()
    raise ValueError


@pytest.mark.parametrize("is_damaged", [True, False])
def test_a_run_is_done_again_only_where_its_working_file_was_damaged(tmp_path: Path, is_damaged: bool):  # noqa: FBT001 - a case
    folders = HomeFolders(tmp_path / "data")
    ensure_home(folders)
    files = Warehouse(folders.working, folders.published)
    make(files, 1)
    with files.writing() as connection:
        connection.execute("create table noise as select random() as value from range(100000)")
    if is_damaged:
        damage_inside(files.working)
    job = dg.Definitions(
        assets=[figures],
        jobs=[dg.define_asset_job("refresh", hooks={set_damaged_working_file_aside})],
        resources={"home": SimpleNamespace(folders=folders)},
    ).resolve_job_def("refresh")
    with opened_instance(folders) as instance:
        run = job.execute_in_process(instance=instance, raise_on_error=False).run_id
        assert is_to_run_again(instance, run) is is_damaged
        tags = instance.get_run_by_id(run).tags
    assert tags["dagster/will_retry"] == str(is_damaged).lower(), "what Dagster's daemon goes by"
    asides = [aside.original for aside in files_set_aside(folders.working.parent)]
    assert asides == ([folders.working] if is_damaged else [])
