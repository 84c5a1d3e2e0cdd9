"""The templates that a person uses in place of the usual ones: whether they work.

Belongs here: looking at them before they are needed. Does not: using them (notifications/rendering.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from notifications.examples import every_message
from notifications.rendering import Wording, names, worded_by
from pipelines.app.home import Home


def template_problems(home: Home) -> list[str]:
    """A sentence for each template of the home's folder that would not be used: file, line and why."""
    folder = home.persons_folders.templates
    if not folder.is_dir():
        return []
    failures: list[str] = []
    with worded_by(Wording(folder, "https://costs.example.com", failures.append)):
        for _ in every_message():
            pass
    return [*_unknown(folder), *dict.fromkeys(failures)]


def _unknown(folder: Path) -> Iterator[str]:
    known = names()
    for path in sorted(folder.iterdir()):
        if path.name not in known and path.is_file():
            guess = get_close_matches(path.name, known, 1)
            hint = f"did you mean {guess[0]}?" if guess else f"there are {', '.join(sorted(known))}"
            yield f"{path.name}: no template has this name: {hint}"
