"""Audit the code, the workflows, the secrets and the dependencies, and print a verdict for each: `make audit`.

Each audit is a separate tool (requirements/audit.lock); here is only how it is called and what counts as a finding.
A finding of Bandit counts unless its lines carry Ruff's `noqa` for the same rule with a reason. A text that looks like
a secret counts unless `.secrets.baseline` lists it. A vulnerable dependency counts unless ACCEPTED names it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipelines", "notifications", "dashboards")
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
BASELINE = ".secrets.baseline"
ACCEPTED: dict[str, str] = {}
"""Advisories that do not touch this project, each with its reason."""
UNREACHABLE = ("ConnectionError", "Name or service not known", "Max retries exceeded", "ProxyError", "status code 40")


class NotRunError(Exception):
    """An audit that could not be made, and why."""


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment in the checkout."""
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def code() -> Iterator[str]:
    """Bandit: what may be unsafe in what is shipped."""
    done = tool("bandit", "--quiet", "--recursive", "--format", "json", *PACKAGES)
    for found in json.loads(done.stdout)["results"]:
        if not has_reason(found["filename"], found["line_range"], found["test_id"].removeprefix("B")):
            yield f"{found['filename']}:{found['line_number']}: {found['test_id']} {found['issue_text']}"


def has_reason(file: str, lines: list[int], rule: str) -> bool:
    """Whether one of the lines of a finding says why it is safe, as Ruff's rule of the same number asks."""
    text = (ROOT / file).read_text(encoding="utf-8").splitlines()
    marked = re.compile(rf"# noqa:.*\bS{rule}\b.* - \S")
    return any(marked.search(text[number - 1]) for number in lines)


def workflows() -> Iterator[str]:
    """Zizmor: what may be unsafe in the workflows."""
    done = tool("zizmor", "--offline", "--quiet", "--format", "plain", ".github")
    if done.returncode:
        yield done.stdout or done.stderr


def secrets() -> Iterator[str]:
    """detect-secrets: what looks like a secret in a file that is checked in."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    done = tool("detect-secrets-hook", "--no-verify", "--baseline", BASELINE, *listed.stdout.splitlines())
    if done.returncode == 1:
        yield done.stdout


def dependencies() -> Iterator[str]:
    """pip-audit: known vulnerabilities of what the locks name, from the database OSV.

    Raises:
        NotRunError: the database cannot be reached.
    """
    for lock in LOCKS:
        done = tool(
            *("pip-audit", "--vulnerability-service", "osv", "--require-hashes", "--disable-pip"),
            *("--progress-spinner", "off", "--format", "json", "--requirement", str(lock)),
        )
        if any(sign in done.stderr for sign in UNREACHABLE):
            raise NotRunError("the database of vulnerabilities cannot be reached from here")
        if not done.stdout:
            yield f"{lock.name}: {done.stderr.strip()}"
            continue
        for package in json.loads(done.stdout)["dependencies"]:
            for found in package.get("vulns", ()):
                if not {found["id"], *found["aliases"]} & ACCEPTED.keys():
                    mended = ", ".join(found["fix_versions"]) or "no version"
                    yield f"{lock.name}: {package['name']} {package['version']}: {found['id']}, mended in {mended}"


AUDITS: dict[str, Callable[[], Iterator[str]]] = {
    "code": code,
    "workflows": workflows,
    "secrets": secrets,
    "dependencies": dependencies,
}


def main() -> int:
    """Run each audit; 1 where one has a finding or could not be made, because what was not checked has not passed."""
    console = Console(markup=False, highlight=False, soft_wrap=True)
    failed = False
    for name, audit in AUDITS.items():
        try:
            findings = list(audit())
        except NotRunError as error:
            console.print(f"! {name}: NOT CHECKED, {error}")
            failed = True
            continue
        console.print(f"· {name}: {f'{len(findings)} findings' if findings else 'no findings'}")
        for finding in findings:
            console.print(f"  {finding}")
        failed |= bool(findings)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
