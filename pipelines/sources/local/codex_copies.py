"""Which copy of a Codex step counts: forks begin with their parent's steps, written again.

A fork's log repeats its parent's history, its session's running totals included, and stamps the copies with the moment
of forking or keeps their own. So a step is known by the totals after it, which no copy changes, and each copy says
what else it is known by:

- the turn it belongs to, where the log names it: copies keep the turn's id, and two turns never share one;
- else its moment and model;
- nothing, in the leading part of a fork, or in all of it where the log does not show the end of that part.

A copy in a fork gives way to a step with the same totals that was taken before the fork was made, in a session that
the fork's log names as one it came from. What nothing else is known of gives way to any such step in the same folder
too: the parent's parent's, or that of another fork of a parent that is gone; to the latter in any folder, where both
logs name the parent. Belongs here: identity of steps. Does
not: what a line of the log means.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipelines.sources.local.framework import replies
from pipelines.sources.local.framework.log_values import digest_id
from pipelines.sources.local.framework.replies import Reply, ReplyKey

IN_FORK = "in fork of "


@dataclass(frozen=True)
class Fork:
    """That a session was forked: when, and from which sessions its log says that it came."""

    forked_at: datetime
    ancestors: tuple[str, ...]


def step_id(totals: Iterable[int]) -> str:
    """What a step has in common with its copies: the session's totals after it."""
    return digest_id(["step", *totals])


def copy_id(known_by: str, fork: Fork | None) -> str:
    """What tells steps with equal totals apart, and of which fork this copy is, if it may be one."""
    if fork is None:
        return known_by
    separated = f"{known_by} " if known_by else ""
    return " ".join([f"{separated}{IN_FORK}{fork.forked_at.isoformat()}", *fork.ancestors])


def merge(copies: Iterable[Reply]) -> dict[ReplyKey, Reply]:
    """The copy of each step that counts; merging merged results gives the same as merging everything at once."""
    best = replies.merge(copies)
    alike: dict[str, list[Reply]] = {reply.message_id: [] for reply in best.values() if _fork(reply)}
    for reply in best.values():
        if reply.message_id in alike:
            alike[reply.message_id].append(reply)
    given_way = {reply.key for group in alike.values() for reply in _copies(group)}
    return {key: reply for key, reply in best.items() if key not in given_way}


def _copies(group: list[Reply]) -> list[Reply]:
    """Those of some steps with equal totals that are copies of another of them."""
    places: set[str] = set()
    copies = [reply for reply in group if not _is_unknown(reply) and _is_copy_of_any(reply, group)]
    for reply in sorted(filter(_is_unknown, group), key=_earliest):
        reply_places = {f"in {reply.project}", *(f"of {ancestor}" for ancestor in _ancestors(reply))}
        if reply_places & places or _is_copy_of_any(reply, group):
            copies.append(reply)
        places |= reply_places
    return copies


def _is_copy_of_any(reply: Reply, group: list[Reply]) -> bool:
    fork = _fork(reply)
    return fork is not None and any(
        other.moment <= fork.forked_at
        and other.session_id != reply.session_id
        and (other.session_id in fork.ancestors or (_is_unknown(reply) and other.project == reply.project))
        for other in group
    )


def _ancestors(reply: Reply) -> tuple[str, ...]:
    fork = _fork(reply)
    return () if fork is None else fork.ancestors


def _earliest(reply: Reply) -> tuple[datetime, str]:
    return reply.moment, repr(reply)


def _is_unknown(reply: Reply) -> bool:
    return (reply.request_id or "").startswith(IN_FORK)


def _fork(reply: Reply) -> Fork | None:
    reported = (reply.request_id or "").partition(IN_FORK)[2]
    if not reported:
        return None
    moment, *ancestors = reported.split(" ")
    return Fork(datetime.fromisoformat(moment), tuple(ancestors))
