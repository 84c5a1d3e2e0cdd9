"""Runs whose process died: each run holds a lock for as long as its process lives, so a free lock shows it.

Belongs here: holding that lock, and ending the runs in Dagster's history that nobody holds. A run that was killed stays
STARTED there, and four of them fill the queue. A lock is freed by the kernel, whatever ended the process; the number of
a process is given to another one after a while, and means nothing outside its container.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from pipelines.state import RUN_LOCK, is_lock_taken, is_lock_taken_elsewhere, lock_until_exit, process_of

UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
"""The states that fill a place in the queue, and the one before them."""
TIME_TO_START = timedelta(minutes=10)
"""In which a run has taken its lock, or waits for another run. One without a lock is of an older version after that."""


def lock_while_alive(instance: dg.DagsterInstance, run_id: str) -> None:
    """Take the lock of run `run_id`; it is freed when this process ends."""
    lock_until_exit(_locks(instance) / f"{run_id}.lock")


def end_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """End every run that no living process holds, with its reason; give a sentence for each."""
    folder = _locks(instance)
    someone_runs = is_lock_taken_elsewhere(folder.parent / RUN_LOCK)
    sentences, unfinished = [], set()
    for record in instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED)):
        run = record.dagster_run
        lock = folder / f"{run.run_id}.lock"
        unfinished.add(lock)
        if not lock.exists() or not lock.stat().st_size:  # about to be taken, or of an earlier version
            age = datetime.now(UTC) - record.create_timestamp.replace(tzinfo=UTC)
            is_dead = age > TIME_TO_START and not someone_runs
        else:
            is_dead = not is_lock_taken(lock)
        if is_dead:
            sentences.append(_end(instance, run, lock))
    for lock in folder.glob("*.lock"):
        if lock not in unfinished and not is_lock_taken(lock):
            lock.unlink()
    return sentences


def _end(instance: dg.DagsterInstance, run: dg.DagsterRun, lock: Path) -> str:
    found = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    reason = f"its process ended without a word ({process_of(lock)}); found at {found}"
    if run.status is dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, reason)
    else:
        instance.report_run_failed(run, reason)
    instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    lock.unlink(missing_ok=True)
    return f"the run {run.run_id[:8]} of {run.job_name} was ended: {reason}"


def _locks(instance: dg.DagsterInstance) -> Path:
    """state/runs, alongside the instance."""
    return Path(instance.root_directory).parent / "runs"
