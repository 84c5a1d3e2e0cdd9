"""What tells Claude Code's replies apart where their ids do not.

Anthropic answers with a message id and a request id of its making, `msg_…` and `req_…`, which no other reply has.
Gateways and relays mostly give no request id, or one of another form. Most of them give each reply a message id of its
own; some give all replies the same (ccusage's issue 1635 has one that answers `ocgo` each time). Either way one reply
is written in several lines, one for each block of it. So such a reply is known by its message id and the moment of its
first line, which copies in resumed and forked sessions keep. Belongs here: which lines are one reply. Does not: what
they state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipelines.sources.local.framework.log_values import text
from pipelines.sources.local.framework.replies import Reply, ReplyKey

FORMS = ("msg_", "req_")
"""How Anthropic's ids of messages and of requests begin."""
MAX_BLOCK_GAP = timedelta(seconds=30)
"""Lines of one reply follow each other faster; what follows later with the same prompt is another reply."""
LONG_AFTER = timedelta(minutes=1)
"""In real logs the lines of a reply with Anthropic's ids are linked, or follow faster."""
_MARK = "@"
Ids = tuple[str, str | None]
"""A reply's message id and request id, as reported."""
Prompt = tuple[int | None, ...]
"""The tokens of a prompt by kind, as a usage states them."""


@dataclass
class ReplyIds:
    """The replies of one file, as far as it was read."""

    first_lines: dict[tuple[Ids, str], datetime] = field(default_factory=dict)
    """(ids, a line's id or its parent's) -> when the reply began that the line belongs to"""
    last_lines: dict[tuple[Ids, str | None], tuple[datetime, datetime, Prompt]] = field(default_factory=dict)
    """(ids, session) -> when its last reply began, when its last line was written, what its prompt took"""
    last_written: dict[Ids, datetime] = field(default_factory=dict)
    """Ids of Anthropic's form -> when the last line was written that has them"""
    repeated: set[tuple[Ids, datetime]] = field(default_factory=set)
    """Replies with ids of Anthropic's form that an earlier one of the file has, which must not be: ids, beginning"""

    def name(self, ids: Ids, line: dict[str, Any], session: str | None, reported_at: datetime, prompt: Prompt) -> str:
        """The id of the reply that a line belongs to. `prompt`: what was read, from the caches too.

        A line belongs to the reply of the line it follows, or whose predecessor it shares; where the log links them
        otherwise, to the reply that was written a moment before and took the same prompt.
        """
        line_id, parent = text(line.get("uuid")), text(line.get("parentUuid"))
        linked = self.first_lines.get((ids, parent)) if parent else None
        began = linked or self._just_before(ids, session, reported_at, prompt) or reported_at
        for known in (line_id, parent):
            if known:
                self.first_lines.setdefault((ids, known), began)
        self.last_lines[ids, session] = began, reported_at, prompt
        if not _is_of_anthropic(ids):
            return f"{ids[0]}{_MARK}{began.isoformat()}"
        if began == reported_at and reported_at - self.last_written.get(ids, reported_at) > LONG_AFTER:
            self.repeated.add((ids, began))
        self.last_written[ids] = reported_at
        return ids[0]

    def _just_before(self, ids: Ids, session: str | None, reported_at: datetime, prompt: Prompt) -> datetime | None:
        began, last, same_prompt = self.last_lines.get((ids, session), (None, reported_at, ()))
        return began if prompt == same_prompt and abs(reported_at - last) <= MAX_BLOCK_GAP else None


def _is_of_anthropic(ids: Ids) -> bool:
    return all((reported or "").startswith(form) for reported, form in zip(ids, FORMS, strict=True))


def without_replays(best: dict[ReplyKey, Reply]) -> dict[ReplyKey, Reply]:
    """These replies without those of side chains that replay one of the main thread.

    A replay has the message id of the reply it repeats. Where neither has ids of Anthropic's, all replies may have one
    message id, so a replay also has the session and the prompt of what it repeats.
    """
    main = [reply for reply in best.values() if not reply.is_sidechain]
    numbered = {reply.message_id for reply in main if _MARK not in reply.message_id}
    named = {_message_id(reply) for reply in main}
    prompts = {_prompt(reply) for reply in main}

    def is_replay(reply: Reply) -> bool:
        if _MARK not in reply.message_id:
            return reply.message_id in named
        return _message_id(reply) in numbered or _prompt(reply) in prompts

    return {key: reply for key, reply in best.items() if not (reply.is_sidechain and is_replay(reply))}


def _message_id(reply: Reply) -> str:
    return reply.message_id.rpartition(_MARK)[0] or reply.message_id


def _prompt(reply: Reply) -> tuple[Any, ...]:
    prompt = (
        reply.input_uncached_tokens,
        reply.cache_read_tokens,
        reply.cache_write_5m_tokens,
        reply.cache_write_1h_tokens,
        reply.cache_write_other_tokens,
    )
    return (_message_id(reply), reply.session_id, *prompt)
