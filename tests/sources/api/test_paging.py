"""Following pages: every one of them once, and an end to those that have none."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.paging import MOST_EMPTY_PAGES, MOST_PAGES, follow, follow_numbers, next_cursor


class Book:
    """Pages by their cursor; keeps which were asked for."""

    def __init__(self, pages: dict[str | None, dict[str, Any]]) -> None:
        self.pages = pages
        self.asked: list[str | None] = []

    def page(self, cursor: str | None) -> Fields:
        self.asked.append(cursor)
        return Fields(self.pages[cursor], "", set())


def page(*rows: int, after: Any = None, **reported: Any) -> dict[str, Any]:
    return {"data": [{"n": row} for row in rows], "has_more": after is not None, "next_page": after, **reported}


def numbers(pages: list[Fields]) -> list[int]:
    return [row.count("n") for page in pages for row in page.objects("data")]


def test_every_page_is_read_once_and_in_order():
    book = Book({None: page(1, 2, after="b"), "b": page(after="c"), "c": page(3)})
    assert numbers(list(follow(book.page))) == [1, 2, 3]
    assert book.asked == [None, "b", "c"]


def test_a_last_page_that_still_names_a_cursor_is_the_last():
    book = Book({None: page(1, after="b", has_more=False)})
    assert numbers(list(follow(book.page))) == [1]
    assert book.asked == [None]


def test_a_page_that_does_not_say_whether_there_is_more_is_the_last():
    assert next_cursor(Fields({"next_page": "b"}, "", set())) is None


def test_a_cursor_that_is_a_number_is_taken():
    assert next_cursor(Fields({"more": True, "at": 7}, "", set()), more="more", cursor="at") == "7"


@pytest.mark.parametrize("where", [{}, {"next_page": None}, {"next_page": ""}], ids=["absent", "null", "empty"])
def test_more_without_a_cursor_is_refused(where: dict[str, Any]):
    with pytest.raises(AnswerError) as refused:
        next_cursor(Fields({"has_more": True, **where}, "", set()))
    assert str(refused.value) == "has_more is true and next_page is missing: the rest cannot be asked for"


@pytest.mark.parametrize("back_to", ["b", "c"], ids=["two pages", "the page itself"])
def test_a_cursor_that_comes_back_is_refused(back_to: str):
    book = Book({None: page(1, after="b"), "b": page(2, after="c"), "c": page(3, after=back_to)})
    with pytest.raises(AnswerError) as refused:
        list(follow(book.page))
    assert str(refused.value) == "the pages lead back to one that was read already: a pagination loop"
    assert book.asked == [None, "b", "c"]


def test_empty_pages_are_believed_for_a_while():
    def ask(cursor: str | None) -> Fields:
        at = int(cursor or 0)
        rows = () if at % (MOST_EMPTY_PAGES + 1) > 0 else (at,)
        return Fields(page(*rows, after=None if at == 42 else str(at + 1)), "", set())

    assert numbers(list(follow(ask))) == [0, 21, 42]


def test_empty_pages_without_end_are_refused():
    def ask(cursor: str | None) -> Fields:
        return Fields(page(after=str(int(cursor or 0) + 1)), "", set())

    with pytest.raises(AnswerError) as refused:
        list(follow(ask))
    assert str(refused.value) == "21 empty pages in a row say that there is more"


def test_pages_without_end_are_refused():
    asked = []

    def ask(cursor: str | None) -> Fields:
        asked.append(cursor)
        return Fields(page(1, after=str(len(asked))), "", set())

    with pytest.raises(AnswerError) as refused:
        list(follow(ask))
    assert (str(refused.value), len(asked)) == ("more than 10,000 pages", MOST_PAGES)


def test_a_page_without_its_rows_is_refused():
    with pytest.raises(AnswerError, match=r"^rows is missing$"):
        list(follow(Book({None: page(1)}).page, rows="rows"))


def test_numbered_pages_are_read_to_the_last():
    def ask(number: int) -> Fields:
        return Fields(page(number, more=number < 3), "", set())

    assert numbers(list(follow_numbers(ask, lambda page: bool(page.flag("more"))))) == [1, 2, 3]


def test_a_numbered_page_that_comes_again_is_refused():
    def ask(number: int) -> Fields:
        return Fields(page(min(number, 2)), "", set())

    with pytest.raises(AnswerError) as refused:
        list(follow_numbers(ask, lambda _: True))
    assert str(refused.value) == "page 3 is page 2 again: a pagination loop"


def test_numbered_pages_without_end_are_refused():
    asked = []

    def ask(number: int) -> Fields:
        asked.append(number)
        return Fields(page(number), "", set())

    with pytest.raises(AnswerError) as refused:
        list(follow_numbers(ask, lambda _: True))
    assert (str(refused.value), asked[-1]) == ("more than 10,000 pages", MOST_PAGES)
