"""Make sure that a Chromium starts: the one named by CHROMIUM, else the one Playwright downloads.

`make e2e` asks this before it decides whether the browser tests can run; exit 1 says that they cannot.
"""

from __future__ import annotations

import os
import subprocess
import sys

from playwright.sync_api import Error, sync_playwright

DOWNLOAD = [sys.executable, "-m", "playwright", "install", "chromium"]


def starts(executable: str | None) -> bool:
    try:
        with sync_playwright() as playwright:
            playwright.chromium.launch(executable_path=executable).close()
    except Error:
        return False
    return True


def main() -> int:
    named = os.environ.get("CHROMIUM") or None
    if starts(named):
        return 0
    if named is None:
        print("· Chromium for the browser tests", flush=True)  # noqa: T201 - a step of make
        impatient = os.environ | {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000"}
        fetched = subprocess.run(DOWNLOAD, env=impatient, capture_output=True, check=False)
        if fetched.returncode == 0 and starts(None):
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
