"""What the machinery remembers between runs, none of which a figure depends on: locks, and files that can be lost.

Belongs here: holding a file while a process lives, seeing whether a file is sound, and setting a damaged one aside.
Does not: what any of these files holds, and landing, whose damage is never passed over.
"""

from pipelines.state.aside import (
    AsideFile,
    files_set_aside,
    make_folder,
    remove_or_set_aside,
    set_aside,
    set_folder_aside,
)
from pipelines.state.locks import (
    RUN_LOCK,
    is_lock_taken,
    is_lock_taken_elsewhere,
    lock_of,
    lock_until_exit,
    process_of,
    run_lock,
)
from pipelines.state.sqlite import damage_of, is_passing, reason_of

__all__ = [
    "RUN_LOCK",
    "AsideFile",
    "damage_of",
    "files_set_aside",
    "is_lock_taken",
    "is_lock_taken_elsewhere",
    "is_passing",
    "lock_of",
    "lock_until_exit",
    "make_folder",
    "process_of",
    "reason_of",
    "remove_or_set_aside",
    "run_lock",
    "set_aside",
    "set_folder_aside",
]
