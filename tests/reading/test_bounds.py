"""Files that are files and still too much: rows, columns, problems and folders without end are bounded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.app.diagnosis import examine
from pipelines.app.refresh import extract_agent_logs, extract_imported_files, extract_manual_entries
from pipelines.config import load_settings
from pipelines.errors import MOST_PROBLEMS, ConfigError
from pipelines.presentation.messages import NO_SUCH_SETTING
from pipelines.reading.files import shown
from pipelines.sources.outcomes import Status
from tests.extraction.test_extraction import home_at
from tests.reading.hostile import at_once
from tests.sources.imports.specimens import SPECIMENS

HEADER = "date,provider,account,amount,currency"
EXPORT = next(specimen.content for specimen in SPECIMENS if specimen.id == "deepseek: days").partition("\n")[0].strip()
READERS = {"manual": extract_manual_entries, "inbox": extract_imported_files}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(",".join(f"c{n}" for n in range(1_000_000)), "longer than 1,000,000 characters", id="columns"),
        pytest.param(f"{HEADER},{',' * 3000}x\n", "columns", id="more columns than any has"),
        pytest.param(",".join(["x" * 9000] * 99), "columns", id="long names"),
        pytest.param("x" * 8_000_000, "longer than 1,000,000 characters", id="one line"),
        pytest.param(f"{HEADER}\n" + ",1" * 4_000_000, "longer than 1,000,000 characters", id="a row of one line"),
        pytest.param(f"{HEADER}\n" + '"a\nb",' * 900_000, "longer than 1,000,000 characters", id="a row of many lines"),
        pytest.param(f'{HEADER}\n2026-03-02,"{"x" * 900_000}",a,1,USD\n', "", id="a long cell"),
        pytest.param(f"{HEADER}\n2026-03-02,gr\0oq,a,1,USD\n", "", id="NUL"),
    ],
)
@pytest.mark.parametrize("door", READERS)
def test_a_table_without_end_is_refused_at_once_in_few_words(tmp_path: Path, door: str, content: str, words: str):
    home = home_at(tmp_path)
    (tmp_path / "data" / door / "bill.csv").write_text(content if door == "manual" else content.replace(HEADER, EXPORT))
    with at_once():
        (outcome,) = READERS[door](home)
    assert outcome.status is Status.REFUSED
    assert words in (outcome.message or "")
    assert len(outcome.message or "") < 25_000


def test_a_hundred_problems_are_kept_and_all_are_counted(tmp_path: Path):
    home = home_at(tmp_path)
    wrong = "2026-13-41,groq,a,twelve,XXXX,\n" * 20_000
    (tmp_path / "data" / "manual" / "bill.csv").write_text(f"{HEADER}\n{wrong}")
    with at_once():
        (outcome,) = extract_manual_entries(home)
    assert outcome.rejected_lines == 60_000
    lines = (outcome.message or "").splitlines()
    assert (len(lines), lines[-1]) == (22, "and 59,980 more")
    found = {finding.subject: finding.found for finding in examine(home)}["manual file bill.csv"].splitlines()
    assert len(found) == MOST_PROBLEMS + 2
    assert (found[0], found[-1]) == ("bill.csv was rejected: 60,000 problems", "and 59,900 more")


def test_ragged_rows_are_counted_like_other_problems(tmp_path: Path):
    home = home_at(tmp_path)
    (tmp_path / "data" / "manual" / "bill.csv").write_text(f"{HEADER}\n" + "2026-03-02,groq\n" * 5000)
    (outcome,) = extract_manual_entries(home)
    assert outcome.rejected_lines == 5000
    assert (outcome.message or "").endswith("and 4,980 more")


def test_a_configuration_without_end_is_refused_at_once_in_few_words(tmp_path: Path):
    for text, words in {
        "\n".join(f"k{n}: 1" for n in range(5000)): "and 4,900 more",
        "x" * 900 + ": 1": f"x…: {NO_SUCH_SETTING}",
        "budgets: [" + "a," * 400_000 + "a]": "there are more than 20,000 values above",
    }.items():
        (tmp_path / "ai-costs.yaml").write_text(text)
        with at_once(), pytest.raises(ConfigError) as refused:
            load_settings(home=tmp_path, config=None, environ={}, cwd=tmp_path)
        assert words in str(refused.value)
        assert len(str(refused.value)) < 50_000


@pytest.fixture
def deep_folders(tmp_path: Path) -> Iterator[Path]:
    """Folders in one another, deeper than any walk that calls itself comes; taken away again, which pytest cannot."""
    top = tmp_path / ".claude" / "projects"
    top.mkdir(parents=True)
    folder = os.open(top, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=folder)
        deeper = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = deeper
    os.close(folder)
    yield top
    while (top / "d" / "d").exists():
        (top / "d" / "d").rename(top / "e")
        (top / "d").rmdir()
        (top / "e").rename(top / "d")


def test_folders_are_looked_into_a_hundred_deep(tmp_path: Path, deep_folders: Path):
    home = home_at(tmp_path)
    with at_once():
        outcomes = extract_agent_logs(home, lambda _: None)
    (finding,) = [text for outcome in outcomes for text in outcome.findings]
    place = "/".join([deep_folders.name, *["d"] * 100])
    assert finding == (
        f"Claude Code: 1 path among its logs not read, first {place}: the folders in it are more than 100 deep"
    )


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("plain name.csv", "plain name.csv"),
        ("Bildschirmfoto 10\u202f30\u00a0Uhr.csv", "Bildschirmfoto 10\u202f30\u00a0Uhr.csv"),
        ("a\x1b[31m.csv", "a\\x1b[31m.csv"),
        ("a\u2028b", "a\\u2028b"),
        ("gpj\u202efdp.csv", "gpj\\u202efdp.csv"),
        ("caf\udce9", "caf\\xe9"),
    ],
)
def test_a_name_is_shown_on_one_line(name: str, printed: str):
    assert shown(name) == printed
