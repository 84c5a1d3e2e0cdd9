"""What tells Claude Code's replies apart where they have no request id.

Anthropic answers with a request id, gateways and relays mostly do not. Most of them give each reply a message id of
its own; some give all replies the same (ccusage's issue 1635 has one that answers `ocgo` each time). Either way one
reply is written in several lines, one for each block of it. So such a reply is known by its message id and the moment
of its first line, which copies in resumed and forked sessions keep. Belongs here: which lines are one reply. Does
not: what they state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipelines.sources.local.log_values import text
from pipelines.sources.local.replies import Reply, ReplyKey

BLOCKS_APART = timedelta(seconds=30)
"""Lines of one reply follow each other faster; what follows later with the same prompt is another reply."""
_MARK = "@"
Prompt = tuple[int | None, ...]
"""The tokens of a prompt by kind, as a usage states them."""


@dataclass
class ReplyIds:
    """The replies without request id of one file, as far as it was read."""

    first_lines: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """(message id, a line's id or its parent's) -> when the reply began that the line belongs to"""
    last_lines: dict[tuple[str, str | None], tuple[datetime, datetime, Prompt]] = field(default_factory=dict)
    """(message id, session) -> when its last reply began, when its last line was written, what its prompt took"""

    def name(
        self, message_id: str, line: dict[str, Any], session: str | None, stated_at: datetime, prompt: Prompt
    ) -> str:
        """The id of the reply that a line belongs to. `prompt`: what was read, from the caches too.

        A line belongs to the reply of the line it follows, or whose predecessor it shares; where the log links them
        otherwise, to the reply that was written a moment before and took the same prompt.
        """
        own, parent = text(line.get("uuid")), text(line.get("parentUuid"))
        linked = self.first_lines.get((message_id, parent)) if parent else None
        began = linked or self._just_before(message_id, session, stated_at, prompt) or stated_at
        for known in (own, parent):
            if known:
                self.first_lines.setdefault((message_id, known), began)
        self.last_lines[message_id, session] = began, stated_at, prompt
        return f"{message_id}{_MARK}{began.isoformat()}"

    def _just_before(
        self, message_id: str, session: str | None, stated_at: datetime, prompt: Prompt
    ) -> datetime | None:
        began, last, same_prompt = self.last_lines.get((message_id, session), (None, stated_at, ()))
        return began if prompt == same_prompt and abs(stated_at - last) <= BLOCKS_APART else None


def without_replays(best: dict[ReplyKey, Reply]) -> dict[ReplyKey, Reply]:
    """These replies without those of side chains that replay one of the main thread.

    A replay has the message id of the reply it repeats. Where neither has a request id, all replies may have one
    message id, so a replay also has the session and the prompt of what it repeats.
    """
    main = [reply for reply in best.values() if not reply.is_sidechain]
    numbered = {reply.message_id for reply in main if reply.request_id}
    named = {_message_id(reply) for reply in main}
    prompts = {_prompt(reply) for reply in main}

    def is_replay(reply: Reply) -> bool:
        if reply.request_id:
            return reply.message_id in named
        return _message_id(reply) in numbered or _prompt(reply) in prompts

    return {key: reply for key, reply in best.items() if not (reply.is_sidechain and is_replay(reply))}


def _message_id(reply: Reply) -> str:
    return reply.message_id if reply.request_id else reply.message_id.rpartition(_MARK)[0] or reply.message_id


def _prompt(reply: Reply) -> tuple[Any, ...]:
    prompt = reply.input_uncached, reply.cache_read, reply.cache_write_5m, reply.cache_write_1h, reply.cache_write_other
    return (_message_id(reply), reply.session_id, *prompt)
