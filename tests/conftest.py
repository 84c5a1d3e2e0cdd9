"""What several folders of tests look at and none may change: made once, though tests run in several processes."""

from __future__ import annotations

import logging
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from filelock import FileLock
from hypothesis import settings

from pipelines.warehouse.transform import Transform
from tests.dbt.company import COMPANY
from tests.dbt.compiled import Compiled
from tests.e2e.installation import Installation, install
from tests.examples import examples

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As in what a shell starts with `&`. The processes that tests start inherit it, and no Ctrl-C would reach them.
    signal.signal(signal.SIGINT, signal.default_int_handler)

OF_WHOLE_PROCESSES = frozenset({Path(__file__).with_name("e2e"), Path(__file__).with_name("browser")})


UNTRACED = frozenset(
    Path(__file__).with_name(name) for name in ("builds", "dbt", "double_counting", "exports", "faults", "sample")
)
"""They go through SQL, of which coverage knows nothing, or many times through what other folders go through too."""

ROWS_TRACED = 3
"""Of a test that runs over the rows of a table."""
_rows_traced = Counter[str]()

settings.register_profile("tests", max_examples=examples(100))
settings.load_profile("tests")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in these folders, and what needs an installation that ran, before `-m` chooses.

    The first file that needs what dbt compiled comes first: when the others need it, no worker waits for it.
    """
    for item in items:
        if item.path.parent in OF_WHOLE_PROCESSES or "started" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)
    compiles = next((item.path for item in items if "compiled_project" in getattr(item, "fixturenames", ())), None)
    items.sort(key=lambda item: item.path != compiles)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Trace no test in which coverage has nothing new to see: tracing makes Python half as fast.

    That is SQL, the many examples of a property, and most rows of a table, which go the same way again.
    """
    coverage = Coverage.current()
    function = item.nodeid.partition("[")[0]
    _rows_traced[function] += 1
    seen = _rows_traced[function] > ROWS_TRACED
    if coverage is None or not (seen or item.path.parent in UNTRACED or item.get_closest_marker("hypothesis")):
        return (yield)
    coverage.stop()
    try:
        return (yield)
    finally:
        coverage.start()


@pytest.fixture(scope="session", autouse=True)
def _unflushed() -> Iterator[None]:
    """No file of a test outlives a power cut, so no test waits for the disk; the processes that tests start do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Gives the path of a name. The first worker that asks makes what is there; the others wait for it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def path(name: str, make: Callable[[Path], object]) -> Path:
        made, finished = folder / name, folder / f"{name}.finished"
        with FileLock(folder / f"{name}.lock"):
            if not finished.exists():
                make(made)
                finished.touch()
        return made

    return path


@pytest.fixture(scope="session")
def parsed(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """What dbt knows of the project once it has parsed it: a folder to be copied to where a home keeps dbt's files."""
    return made_once("parsed", lambda folder: Transform(folder, folder).prepare())


@pytest.fixture(scope="session")
def compiled_project(made_once: Callable[[str, Callable[[Path], object]], Path], parsed: Path) -> Compiled:
    """What dbt compiled when it built the company of tests/dbt, which is in the folder `company`."""

    def build(folder: Path) -> None:
        shutil.copytree(parsed, folder)
        database = folder / "company" / "working.duckdb"
        database.parent.mkdir()
        COMPANY.write(database)
        assert Transform(database.parent, folder).build("--exclude", "source:forecasts+").failures == ()

    return Compiled(made_once("compiled", build))


@pytest.fixture(scope="session")
def started(made_once: Callable[[str, Callable[[Path], object]], Path], parsed: Path) -> Installation:
    """An installation whose first run was done; no test may change what it holds."""

    def start(person: Path) -> None:
        installation = install(person)
        shutil.copytree(parsed, installation.data / "state" / "dbt")
        done = installation.ai_costs("run")
        assert done.returncode == 0, done.stderr

    return Installation(made_once("person", start))


class _Collected(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.sentences: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.sentences.append(record.getMessage())


@pytest.fixture
def notices() -> Iterator[list[str]]:
    """What the rooms warn of during the test, a sentence each."""
    handler, logger = _Collected(), logging.getLogger("pipelines")
    logger.addHandler(handler)
    yield handler.sentences
    logger.removeHandler(handler)
