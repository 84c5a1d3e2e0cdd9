"""The checks of the report's scripts: on a machine without Node they are left out with a line, and CI has Node."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def make_js(ci: str) -> subprocess.CompletedProcess[str]:
    """`make js` where there is no Node."""
    command = ["make", "--no-print-directory", "js", "NODE=no-such-node"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | {"CI": ci}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_without_node_one_line_says_that_scripts_were_not_checked() -> None:
    done = make_js(ci="")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "!! NOT RUN: the checks of the report's scripts, for want of Node 20 or newer with npm.\n",
        "",
    )


def test_continuous_integration_without_node_fails() -> None:
    done = make_js(ci="true")
    assert done.returncode == 2
    assert "make: the report's scripts need Node 20 or newer with npm, which CI must have\n" in done.stderr


def test_the_packages_are_pinned_and_their_lock_names_no_registry() -> None:
    text = (ROOT / "dashboards/package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    package = json.loads((ROOT / "dashboards/package.json").read_text(encoding="utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert '"resolved"' not in text
    assert [name for name, locked in packages.items() if name and "integrity" not in locked] == []
