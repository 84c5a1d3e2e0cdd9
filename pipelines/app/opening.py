"""Which home a command works in: the configured one, or the sample company's while there is nothing to count.

Belongs here: making a home's folders, and looking whether there is anything to count. Does not: what is in a home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipelines.app.home import Home
from pipelines.app.inputs import log_roots
from pipelines.app.known_names import known_names
from pipelines.config import Settings, ensure_home, ensure_state, load_settings
from pipelines.landing import LandingStore
from pipelines.sample import write_sample
from pipelines.sources.imports.framework.reading import inbox_files
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.findings import was_used
from pipelines.sources.manual.files import manual_files
from pipelines.state import run_lock


def open_home(
    environ: Mapping[str, str],
    *,
    home: Path | None = None,
    config: Path | None = None,
    cwd: Path | None = None,
    writes: bool = True,
) -> Home:
    """The home a command works in: the configured one, or the sample company's while there is nothing to count.

    Without `writes` nothing is made: not its folders, and not the sample company.

    Raises:
        ConfigError: the configuration is wrong.
        HomeError: its folders cannot be made or written.
    """
    return _opened(_settings(environ, home, config, cwd), environ, writes=writes)


def reopened(home: Home) -> Home:
    """`home`; or the user's in place of the sample company's, as soon as there is something to count in it.

    Raises:
        ConfigError: the configuration that is there by now is wrong.
    """
    if home.instead_of is None:
        return home
    folder, environ = home.instead_of.paths.home, home.instead_of.environ
    real_home = Home(_settings(environ, folder, None, None), home.clock)
    return home if _is_untouched(real_home) else real_home


@contextmanager
def hold_home(
    environ: Mapping[str, str],
    waiting: Callable[[str], None],
    *,
    home: Path | None = None,
    config: Path | None = None,
    cwd: Path | None = None,
) -> Iterator[Home]:
    """`open_home` for a run: no other run works there until the block ends.

    The lock is taken before anything is made there: of two first runs, each would find what the other has half made.
    `waiting` is called with a sentence if another run has to end first.

    Raises:
        ConfigError: the configuration is wrong.
        HomeError: its folders cannot be made or written.
        BusyError: another run has not ended in time.
    """
    settings = _settings(environ, home, config, cwd)
    ensure_state(settings.paths)
    with run_lock(settings.paths.state, waiting):
        yield _opened(settings, environ)


def _settings(environ: Mapping[str, str], home: Path | None, config: Path | None, cwd: Path | None) -> Settings:
    return load_settings(home=home, config=config, environ=environ, cwd=cwd or Path.cwd(), known=known_names())


def _opened(settings: Settings, environ: Mapping[str, str], *, writes: bool = True) -> Home:
    if writes:
        ensure_home(settings.paths)
    real_home = Home(settings)
    if real_home.is_sample or not _is_untouched(real_home):
        return real_home
    sample = settings.paths.sample
    if writes:
        write_sample(sample, real_home.clock().date())
    sample_settings = load_settings(home=sample, config=None, environ=environ, cwd=sample)
    if writes:
        ensure_home(sample_settings.paths)
    return Home(sample_settings, instead_of=settings)


def _is_untouched(home: Home) -> bool:
    """Nothing configured, nothing entered or imported, nothing landed, and no sign of an agent's use here."""
    if home.settings.config_file is not None or LandingStore(home.folders.landing).feeds():
        return False
    if manual_files(home.folders.manual) or any(inbox_files(home.folders.inbox)):
        return False
    return not any(was_used(agent, [root for _, root in log_roots(home, agent)]) for agent in local_agents())
