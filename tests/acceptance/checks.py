"""What a stranger would try before relying on this, in twenty checks, each with the tests that prove it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One check: what is claimed, and the tests (files, folders or single ones) that must pass for it."""

    number: int
    claim: str
    tests: tuple[str, ...]
    lacking: str = ""
    """What is not built or not tried yet; with it a check is not passed, whatever its tests say."""


CHECKS = (
    Check(
        1,
        "sums are equal in landing, facts, CSV, JSON and report",
        ("tests/e2e/test_user_data.py::test_every_place_says_the_same_to_the_last_digit", "tests/sample"),
    ),
    Check(
        2,
        "the same inputs give the same files again, and from landing alone",
        (
            "tests/e2e/test_user_data.py::test_a_second_run_says_what_there_is_and_changes_no_file_that_people_read",
            "tests/e2e/test_user_data.py::test_a_rebuild_from_landing_alone_gives_every_figure_again",
            "tests/dbt/test_incremental.py",
        ),
    ),
    Check(
        3,
        "a run killed at any moment loses and doubles nothing (`make chaos` for as many as one likes)",
        ("tests/chaos", "tests/landing/test_kill.py", "tests/warehouse/test_publishing.py"),
    ),
    Check(
        4,
        "what people open is of one build at any moment, killed between any two writes too",
        (
            "tests/builds/test_outputs.py",
            "tests/builds/test_store.py",
            "tests/e2e/test_kill.py",
            "tests/dbt/test_kill.py",
        ),
    ),
    Check(
        5,
        "killed runs and servers free the queue, the port and the schedule",
        ("tests/defs/test_instance.py", "tests/front_door/test_processes.py", "tests/e2e/test_serve.py"),
    ),
    Check(6, "days off leave no gap, and none is made up", ("tests/faults/test_history.py",)),
    Check(7, "under every fault of a provider: exact, or the last good figures and a word", ("tests/faults",)),
    Check(8, "a provider that drips is given up", ("tests/faults/test_bodies.py",)),
    Check(
        9,
        "restated days arrive, the former figures stay on record",
        ("tests/faults/test_history.py", "tests/faults/test_figures.py", "tests/landing/test_store.py"),
    ),
    Check(
        10,
        "of two runs at once one waits or ends as busy (75); nothing is doubled",
        ("tests/e2e/test_two_runs.py", "tests/state/test_locks.py"),
    ),
    Check(
        11,
        "every changed bit of landing, manifests, prices and cursors is noticed or harmless",
        (
            "tests/landing/test_bit_flips.py",
            "tests/landing/test_proof.py",
            "tests/e2e/test_user_data.py::test_a_flipped_byte_stops_the_build_and_is_named",
        ),
    ),
    Check(
        12,
        "a lost or damaged warehouse or state is rebuilt, with equal figures",
        (
            "tests/e2e/test_damaged_state.py",
            "tests/e2e/test_user_data.py::test_a_rebuild_from_landing_alone_gives_every_figure_again",
            "tests/warehouse/test_working_file.py",
        ),
    ),
    Check(
        13,
        "a full or read-only disk is a sentence and an alert, and what was written stays",
        (
            "tests/cli/test_full_disk.py",
            "tests/e2e/test_disks.py",
            "tests/notifications/test_without_outbox.py",
            "tests/cli/test_endings.py",
            "tests/exports/test_writing.py",
            "tests/warehouse/test_publishing.py",
        ),
    ),
    Check(
        14,
        "pipes, devices, endless and enormous files are refused in words, at every door",
        ("tests/reading", "tests/cli/test_hostile_files.py", "tests/sources/manual/test_entry_files.py"),
    ),
    Check(
        15,
        "a mail server that is down delays a mail and repeats none",
        ("tests/notifications/test_delivery.py",),
    ),
    Check(
        16,
        "a killed notifier loses no alert and repeats one at most once",
        ("tests/notifications/test_deliverers.py",),
    ),
    Check(
        17,
        "a storm of alerts is one message",
        ("tests/notifications",),
    ),
    Check(
        18,
        "redirects to other hosts are not followed, and private networks are refused",
        (
            "tests/notifications/test_delivery.py",
            "tests/faults/test_bodies.py::test_12_a_redirect_to_another_host",
        ),
    ),
    Check(
        19,
        "no secret and no working path is written or shown, at debug level too",
        (
            "tests/e2e/test_canaries.py",
            "tests/notifications/test_delivery.py",
            "tests/sources/local/test_working_paths.py",
        ),
    ),
    Check(
        20,
        "hostile names run nothing, compute nothing and leave no folder",
        (
            "tests/browser/test_reading.py",
            "tests/browser/test_filtering.py",
            "tests/browser/test_front_door.py",
            "tests/exports/test_file_names.py",
            "tests/exports/test_rows.py",
        ),
    ),
)
