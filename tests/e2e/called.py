"""Commands called one after another in one process, for tests that cannot call them in their own.

    python -m tests.e2e.called "add groq 1.00" "export"     prints [[exit code, standard output, standard error], …]

Belongs here: calling the command line. Does not: what must come of it.
"""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout

from pipelines.cli import main


def call(line: str) -> tuple[int, str, str]:
    """How `ai-costs` ended with the arguments of `line`, and what it printed."""
    sys.argv = ["ai-costs", *line.split()]
    printed, errors = io.StringIO(), io.StringIO()
    code: object = None
    with redirect_stdout(printed), redirect_stderr(errors):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return int(str(code or 0)), printed.getvalue(), errors.getvalue()


if __name__ == "__main__":
    os.chdir(os.environ["HOME"])
    json.dump([call(line) for line in sys.argv[1:]], sys.stdout)
