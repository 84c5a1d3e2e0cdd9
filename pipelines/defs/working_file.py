"""A working file that turns out to be damaged while a run reads it: set aside, and the run is done once more.

Belongs here: what follows a failed step. Does not: seeing damage (warehouse.py), or running again from the command line
(execution.py).
"""

import dagster as dg

from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of

RUN_AGAIN_TAGS = {
    "dagster/max_retries": "1",
    "dagster/retry_strategy": "ALL_STEPS",
    "dagster/retry_on_asset_or_op_failure": "true",
}
"""With these Dagster's daemon runs a failed run again, whole and once."""


@dg.failure_hook(required_resource_keys={"home"})
def set_damaged_working_file_aside(context: dg.HookContext) -> None:
    """After a step that failed: look whether a damaged block was the reason, and if so have the run done again."""
    home: Home = context.resources.home
    if warehouse_of(home.folders).set_working_aside_if_damaged():
        context.instance.add_run_tags(context.run_id, RUN_AGAIN_TAGS)


def is_to_run_again(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether the failed run `run_id` had a damaged working file, which is set aside by now."""
    run = instance.get_run_by_id(run_id)
    return run is not None and run.tags.items() >= RUN_AGAIN_TAGS.items()
