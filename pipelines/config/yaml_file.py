"""Reading YAML so that every complaint can say file:line:column, and no amount passes through a float."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from pipelines.config.coherence import Place
from pipelines.config.coherence import problems as problems_between_entries
from pipelines.config.known import KnownNames
from pipelines.config.model import Configuration
from pipelines.errors import MOST_PROBLEMS, ConfigError
from pipelines.presentation.messages import NO_SUCH_SETTING
from pipelines.presentation.wording import first_of, shortened
from pipelines.reading.files import content_of, not_read

NOTHING_KNOWN = KnownNames()
LARGEST_FILE = 1_000_000
MOST_VALUES = 20_000
LONGEST_NAME = 60
"""Characters of a setting's name, as far as it is shown and compared: that takes the square of its length."""
DEEPEST = 20
"""Levels; the settings have six, and the parser would run out of stack at some hundreds."""
Position = tuple[int, int]


class _Loader(yaml.SafeLoader):
    """Safe YAML with exact numbers; what it allows beyond plain values is refused."""


def _exact_number(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    try:
        return Decimal(str(loader.construct_scalar(node)).replace("_", ""))
    except ArithmeticError:
        problem = f"{node.value} is not a number: write it with digits and a decimal point"
        raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark) from None


def _day(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        problem = f"{node.value} is not a day of the calendar"
        raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark) from None


_Loader.add_constructor("tag:yaml.org,2002:float", _exact_number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)


def read_configuration(path: Path, known: KnownNames = NOTHING_KNOWN, home: Path | None = None) -> Configuration:
    """The configuration in `path`.

    Args:
        path: the file.
        known: the names that it may refer to.
        home: the data folder, whose landed and entered names are known too.

    Raises:
        ConfigError: with every problem as file:line:column: what is wrong and how to fix it.
    """
    node = _compose(path)
    if node is None:
        return Configuration()
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path}:1:1: the file must contain settings, such as `currency: USD`")
    positions: dict[tuple[Any, ...], Position] = {}
    problems = _index(path, node, (), positions)
    if problems:
        raise ConfigError(_together(problems))
    loader = _Loader("")
    try:
        value = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        raise ConfigError(_at_mark(path, error)) from error
    except (yaml.YAMLError, ArithmeticError, ValueError) as error:
        raise ConfigError(f"{path}: {' '.join(str(error).split())}") from error
    finally:
        loader.dispose()
    try:
        configuration = Configuration.model_validate(value)
    except ValidationError as error:
        raise ConfigError(_together(_explain(path, error, positions))) from None
    found = problems_between_entries(configuration, known, home)
    if found:
        raise ConfigError(_together(sorted(_placed(path, place, text, positions) for place, text in found)))
    return configuration


def _together(problems: list[str]) -> str:
    return "\n".join(first_of([*map(shortened, problems)], MOST_PROBLEMS))


def _compose(path: Path) -> yaml.Node | None:
    try:
        content = content_of(path, largest=LARGEST_FILE)
    except OSError as error:
        raise ConfigError(f"{path}: {not_read(error)}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 (byte {error.start + 1}): save it as UTF-8") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line[: len(line) - len(line.lstrip())].count("\t"):
            raise ConfigError(f"{path}:{number}:1: a tab indents this line; YAML needs spaces")
    try:
        _refuse_what_is_no_configuration(path, text)
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise ConfigError(_at_mark(path, error)) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: {' '.join(str(error).split())}") from error


def _refuse_what_is_no_configuration(path: Path, text: str) -> None:
    """Refuse aliases, depth and more values than anyone writes, before anything is built of them."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if number > MOST_VALUES:
            raise ConfigError(f"{path}:{_line(event.start_mark)}: there are more than {MOST_VALUES:,} values above")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ConfigError(f"{path}:{_line(event.start_mark)}: this is nested more than {DEEPEST} levels deep")
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{path}:{_line(event.start_mark)}: *{event.anchor} is an alias; write the value out")


def _at_mark(path: Path, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    return f"{place}: {error.problem or error.context}"


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _index(
    path: Path, node: yaml.Node, place: tuple[Any, ...], positions: dict[tuple[Any, ...], Position]
) -> list[str]:
    """Note the position of each value; give complaints about repeated keys."""
    problems: list[str] = []
    positions[place] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            if not isinstance(key, yaml.ScalarNode):
                problems.append(f"{path}:{line}:{column}: the name of a setting is a word, not a list or a mapping")
                continue
            if key.value in seen:
                problems.append(
                    f"{path}:{line}:{column}: {key.value} appears here and on line {seen[key.value]}: keep one"
                )
            seen[key.value] = line
            problems += _index(path, value, (*place, key.value), positions)
            positions[(*place, key.value)] = (line, column)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            problems += _index(path, value, (*place, index), positions)
    return problems


def _explain(path: Path, error: ValidationError, positions: dict[tuple[Any, ...], Position]) -> list[str]:
    explained = []
    for problem in error.errors(include_url=False, include_input=False):
        line, column = _position(problem["loc"], positions)
        explained.append(f"{path}:{line}:{column}: {_sentence(problem, _named(problem['loc']))}")
    return explained


def _placed(path: Path, place: Place, text: str, positions: dict[tuple[Any, ...], Position]) -> str:
    line, column = _position(place, positions)
    return f"{path}:{line}:{column}: {_named(place)}: {text}"


def _position(place: tuple[Any, ...], positions: dict[tuple[Any, ...], Position]) -> Position:
    """The position of the value, or of the nearest one above it that is written."""
    while place and place not in positions:
        place = place[:-1]
    return positions[place]


def _named(place: tuple[Any, ...]) -> str:
    parts = (part if isinstance(part, int) else shortened(str(part), LONGEST_NAME) for part in place)
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")


def _sentence(problem: Any, name: str) -> str:
    if problem["type"] == "extra_forbidden":
        return f"{name}: {NO_SUCH_SETTING}{_suggestion(problem['loc'])}"
    if problem["type"] == "missing":
        return f"{name} is missing: add it"
    text = str(problem["msg"]).removeprefix("Value error, ").replace("Input should be", "this should be")
    return f"{name}: {text}" if name else text


def _suggestion(place: tuple[Any, ...]) -> str:
    """What the setting may have been meant to be, from the names its section knows."""
    fields = Configuration.model_fields
    for part in place[:-1]:
        if isinstance(part, str) and part in fields:
            arguments = getattr(fields[part].annotation, "__args__", ())
            fields = getattr(arguments[0], "model_fields", {}) if arguments else {}
    close = get_close_matches(str(place[-1])[:LONGEST_NAME], list(fields), 1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(fields)}" if fields else ""
