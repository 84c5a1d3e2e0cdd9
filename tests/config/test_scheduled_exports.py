"""What ai-costs.yaml says of export files: the days and the name each means, or why it cannot be meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.app.known_names import known_names
from pipelines.config.exports import ScheduledExport
from pipelines.config.yaml_file import read_configuration
from pipelines.errors import ConfigError


def read(folder: Path, *entries: str) -> tuple[ScheduledExport, ...]:
    file = folder / "ai-costs.yaml"
    file.write_text("exports:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries))
    return read_configuration(file, known_names()).exports


@pytest.mark.parametrize(
    ("every", "today", "days", "name"),
    [
        ("run", date(2026, 3, 1), (None, None), "bills"),
        ("day", date(2026, 3, 1), (date(2026, 2, 28), date(2026, 3, 1)), "bills-2026-02-28"),
        ("week", date(2026, 3, 1), (date(2026, 2, 16), date(2026, 2, 23)), "bills-2026-02-16"),
        ("week", date(2026, 3, 2), (date(2026, 2, 23), date(2026, 3, 2)), "bills-2026-02-23"),
        ("month", date(2026, 3, 31), (date(2026, 2, 1), date(2026, 3, 1)), "bills-2026-02"),
        ("month", date(2026, 1, 1), (date(2025, 12, 1), date(2026, 1, 1)), "bills-2025-12"),
    ],
)
def test_a_file_covers_the_last_whole_period_and_is_named_after_it(
    tmp_path: Path, every: str, today: date, days: tuple[date | None, date | None], name: str
):
    (export,) = read(tmp_path, f"name: bills, every: {every}")
    assert export.days(today) == days
    assert export.file_name(today) == name


def test_a_name_of_ones_own_has_the_date_and_the_month_where_it_says(tmp_path: Path):
    month, run = read(
        tmp_path,
        'name: a, every: month, to: "{month} from {date}"',
        'name: b, to: "as-of-{date}", since: 2026-01-01, until: 2026-02-01',
    )
    assert month.file_name(date(2026, 3, 9)) == "2026-02 from 2026-02-01"
    assert run.file_name(date(2026, 3, 9)) == "as-of-2026-03-09"
    assert run.days(date(2026, 3, 9)) == (date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("name: Bills", "'Bills' is not a name: begin with one of a-z, go on with a-z, 0-9 and _"),
        ("name: a, format: docx", "there is no format 'docx'; there are: csv, "),
        ("name: a, to: ../costs", "'../costs' is not a file name"),
        ("name: a, to: .hidden", "'.hidden' is not a file name"),
        ('name: a, to: "{year}"', "'{year}' is not a file name"),
        ("name: a, to: costs", "'costs' is the export that every build writes anyway"),
        ("name: costs", "'costs' is the export that every build writes anyway"),
        ("name: a, every: hour", "'run', 'day', 'week' or 'month'"),
        ("name: a, every: month, since: 2026-01-01", "with every: month, the days are those of the last complete one"),
        ("name: a, since: 2026-01-01, until: 2026-01-01", "an export ends after it begins"),
        ("name: a, match: {source_kind: apis}", "'apis' is not a source kind; there are: api, manual, import, local"),
        ("name: a, match: {provider: []}", "at least 1 item"),
        ("name: a, compression: zip", "'gzip'"),
        ("name: a, format: json, to: costs.csv.manifest", "'costs.csv.manifest' is reserved for the manifest"),
        ('name: a, to: " "', "' ' is not a file name"),
        ('name: a, to: "a "', "'a ' is not a file name"),
        ("name: a, columns: [cost_dat]", "columns: there is no column 'cost_dat'; did you mean cost_date?"),
        ("name: a, preset: daily, columns: [note]", "columns: there is no column 'note'; "),
        ("name: a, match: {cost_center: x}, columns: [model]", "there is no column 'model'; did you mean model_id?"),
        ("name: a, format: parquet, footer: true", "footer: parquet cannot have one: only csv and excel-csv can"),
        ("name: a, format: focus-csv, footer: true", "footer: focus-csv cannot have one"),
        ("name: a, format: focus-csv, preset: daily", "format: focus-csv has fixed rows and columns"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, entry: str, said: str):
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, entry)
    assert said in str(refused.value)
    assert "ai-costs.yaml:2" in str(refused.value)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (("name: a", "name: a, format: json"), "the name 'a' appears twice"),
        (('name: a, to: "x"', 'name: b, to: "x"'), "'a' and 'b' would write the same file: set another `to`"),
    ],
)
def test_each_has_a_name_and_a_file_of_its_own(tmp_path: Path, entries: tuple[str, ...], said: str):
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, *entries)
    assert len(read(tmp_path, 'name: a, to: "x"', 'name: b, to: "x", compression: gzip')) == 2
