"""When things run: one job, its schedule, and sensors that ask for work but never do it."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import dagster as dg

from pipelines.app import alerting, delivery
from pipelines.app.home import Home
from pipelines.app.opening import reopened
from pipelines.defs.failing import fails_in_words, failure_of
from pipelines.defs.notifying import DELIVERIES, deliver_notifications, heartbeat
from pipelines.defs.working_file import set_damaged_working_file_aside
from pipelines.sources.imports.framework.reading import inbox_files
from pipelines.sources.manual.files import manual_files

REFRESH_TAGS = {"dagster/max_runtime": "3600"}

refresh_costs = dg.define_asset_job(
    "refresh_costs",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(DELIVERIES),
    description="Sources, landing, models, forecasts, publish, exports, report, alerts: all of it, once. It sends "
    "nothing: that is for deliver_notifications.",
    executor_def=dg.in_process_executor,
    tags=REFRESH_TAGS,
    hooks={set_damaged_working_file_aside},
)

hourly = dg.ScheduleDefinition(
    name="refresh_costs_hourly",
    job=refresh_costs,
    cron_schedule="7 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every hour, a few minutes past, when providers have closed the hour before.",
)


class RunFailure(dg.Config):
    """The run that failed."""

    run_id: str
    job_name: str
    reason: str


@dg.op(description="Put an alert about a failed run in the outbox and send it.")
@fails_in_words
def alert_about_run(context: dg.OpExecutionContext, config: RunFailure, home: dg.ResourceParam[Home]) -> None:
    """Put an alert about a failed run in the outbox and send what is due."""
    context.log.info(str(alerting.report_failed_run(home, config.run_id, config.job_name, config.reason)))


@dg.job(executor_def=dg.in_process_executor, description="Alert people that a run failed.")
def report_failed_run() -> None:
    """Alert people that a run failed."""
    alert_about_run()


def build_sensors(home: Home) -> list[dg.SensorDefinition]:
    """The sensors that watch this home, and the user's home while the sample company is shown in its place."""

    @dg.sensor(
        job=refresh_costs,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for a refresh when a file of data/manual appeared, changed or vanished.",
    )
    def manual_entries_changed(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        seen = _folder_state(manual_files(home.persons_folders.manual))
        if seen == context.cursor:
            yield dg.SkipReason("no file of data/manual has changed")
            return
        if context.cursor is not None:
            yield dg.RunRequest(run_key=f"manual-{seen}-{context.last_tick_completion_time}")
        context.update_cursor(seen)

    @dg.sensor(
        job=refresh_costs,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for a refresh when a file of data/inbox appeared or changed.",
    )
    def inbox_changed(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        seen = _folder_state(inbox_files(home.persons_folders.inbox))
        if seen == context.cursor:
            yield dg.SkipReason("no file of data/inbox has changed")
            return
        if context.cursor is not None:
            yield dg.RunRequest(run_key=f"inbox-{seen}-{context.last_tick_completion_time}")
        context.update_cursor(seen)

    @dg.sensor(
        job=deliver_notifications,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for delivery while alerts are due in the outbox.",
    )
    def notifications_due(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        opened = reopened(home)
        with delivery.opened_outbox(opened) as outbox:
            pending = outbox.pending_count(opened.clock()) if opened.settings.configuration.channels else 0
        if pending == 0:
            return dg.SkipReason("nothing is due")
        under_way = dg.RunsFilter(
            job_name=deliver_notifications.name, statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.QUEUED]
        )
        if context.instance.get_runs_count(under_way):
            return dg.SkipReason("a delivery is under way")
        return dg.RunRequest(tags={"pending": str(pending)})

    return [
        manual_entries_changed,
        inbox_changed,
        notifications_due,
        _build_success_sensor(home),
        _build_failure_sensor(home),
    ]


def _build_success_sensor(home: Home) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[refresh_costs],
        request_job=heartbeat,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for a heartbeat when a refresh succeeded, if ai-costs.yaml has one.",
    )
    def run_succeeded(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        if reopened(home).settings.configuration.delivery.heartbeat is None:
            return dg.SkipReason("no heartbeat is configured")
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    return run_succeeded


def _build_failure_sensor(home: Home) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="run_failed",
        request_job=report_failed_run,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for an alert when a refresh failed.",
    )
    def run_failed(context: dg.RunFailureSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        if run.job_name == report_failed_run.name:
            return dg.SkipReason("an alert about a failed alert would not arrive either")
        failed = [
            failure_of(event.step_key or "", event.step_failure_data.error)
            for event in context.get_step_failure_events()
        ]
        text = "\n".join(map(str, failed)) or context.failure_event.message or "no reason was given"
        reason = reopened(home).settings.redact(text)
        failure = RunFailure(run_id=run.run_id, job_name=run.job_name, reason=reason[:500])
        return dg.RunRequest(run_key=run.run_id, run_config=dg.RunConfig(ops={alert_about_run.name: failure}))

    return run_failed


def _folder_state(files: Iterable[Path]) -> str:
    """A hash over names, sizes and times of the files: cheap enough to ask for every half minute."""
    digest = hashlib.sha256()
    for path in sorted(files):
        stat = path.stat() if path.exists() else path.lstat()  # a link that leads nowhere
        digest.update(os.fsencode(path.name) + f"\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:16]
