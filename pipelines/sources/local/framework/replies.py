"""One reply of a coding agent, and which of its copies counts.

Logs repeat themselves: streamed blocks, resumed and forked sessions, archives. A reply has a key of the agent's own
making; of the copies under one key the greater `rank` counts, and ties fall to a fixed order, so that no order of
files or runs changes the outcome. An agent that states totals of a whole session gives one reply for each
session, whose later copy has more tokens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter

from pipelines.domain.meters import BY_NAME

MAX_REASONS = 5
"""Of one file; the number of rejected lines is stored whole."""

ReplyKey = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: who answered, when, where, and how many tokens of each kind (None: not reported). No text of it.

    What it counts is a field that has the name of its meter. `requests` is None where the log does not
    say how many requests a session's total is made of. `note` says what was assumed. `earlier_id` is the message id
    under which an earlier version of the reader landed this copy: such a row gives way to it.
    """

    message_id: str
    request_id: str | None
    moment: datetime
    session_id: str | None
    project: str | None
    provider: str
    model: str | None
    source_file: str
    input_uncached_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_5m_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    cache_write_other_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    web_search_requests: int | None = None
    requests: int | None = 1
    is_sidechain: bool | None = None
    service_tier: str | None = None
    speed: str | None = None
    inference_geo: str | None = None
    note: str | None = None
    earlier_id: str | None = None

    @property
    def key(self) -> ReplyKey:
        """What makes two copies the same reply."""
        return self.message_id, self.request_id

    @property
    def tokens(self) -> int:
        """All tokens of the reply."""
        return sum(map(_or_nothing, _tokens(self)))

    @property
    def rank(self) -> tuple[bool, int, bool, int, float, str]:
        """Greater counts; of equals the earliest counts, and the file's name only makes the choice a fixed one."""
        reported = self.speed is not None
        output = self.output_tokens or 0
        return not self.is_sidechain, self.tokens, reported, output, -self.moment.timestamp(), self.source_file

    def outranks(self, other: Reply) -> bool:
        """Whether this copy counts rather than `other`; copies that differ in anything are never equal."""
        mine, theirs = self.rank, other.rank
        return mine > theirs if mine != theirs else repr(self) > repr(other)


METERS_OF_REPLY = tuple(field.name for field in fields(Reply) if field.name in BY_NAME)
"""What a reply counts: its fields that are meters."""
_tokens = attrgetter(*(name for name in METERS_OF_REPLY if BY_NAME[name].is_token))


def _or_nothing(count: int | None) -> int:
    return count or 0


@dataclass
class ParsedLog:
    """What one file gave: the copy of each reply that counts, and what in the file could not be used.

    `broken` lines are damaged. `is_unknown`: the file is intact, but of a form that this version does not know.
    `left_out` counts use that the file shows without its tokens, by what it is, in words of the reader.
    """

    replies: dict[ReplyKey, Reply] = field(default_factory=dict)
    copies: int = 0
    lines: int = 0
    broken: int = 0
    reasons: list[str] = field(default_factory=list)
    is_unknown: bool = False
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, reply: Reply) -> None:
        """Take a copy of a reply."""
        self.copies += 1
        keep_better(self.replies, reply)

    def reject(self, where: str, reason: str) -> None:
        """Count a line that cannot be used."""
        self.broken += 1
        if len(self.reasons) < MAX_REASONS:
            self.reasons.append(f"{where}: {reason}")


def keep_better(replies: dict[ReplyKey, Reply], reply: Reply) -> None:
    """Put `reply` among `replies`, unless a copy that outranks it is there."""
    key = reply.key
    known = replies.get(key)
    if known is None or reply.outranks(known):
        replies[key] = reply


def merge(replies: Iterable[Reply]) -> dict[ReplyKey, Reply]:
    """The copy of each reply that counts. Merging merged results gives the same as merging everything at once."""
    best: dict[ReplyKey, Reply] = {}
    for reply in replies:
        keep_better(best, reply)
    return best
