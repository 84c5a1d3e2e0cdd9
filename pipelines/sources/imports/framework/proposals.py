"""A mapping to begin with: what the names of columns suggest, their cells do not deny, and nobody has to guess.

Where two columns could be meant, or a currency or the order of days is open, there is a question instead of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.core import get_global

from pipelines.domain.money import TwoReadingsError, written_number
from pipelines.sources.imports.framework import mapped_values, values

ACCOUNT = "default"
DATE_FORMATS = (None, "unix", "%Y-%m", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "day-first", "month-first")
LEAST_LETTERS = 3
"""Of a pattern for file names: one with fewer would claim any file."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+", flags=re.UNICODE)

DATE = (
    "date|day|time|timestamp|period|month|created|start|started|datum|tag|data|fecha|jour|"
    "buchungstag|buchungsdatum|valuta|wertstellung|completed|booking|posted"
)
MONEY = (
    "cost|costs|amount|charge|charges|charged|spend|spent|total|subtotal|paid|price|betrag|kosten|summe|"
    "umsatz|montant|importo|importe|bedrag|kwota|castka|usd|eur|gbp|chf"
)
NOT_MONEY = (
    r"tokens?|requests?|unit|per|rate|quantity|usage|input|output|prompt|completion|cached?|read|write|"
    r"discount|discounts|savings|tax|vat|mwst|balance|saldo|limit|quota|list|count|context|generated|exchange|"
    r"budget|credit|credits|time|id|seconds|ms"
)
BETTER = r"net|billed|due|owed|total|subtotal|my"
_PLAIN_COUNT = re.compile(r"\d{1,15}(\.0+)?", flags=re.ASCII)


@dataclass(frozen=True)
class Column:
    """A column with the words of its name and its cells that say something."""

    name: str
    cells: tuple[str, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, name: str, cells: Sequence[str]) -> Column:
        """The column of this name."""
        words = frozenset(word.lower() for word in _WORD.findall(name.replace("api_key", "api key")))
        return cls(name, tuple(text for cell in cells if (text := cell.strip())), words)

    def says(self, pattern: str) -> bool:
        """Whether one of the words of its name is like `pattern`."""
        return any(re.fullmatch(pattern, word) for word in self.words)

    def all_match(self, fits: Callable[[str], bool]) -> bool:
        """Whether it has cells, and each of them fits."""
        return bool(self.cells) and all(map(fits, self.cells))


@dataclass
class Proposal:
    """A mapping to begin with as YAML would hold it, and the questions that only a person can answer."""

    mapping: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)


def propose(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[dict[str, Any], list[str]]:
    """An entry of `imports: files` for a file, and what is open in it."""
    totals = [row for row in rows if _is_total(row)]
    body = [row for row in rows if not _is_total(row)]
    table = [Column.of(column, [row[index] for row in body]) for index, column in enumerate(columns) if column.strip()]
    found = Proposal()
    _date(found, table)
    _amount(found, table)
    _tokens(found, table)
    _texts(found, table)
    if totals:
        found.mapping["skip_total_rows"] = True
    pattern, question = _pattern(name)
    mapping = {"provider": "", "columns": found.columns, **found.mapping}
    questions = ["provider: who sells it?", *found.questions, *question]
    return {"file": pattern, "account": ACCOUNT, "mapping": mapping}, questions


def _is_total(row: Sequence[str]) -> bool:
    first = next((cell.strip() for cell in row if cell.strip()), "")
    return mapped_values.TOTALS.fullmatch(first) is not None


def _date(found: Proposal, table: list[Column]) -> None:
    """The column of days: one whose name says so and whose cells are days in one form, or the question of the form."""
    named = [
        column for column in table if column.says(DATE) and not column.says("zone|ms|id|to|first|end|until|tokens?")
    ]
    for column in sorted(named, key=lambda column: not column.says("date|day|datum|fecha|buchungstag|buchungsdatum")):
        forms = [form for form in DATE_FORMATS if column.all_match(lambda cell, form=form: _is_day(cell, form))]  # type: ignore[misc]
        if not forms:
            continue
        found.columns["date"] = column.name
        if {"day-first", "month-first"} <= set(forms):
            found.questions.append(
                f"date_format: day-first or month-first? Every day of {column.name!r} can be read in both ways"
            )
        elif forms[0] is not None:
            found.mapping["date_format"] = forms[0]
        return


def _is_day(text: str, form: str | None) -> bool:
    try:
        mapped_values.period(text, form)
    except ValueError:
        return False
    return True


def _amount(found: Proposal, table: list[Column]) -> None:
    """The column of money: never tokens, quantities or unit prices. Of several, the one whose name says most."""
    named = [column for column in table if column.says(MONEY) and not column.says(NOT_MONEY)]
    priced = [column for column in named if not column.says("price") or len(named) == 1]
    fitting = [column for column in priced if column.all_match(lambda cell: _number(cell) is not None)]
    if not fitting:
        return
    ranked = sorted(fitting, key=_rank, reverse=True)
    best = [column for column in ranked if _rank(column) == _rank(ranked[0])]
    if len(best) > 1:
        found.questions.append(f"amount: which of {', '.join(repr(column.name) for column in best)}?")
        return
    column = best[0]
    found.columns["amount"] = column.name
    _currency(found, table, column)
    signs = {sign for cell in column.cells if (sign := _decimal(cell)) is not None}
    if len(signs) == 1 and any(_is_ambiguous(cell) for cell in column.cells):
        found.mapping["decimal"] = signs.pop()
    elif not signs and any(_is_ambiguous(cell) for cell in column.cells):
        found.questions.append(f"decimal: point or comma? Numbers of {column.name!r} can be read in both ways")
    negative = sum(cell.lstrip("$€£( ").startswith("-") or cell.startswith("(") for cell in column.cells)
    if negative:
        found.questions.append(
            f"negative_amounts: credit or cost? {negative} of {len(column.cells)} amounts have a minus"
        )


def _rank(column: Column) -> tuple[bool, bool, bool, bool]:
    money = column.says(
        "costs?|amount|subtotal|charges?|charged|spend|spent|betrag|kosten|montant|importo|importe|bedrag|kwota"
    )
    return (
        money and column.says(BETTER),
        money,
        column.says(BETTER),
        not column.says("unrounded|usd|original|converted"),
    )


def _bare(cell: str) -> str:
    return re.sub(r"^[A-Z]{3}\s*|\s*[A-Z]{3}$|[$€£¥₹]", "", cell).strip().strip("()").rstrip("-").replace("- ", "-")


def _number(cell: str) -> str | None:
    try:
        values.amount(_bare(cell))
    except ValueError:
        try:
            return written_number(_bare(cell))[0]
        except TwoReadingsError as error:
            return error.readings[0]
        except ValueError:
            return None
    return _bare(cell)


def _is_ambiguous(cell: str) -> bool:
    try:
        written_number(_bare(cell))
    except TwoReadingsError:
        return True
    except ValueError:
        return False
    return False


def _decimal(cell: str) -> str | None:
    """`point` or `comma`, where a cell proves it."""
    try:
        _, sign = written_number(_bare(cell))
    except ValueError:
        return None
    return next((word for word, known in mapped_values.SIGNS.items() if known == sign), None)


def _currency(found: Proposal, table: list[Column], amount: Column) -> None:
    """A column of codes, or the code that the name of the amount has. A sign of several currencies is a question."""
    codes = get_global("all_currencies")
    column = next(
        (
            c
            for c in table
            if c.says("currency|wahrung|devise|waehrung|währung|valuta")
            and c.all_match(lambda cell: cell.upper() in codes)
        ),
        None,
    )
    if column is not None:
        found.columns["currency"] = column.name
        return
    named = {
        word.upper() for word in amount.words if word in {"usd", "eur", "gbp", "chf", "cny", "jpy", "inr", "aud", "cad"}
    }
    written = "".join([amount.name, *amount.cells])
    named |= {"EUR"} if "€" in written else set()
    named |= {"GBP"} if "£" in written else set()
    if len(named) == 1:
        found.mapping["currency"] = named.pop()
        return
    found.mapping["currency"] = ""
    found.questions.append("currency: the file does not say which" + (" dollar" if "$" in written else ""))


def _tokens(found: Proposal, table: list[Column]) -> None:
    """Tokens by kind, disjoint: a sum of listed parts is left out, and so is a total of what it includes."""
    counted = [column for column in table if column.all_match(lambda cell: _PLAIN_COUNT.fullmatch(cell) is not None)]
    tokens = [c for c in counted if c.says("tokens?") and not c.says("time|first|ms|id|limit|price|cost|per|type")]
    fresh = [c for c in tokens if c.says("uncached") or (c.says("no|without") and c.says("cached?"))]
    cached = [c for c in tokens if c.says("cached?|cache") and c not in fresh]
    written = [c for c in cached if c.says("write|written|creation|writes")]
    read = [c for c in cached if c not in written]
    given = [c for c in tokens if c.says("input|prompt|context") and c not in fresh and c not in cached]
    output = [c for c in tokens if c.says("output|completion|generated") and c not in cached]
    rest = [c for c in tokens if c not in (*fresh, *cached, *given, *output) and not c.says("reasoning|audio|image")]
    inputs = fresh or given
    for meaning, columns in (("input_tokens", inputs), ("output_tokens", output), ("cache_write_tokens", written)):
        if columns:
            found.columns[meaning] = columns[0].name
    if read and (fresh or not given):
        found.columns["cache_read_tokens"] = read[0].name
    elif read:
        found.questions.append(
            f"input_tokens: are those of {read[0].name!r} in {given[0].name!r}? If not, they are cache_read_tokens"
        )
    if rest and not (inputs or output or cached):
        found.columns["tokens"] = rest[0].name
    requests = [c for c in counted if c.says("requests|calls") or c.words <= {"request", "count", "n", "num", "number"}]
    if requests and not requests[0].says("tokens?|id"):
        found.columns["requests"] = requests[0].name


TEXTS = (
    ("model", "models?", "consumption|provider|price|bucket"),
    ("project", "project|workspace", "hierarchy|number|description"),
    ("key", "key", "status|tokens?|redacted|type"),
    ("user", "user|member|email|mail", "agent|type"),
    ("service", "service|product", "id|tier|provider|price"),
    ("account", "organization|organisation|team|account", "name|holder|number|iban|counterparty|type|currency|from|to"),
)
"""What a text may mean -> words of its name, and words that deny it."""


def _texts(found: Proposal, table: list[Column]) -> None:
    taken = set(found.columns.values())
    for meaning, words, denied in TEXTS:
        named = [c for c in table if c.name not in taken and c.says(words) and not c.says(denied) and c.cells]
        texts = [column for column in named if not column.all_match(lambda cell: _number(cell) is not None)]
        if texts:
            best = min(texts, key=lambda column: (len(column.words), not column.says("name")))
            found.columns[meaning] = best.name
            taken.add(best.name)


def _pattern(name: str) -> tuple[str, list[str]]:
    """A pattern for the next export, which has other days in its name; the name itself where that fits any file."""
    pattern = re.sub(r"\d+([-_.]\d+)*", "*", Path(name).stem) + Path(name).suffix
    letters = sum(character.isalpha() for character in Path(pattern).stem)
    if letters >= LEAST_LETTERS:
        return pattern, []
    return name, ["file: the name has only figures, so a pattern of it would fit any file"]
