"""Which home a command works in, and that the sample company is there only while nothing else is."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.app.build_inputs import build_id
from pipelines.app.home import Home
from pipelines.app.opening import open_home
from pipelines.config import ensure_home, load_settings
from pipelines.config.home_folders import CODE, HomeFolders, default_home
from pipelines.errors import ConfigError, HomeError
from pipelines.landing import LandingStore
from pipelines.sources.manual import folder
from tests.home.homes import ENTRIES
from tests.sources.local.session_logs import reply, write_log

NOBODY = 65534


@pytest.fixture
def person(tmp_path: Path) -> Path:
    """A home folder of somebody who just installed this."""
    (tmp_path / "somebody").mkdir()
    return tmp_path / "somebody"


def opened(person: Path, **variables: str) -> Home:
    environ = {"HOME": str(person), "AI_COSTS_HOME": str(person / "data"), "AI_COSTS_HOST": "laptop", **variables}
    return open_home(environ, cwd=person)


class TestWhichFolder:
    def test_the_option_goes_before_the_variable_and_the_variable_before_the_checkout(self, tmp_path: Path):
        def chosen(option: Path | None, **variables: str) -> Path:
            return load_settings(home=option, config=None, environ=variables, cwd=tmp_path).paths.home

        named, other = tmp_path / "named", str(tmp_path / "other")
        assert chosen(named, AI_COSTS_HOME=other) == named
        assert chosen(None, AI_COSTS_HOME=other) == Path(other)
        assert chosen(None) == chosen(None, AI_COSTS_HOME="") == CODE / "data"

    def test_an_installation_keeps_its_data_in_the_users_own_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
        monkeypatch.setenv("HOME", str(tmp_path))
        assert tmp_path in default_home(tmp_path / "site-packages").parents
        assert default_home(CODE) == CODE / "data"

    def test_a_relative_folder_is_meant_from_where_the_command_runs(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.chdir(tmp_path)
        settings = load_settings(home=Path("mine"), config=None, environ={}, cwd=tmp_path)
        assert settings.paths.home == tmp_path / "mine"

    def test_a_tilde_is_the_persons_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        settings = load_settings(home=None, config=None, environ={"AI_COSTS_HOME": "~/costs"}, cwd=tmp_path)
        assert settings.paths.home == tmp_path / "costs"

    def test_a_named_configuration_goes_before_this_folders_and_that_before_the_homes(self, person: Path):
        here, home, named = person, person / "data", person / "other.yaml"
        home.mkdir()
        for file, name in ((here / "ai-costs.yaml", "here"), (home / "ai-costs.yaml", "home"), (named, "named")):
            file.write_text(f"organisation: {name}\n")

        def organisation(config: Path | None = None) -> str:
            settings = load_settings(home=home, config=config, environ={}, cwd=here)
            return settings.configuration.organisation

        assert organisation(named) == "named"
        assert organisation() == "here"
        (here / "ai-costs.yaml").unlink()
        assert organisation() == "home"
        (home / "ai-costs.yaml").unlink()
        assert organisation() == "AI costs"

    def test_a_named_configuration_that_is_not_there_is_said(self, person: Path):
        missing = person / "missing.yaml"
        with pytest.raises(ConfigError) as refused:
            open_home({"HOME": str(person)}, home=person / "data", config=missing, cwd=person)
        assert str(refused.value) == (
            f"{missing} does not exist: run `ai-costs init` to write one, or leave --config out"
        )


def configured_in_the_home(person: Path) -> None:
    (person / "data").mkdir()
    (person / "data" / "ai-costs.yaml").write_text("organisation: Acme\n")


def configured_here(person: Path) -> None:
    (person / "ai-costs.yaml").write_text("")


def entered(person: Path) -> None:
    (person / "data" / "manual").mkdir(parents=True)
    (person / "data" / "manual" / "bills.csv").write_text(ENTRIES)


def landed(person: Path) -> None:
    entered(person)
    home = Home(load_settings(home=person / "data", config=None, environ={"HOME": str(person)}, cwd=person))
    folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), datetime(2026, 3, 20, tzinfo=UTC))
    shutil.rmtree(home.settings.paths.manual)


def logged(person: Path) -> None:
    write_log(person / ".claude" / "projects" / "-work" / "session.jsonl", reply())


def prompted(person: Path) -> None:
    """Amp was used here, and keeps its threads on its servers."""
    write_log(person / ".local" / "share" / "amp" / "history.jsonl", {"text": "a prompt"})


class TestSampleCompany:
    @pytest.mark.parametrize("prepare", [configured_in_the_home, configured_here, entered, landed, logged, prompted])
    def test_whoever_has_anything_of_their_own_gets_their_own_home(self, person: Path, prepare: Callable[[Path], None]):
        prepare(person)
        home = opened(person)
        assert (home.settings.paths.home, home.is_sample) == (person / "data", False)
        assert home.report.name == "ai-costs.html"
        assert not (person / "data" / "sample").exists()

    @pytest.mark.e2e
    def test_whoever_has_nothing_gets_the_sample_company_in_a_folder_of_its_own(self, person: Path):
        sample = opened(person)
        assert (sample.settings.paths.home, sample.is_sample) == (person / "data" / "sample", True)
        assert sample.report.name == "SAMPLE-ai-costs.html"
        roots = [path for path in (person / "data").iterdir() if path.name != "sample"]
        assert not any(file.is_file() for root in roots for file in root.rglob("*")), "nothing of it is mixed in"
        again = opened(person)
        assert again.settings.paths == sample.settings.paths
        by_its_own_path = open_home({"HOME": str(person)}, home=person / "data" / "sample", cwd=person)
        assert by_its_own_path.is_sample
        assert not (person / "data" / "sample" / "sample").exists()
        entered_now = person / "data" / "manual" / "bills.csv"
        entered_now.write_text(ENTRIES)
        assert opened(person).settings.paths.home == person / "data"


@pytest.fixture
def as_somebody_else() -> Iterator[Path]:
    """A folder that this process may read and not write, which root cannot be told: root becomes nobody."""
    folder = Path(tempfile.mkdtemp())
    was = os.geteuid()
    folder.chmod(0o555)
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        os.seteuid(was)
        folder.chmod(0o755)
        shutil.rmtree(folder)


class TestFoldersThatCannotBeUsed:
    def test_a_folder_that_may_not_be_written_is_named_with_who_we_are_to_it(self, as_somebody_else: Path):
        folders = HomeFolders(as_somebody_else)
        with pytest.raises(HomeError) as refused:
            ensure_home(folders)
        assert str(refused.value) == (
            f"{as_somebody_else} cannot be written ({os.strerror(errno.EACCES)}) by user {os.getuid()}: make it "
            "writable, or choose another data folder with --home or AI_COSTS_HOME"
        )

    @pytest.mark.parametrize("occupied", ["data", "data/landing", "data/state/dagster"])
    def test_a_file_in_a_folders_place_is_named(self, person: Path, occupied: str):
        file = person / occupied
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("mine")
        with pytest.raises(HomeError, match=f"^{file} cannot be written "):
            opened(person)
        assert file.read_text() == "mine"

    def test_a_home_that_can_be_used_holds_no_trace_of_the_proof(self, person: Path):
        folders = HomeFolders(person / "data")
        ensure_home(folders)
        ensure_home(folders)
        assert not [path for path in folders.home.rglob("*") if path.is_file()]


class TestBuildName:
    def test_what_a_build_is_made_of_changes_its_name_and_the_minute_does_not(self, person: Path):
        entered(person)
        home, noon = opened(person), datetime(2026, 3, 20, 12, tzinfo=UTC)
        first = build_id(home, noon)
        assert build_id(home, noon + timedelta(minutes=59)) == build_id(opened(person), noon) == first
        names = {first, build_id(home, noon + timedelta(hours=1))}
        folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), noon)
        names.add(build_id(home, noon))
        (person / "data" / "ai-costs.yaml").write_text("organisation: Acme\n")
        names.add(build_id(opened(person), noon))
        assert len(names) == 4

    def test_a_landing_that_did_not_change_keeps_the_name(self, person: Path):
        entered(person)
        home, noon = opened(person), datetime(2026, 3, 20, 12, tzinfo=UTC)
        folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), noon)
        name = build_id(home, noon)
        folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), noon + timedelta(minutes=5))
        assert build_id(home, noon) == name
        LandingStore(home.folders.landing).replace(
            folder.feed_of("bills.csv"), {}, cursor=None, now=noon, drop_days=[date(2026, 3, 2)]
        )
        assert build_id(home, noon) != name
