"""Two first runs of one home at once: one works, the other waits for it, and both end well."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.installation import install
from tests.e2e.test_user_data import EQUAL, sums


def test_of_two_first_runs_at_once_one_waits_and_says_so(tmp_path: Path):
    installation = install(tmp_path / "person")
    runs = [installation.begin("run") for _ in range(2)]
    ended = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ended
    sentences = [
        f"another run (process {other.pid}) is using {installation.data}: waiting for it to end" for other in runs
    ]
    said = [err for _, err in ended]
    assert [any(sentence in err for sentence in sentences) for err in said].count(True) == 1, said
    assert sums(installation) == EQUAL
    assert list(installation.data.rglob("*.damaged-*")) == []
    assert {path.name for path in installation.person.iterdir()} == {".claude", "data"}
