"""Which fields an answer must have, as each source reports it for each of its endpoints.

    required    missing or null: the answer is refused, and the message has the path
    nullable    missing: refused; null has a meaning
    expected    missing: accepted, and reported as a finding; null has a meaning

In a path `name[]` is a list of objects, `name{}` an object whose names are data, and `name?` what may be missing with
all below it. Belongs here: looking whether fields are there. Does not: reading them (answers.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pipelines.errors import SourceError
from pipelines.sources.api.framework.answers import refusal, shown

Answers = Mapping[str, "Shape"]
"""The shape of the answer at each path below the base; `*` in a path is an id."""


@dataclass(frozen=True)
class Shape:
    """What an answer must have. Each field is a path as above; of all rows, the first that lacks one is named."""

    required: tuple[str, ...]
    nullable: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()

    def check(self, answer: Any, lacking: Counter[str]) -> None:
        """Look for every field; an expected one that is missing is counted in `lacking` under its path.

        What is of another type than its path says is left to its reader, which names it.

        Raises:
            AnswerError: a required field is missing or null, or a nullable one is missing.
        """
        for path in self.required:
            for place, holder, name in _holders(answer, path):
                if holder.get(name) is None:
                    raise refusal(f"{place} is missing")
        for path in self.nullable:
            for place, holder, name in _holders(answer, path):
                if name not in holder:
                    raise refusal(f"{place} is missing")
        for path in self.expected:
            missing = sum(name not in holder for _, holder, name in _holders(answer, path))
            if missing:
                lacking[path.replace("?", "")] += missing


def shape_of(answers: Answers, path: str) -> Shape:
    """The shape that is reported for the answer at `path`.

    Raises:
        SourceError: none is, so nobody would notice what the answer lacks.
    """
    for pattern, shape in answers.items():
        if fnmatchcase(path, pattern):
            return shape
    raise SourceError(f"this version does not define what an answer at {path} must have: please report this")


def _holders(answer: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """(place, object, name) of each field that `path` leads to; the object need not have it."""
    *above, name = path.split(".")
    for place, holder in _below(answer, above, ""):
        yield f"{place}.{name}" if place else name, holder, name


def _below(value: Any, segments: Sequence[str], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(value, dict):
        return
    if not segments:
        yield place, value
        return
    segment, *rest = segments
    name = segment.rstrip("[]{}?")
    here = f"{place}.{name}" if place else name
    found = value.get(name)
    if found is None:
        if segment.endswith("?"):
            return
        raise refusal(f"{here} is missing")
    items: Sequence[tuple[str, Any]] = [(here, found)]
    if "[]" in segment:
        items = [(f"{here}[{number}]", item) for number, item in enumerate(found if isinstance(found, list) else [])]
    elif "{}" in segment:
        items = [(f"{here}.{shown(key)}", item) for key, item in (found if isinstance(found, dict) else {}).items()]
    for at, item in items:
        yield from _below(item, rest, at)
