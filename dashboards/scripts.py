"""The one script of a page, joined from ES modules: those of its panels, `static/js/page.js`, and what they import.

Belongs here: reading import and export statements and joining modules so that each keeps a separate scope. Does not:
checking what modules do, which is the linter's, the type checker's and the tests' (`make js`).

A module becomes a function that returns its exports, after the modules it imports. Few forms are understood, and only
at the beginning of a line: `import { a, b as c } from "./x.js"`, `import * as x from "./x.js"`, `import "./x.js"`, and
`export` before `const`, `function`, `async function` and `class`. Any other is refused with its place, and so are names
that the other module does not export, and modules that import each other in a circle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dashboards.errors import ReportError

_IMPORT = re.compile(r'import (?:(\* as [\w$]+|\{[^}]*\}) from )?"(\.{1,2}/[^"]+)";$')
_EXPORT = re.compile(r"export (?:const|(?:async )?function|class) ([\w$]+)")
_NAME = re.compile(r"[\w$]+(?: as [\w$]+)?")


@dataclass(frozen=True)
class _Import:
    """A statement that imports: `bound` is what is before `from`, None where only the module's effect is wanted."""

    line: int
    target: Path
    bound: str | None

    @property
    def names(self) -> list[str]:
        """The names that the other module has to export."""
        return [] if self.bound is None or self.bound.startswith("*") else _NAME.findall(self.bound)


@dataclass(frozen=True)
class _Module:
    path: Path
    imports: tuple[_Import, ...]
    exports: tuple[str, ...]
    body: tuple[str, ...]


def join_modules(entries: Iterable[Path]) -> str:
    """The script that runs `entries` in their order, each module once and after those it imports.

    Raises:
        ReportError: a module is missing, is not written in the forms above, or imports what is not exported.
    """
    known: dict[Path, _Module] = {}
    for entry in entries:
        _collect(entry.resolve(), known, ())
    variables = {path: f"$module{number}" for number, path in enumerate(known)}
    parts = [_as_function(module, variables) for module in known.values()]
    return '"use strict";(() => {\n' + "\n".join(parts) + "\n})();"


def _collect(path: Path, known: dict[Path, _Module], importers: tuple[Path, ...]) -> None:
    """Add the module at `path` to `known`, after what it imports."""
    if path in known:
        return
    if path in importers:
        circle = " imports ".join(found.name for found in (*importers[importers.index(path) :], path))
        raise ReportError(f"scripts import each other in a circle: {circle}")
    module = _read(path)
    for wanted in module.imports:
        if not wanted.target.is_file():
            raise _refusal(path, wanted.line, f"there is no {wanted.target}")
        _collect(wanted.target, known, (*importers, path))
        exported = known[wanted.target].exports
        for name in wanted.names:
            if name.partition(" as ")[0] not in exported:
                raise _refusal(path, wanted.line, f"{wanted.target.name} does not export {name.partition(' as ')[0]}")
    known[path] = module


def _read(path: Path) -> _Module:
    imports: list[_Import] = []
    exports: list[str] = []
    body: list[str] = []
    lines = iter(_code_lines(path))
    for number, line in lines:
        if line.startswith("import "):
            statement = line
            while not statement.endswith(";"):
                statement += " " + next(lines, (number, ";"))[1].strip()
            found = _IMPORT.match(statement)
            if found is None:
                raise _refusal(path, number, f"this form of import is not understood: {statement}")
            imports.append(_Import(number, (path.parent / found[2]).resolve(), found[1]))
        elif line.startswith("export "):
            found = _EXPORT.match(line)
            if found is None:
                raise _refusal(path, number, f"this form of export is not understood: {line}")
            exports.append(found[1])
            body.append(line.removeprefix("export "))
        else:
            body.append(line.strip())
    return _Module(path, tuple(imports), tuple(exports), tuple(body))


def _code_lines(path: Path) -> list[tuple[int, str]]:
    """The lines of a module with their numbers, less empty ones and those that are comments."""
    found = []
    in_comment = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        code = line
        in_comment = in_comment or line.lstrip().startswith("/*")
        if in_comment:
            # Code may follow a comment on its line: a cast.
            _, ending, code = line.partition("*/")
            in_comment = not ending
        if not code.strip() or code.lstrip().startswith("//"):
            continue
        if code.count("`") % 2:
            raise _refusal(path, number, "a template literal has to end on the line where it begins")
        found.append((number, code))
    return found


def _as_function(module: _Module, variables: dict[Path, str]) -> str:
    head = []
    for wanted in module.imports:
        variable = variables[wanted.target]
        if wanted.bound is not None and wanted.bound.startswith("*"):
            head.append(f"const {wanted.bound.removeprefix('* as ')} = {variable};")
        elif wanted.names:
            head.append(f"const {{ {', '.join(name.replace(' as ', ': ') for name in wanted.names)} }} = {variable};")
    lines = [*head, *module.body, f"return {{ {', '.join(module.exports)} }};"]
    return f"const {variables[module.path]} = (() => {{\n" + "\n".join(lines) + "\n})();"


def _refusal(path: Path, line: int, why: str) -> ReportError:
    return ReportError(f"{path}:{line}: {why}")
