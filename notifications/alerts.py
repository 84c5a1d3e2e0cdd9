"""What an alert is: one thing that a person should know, reported once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How soon a person should look."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert. The same `dedup_key` is never sent twice to a channel; `supersedes` need not be sent any more.

    `channels` names where it goes; None means everywhere. `scope` is whose money it is about, by dimension, such as
    `{"project": ("atlas",)}`; empty: of everything. `picture` is a PNG to which its HTML refers as cid:sparkline.
    """

    rule: str
    dedup_key: str
    severity: Severity
    subject: str
    body_text: str
    body_html: str
    supersedes: tuple[str, ...] = ()
    channels: tuple[str, ...] | None = None
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    picture: bytes | None = None
