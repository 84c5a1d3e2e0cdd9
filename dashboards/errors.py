"""What can be wrong with a report, as one exception."""

from __future__ import annotations


class ReportError(Exception):
    """A report cannot be built or read; the message says why and what to do about it."""
