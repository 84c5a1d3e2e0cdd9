"""Joining modules into the one script of a page: each in its scope, once, after what it imports; or a refusal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards.errors import ReportError
from dashboards.page import LOADER, PAGE_SCRIPT, STATIC
from dashboards.panels import FOLDER, discover
from dashboards.scripts import join_modules


def _written(folder: Path, **modules: str) -> Path:
    """The path of the module `entry` among `modules`."""
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "entry.js"


def test_a_module_becomes_a_function_that_returns_its_exports(tmp_path: Path):
    entry = _written(
        tmp_path,
        money='// Comment\nexport const EURO = "€";\n\nconst hidden = 1;\n\n/**\n * @param {number} a\n */\n'
        "export function write(a) {\n  return EURO + a + hidden; // said\n}\n",
        entry='import { EURO, write as money } from "./money.js";\nimport * as all from "./money.js";\n\n'
        "document.title = money(all.EURO, EURO);\n",
    )
    assert join_modules([entry]) == (
        '"use strict";(() => {\n'
        "const $module0 = (() => {\n"
        'const EURO = "€";\n'
        "const hidden = 1;\n"
        "function write(a) {\n"
        "return EURO + a + hidden; // said\n"
        "}\n"
        "return { EURO, write };\n"
        "})();\n"
        "const $module1 = (() => {\n"
        "const { EURO, write: money } = $module0;\n"
        "const all = $module0;\n"
        "document.title = money(all.EURO, EURO);\n"
        "return {  };\n"
        "})();\n"
        "})();"
    )


def test_modules_run_once_and_after_those_they_import(tmp_path: Path):
    entry = _written(
        tmp_path,
        a='import "./c.js";\nrun("a");\n',
        b='import {\n  c,\n} from "./c.js";\nrun("b", c);\n',
        c='export const c = run("c");\n',
        entry='import "./b.js";\nimport "./a.js";\nrun("entry");\n',
    )
    assert re.findall(r'run\("(\w+)"', join_modules([tmp_path / "a.js", entry])) == ["c", "a", "b", "entry"]


def test_a_comment_before_code_on_its_line_is_left_out_and_the_code_kept(tmp_path: Path):
    entry = _written(
        tmp_path, entry="const a = [\n  /** @type {number} */ (b),\n  /* gone */\n  /* gone\n  too */ c,\n];\n"
    )
    assert "const a = [\n(b),\nc,\n];" in join_modules([entry])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            'import a from "./other.js";',
            'entry.js:1: this form of import is not understood: import a from "./other.js";',
        ),
        ('import { a } from "somewhere";', "entry.js:1: this form of import is not understood"),
        ('\n\nimport { b } from "./other.js";', "entry.js:3: other.js does not export b"),
        ('import { a } from "./nowhere.js";', "entry.js:1: there is no "),
        ("export default 1;", "entry.js:1: this form of export is not understood: export default 1;"),
        ("export let a = 1;", "entry.js:1: this form of export is not understood"),
        ("const a = `one\ntwo`;", "entry.js:1: a template literal has to end on the line where it begins"),
        (
            'import { a } from "./circle.js";',
            "scripts import each other in a circle: entry.js imports circle.js imports",
        ),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(text: str, complaint: str, tmp_path: Path):
    entry = _written(
        tmp_path, entry=text, other="export const a = 1;", circle='import "./entry.js";\nexport const a = 1;'
    )
    with pytest.raises(ReportError, match=re.escape(complaint)):
        join_modules([entry])


def test_every_panel_with_a_chart_has_its_script_and_every_script_is_read():
    scripts = {panel.id for panel in discover() if panel.script is not None}
    assert scripts == {path.stem for path in FOLDER.glob("*.js")}
    joined = join_modules([LOADER, *sorted(FOLDER.glob("*.js")), PAGE_SCRIPT])
    modules = [*FOLDER.glob("*.js"), *(STATIC / "js").glob("*.js")]
    assert joined.count("= (() => {\n") == len(modules)
    assert joined.endswith("\nstart().catch(sayFailed);\nreturn {  };\n})();\n})();")
