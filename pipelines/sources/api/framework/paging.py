"""Following pages to their end, and never for ever.

A page that says there is more without saying where, a cursor that comes back, and pages without end are faults
of the provider: they fail the window, so that half an answer is never taken for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.sources.api.framework.answers import AnswerError, Fields

MOST_PAGES = 10_000
MOST_EMPTY_PAGES = 20
"""Empty pages in a row that are still believed to lead somewhere."""


def next_cursor(page: Fields, *, more: str = "has_more", cursor: str = "next_page") -> str | None:
    """The cursor of the following page, None on the last.

    Raises:
        AnswerError: the page says that there is more, and not where.
    """
    where = page.optional_text(cursor)
    if not page.flag(more):
        return None
    if not where:
        raise AnswerError(f"{more} is true and {cursor} is missing: the rest cannot be asked for")
    return where


def follow(
    ask: Callable[[str | None], Fields],
    cursor_of: Callable[[Fields], str | None] = next_cursor,
    *,
    rows: str = "data",
) -> Iterator[Fields]:
    """Every page from the first, each asked for with the cursor that the one before gave.

    Args:
        ask: gives the page at a cursor; None is the first.
        cursor_of: the following page's cursor, None at the end.
        rows: the list that contains a page's rows.

    Raises:
        AnswerError: a cursor came back, too many pages followed each other empty, or there is no end.
    """
    seen: set[str | None] = {None}
    cursor: str | None = None
    empty = 0
    for _ in range(MOST_PAGES):
        page = ask(cursor)
        cursor = cursor_of(page)
        empty = 0 if page.objects(rows) else empty + 1
        yield page
        if cursor is None:
            return
        if cursor in seen:
            raise AnswerError("the pages lead back to one that was read already: a pagination loop")
        if empty > MOST_EMPTY_PAGES:
            raise AnswerError(f"{empty} empty pages in a row say that there is more")
        seen.add(cursor)
    raise AnswerError(f"more than {MOST_PAGES:,} pages")


def follow_numbers(ask: Callable[[int], Fields], has_next: Callable[[Fields], bool | None]) -> Iterator[Fields]:
    """Every page of a provider that numbers them from 1.

    Raises:
        AnswerError: a page came twice in a row, one does not say whether another follows, or there is no end.
    """
    earlier: Fields | None = None
    for number in range(1, MOST_PAGES + 1):
        page = ask(number)
        if page == earlier:
            raise AnswerError(f"page {number} is page {number - 1} again: a pagination loop")
        yield page
        more = has_next(page)
        if more is None:
            raise AnswerError(f"page {number} does not say whether another follows")
        if not more:
            return
        earlier = page
    raise AnswerError(f"more than {MOST_PAGES:,} pages")
