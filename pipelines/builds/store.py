"""The builds of one home, and showing one: every output of it appears at once, by one rename.

A build is a folder, `builds/<number>-<build id>`, laid out like the home: warehouse/published.duckdb, exports/…,
reports/… and a manifest. It never changes after it was shown. `builds/current` is a link to it, and the files that
people open, such as exports/costs.csv, are links through `current`. So the rename that puts another `current` in place
changes all of them together, and whoever has a file open keeps the old one whole. A change of one output is a new
folder, too, with hard links to all the others.

Where links are not to be had, as on Windows without the right to make them, `current` is a file that names the folder;
`ai-costs` follows it, and the files that people open are copied after it was replaced, one by one.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock

from pipelines.builds.current import BUILDS, CURRENT, current_build, published_file
from pipelines.builds.files import (
    TEMPORARY_PREFIX,
    files_below,
    is_same,
    link_files,
    link_or_copy,
    put,
    remove,
)
from pipelines.builds.manifest import MANIFEST, BuildManifest, describe, read_manifest
from pipelines.config import HomeFolders
from pipelines.errors import BuildError, HomeError
from pipelines.landing.files import flush_folder, not_written, write_atomically
from pipelines.warehouse.files import Warehouse

ADOPTED = "adopted"
"""The build id of a folder made of files that were in the home before builds had folders."""


def warehouse_of(folders: HomeFolders) -> Warehouse:
    """The working file of a home, and the published one of the build that is shown."""
    return Warehouse(folders.working, Builds(folders.home).published())


@dataclass(frozen=True)
class Builds:
    """The build folders below `home`, a data folder."""

    home: Path

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.home / BUILDS

    def current(self) -> Path | None:
        """The folder of the build that is shown; None before the first one."""
        return current_build(self.home)

    def manifest(self) -> BuildManifest | None:
        """The manifest of the build that is shown; None before the first one.

        Raises:
            BuildError: it is missing, or was changed after it was written.
        """
        current = self.current()
        return None if current is None else read_manifest(current)

    def published(self) -> Path:
        """The file of figures that readers are to open; that of an older version where no build was shown yet."""
        return published_file(self.home)

    def is_whole(self, build_id: str) -> bool:
        """Whether this build is shown and each file that people open is as it was written."""
        try:
            manifest = self.manifest()
        except BuildError:
            return False
        if manifest is None or manifest.build_id != build_id:
            return False
        return all(output.problem(self.home / output.path) is None for output in manifest.outputs)

    def prepare(self, run: str) -> Path:
        """A new empty folder for the build that the run named `run` makes; what ended runs left is removed."""
        with self._alone():
            for left_over in self.folder.glob(".*-*"):
                remove(left_over)
            for folder in ("warehouse", "exports", "reports"):
                for left_over in (self.home / folder).glob(f"{TEMPORARY_PREFIX}*"):
                    left_over.unlink()
            prepared = self._prepared(run)
            prepared.mkdir()
        return prepared

    def prepared(self, run: str | None) -> Path | None:
        """The folder that `run` prepared and has not shown yet."""
        return self._prepared(run) if run is not None and self._prepared(run).is_dir() else None

    @contextmanager
    def writing(self, run: str | None = None) -> Iterator[Path]:
        """The folder to write outputs to: the one that `run` prepared, else a revision of the build that is shown.

        A revision is shown when the block ends, if a file was written. In a home where no build was shown yet, the
        files of the older version are written in their places.
        """
        prepared = self.prepared(run)
        if prepared is not None:
            yield prepared
            return
        with self._alone():
            current = self.current()
            if current is None:
                yield self.home
                return
            former = read_manifest(current)
            revision = self._new_folder("revision")
            try:
                link_files(current, revision, former.paths())
                yield revision
                retained = {path for path in former.paths() if is_same(current / path, revision / path)}
                if written := sorted(files_below(revision) - retained):
                    # What was not written again keeps its entry: a hash taken now would vouch for damage.
                    entries = {output.path: output for output in [*former.outputs, *describe(revision, written)]}
                    manifest = BuildManifest(former.build_id, tuple(entries[path] for path in sorted(entries)))
                    self._show(revision, manifest)
                elif self._has_links():
                    self._link(path for path in former.paths() if not os.path.lexists(self.home / path))
            finally:
                shutil.rmtree(revision, ignore_errors=True)

    def show(self, run: str, build_id: str, due: Iterable[str]) -> None:
        """Let people see the build that `run` prepared, all of it at once.

        Raises:
            BuildError: it was not prepared, or an output that is `due` is not in it.
            HomeError: a file cannot be written; what was shown before stays.
        """
        prepared = self.prepared(run)
        if prepared is None:
            raise BuildError(
                "this run prepared no build: materialize published/warehouse and what follows from it in the same run"
            )
        missing = sorted(set(due) - files_below(prepared))
        if missing:
            raise BuildError(f"the build lacks {', '.join(missing)}: materialize them in the same run")
        with self._alone():
            manifest = BuildManifest(build_id, tuple(describe(prepared, sorted(files_below(prepared)))))
            self._show(prepared, manifest)

    def _show(self, folder: Path, manifest: BuildManifest) -> None:
        """Put `folder` in effect: nothing that people can open changes before one rename, and all of it by that."""
        try:
            former = self.current()
            has_links = self._has_links()
            if has_links:
                former = self._adopt(manifest.paths()) or former
                self._leave(set(self._paths_of(former)) - set(manifest.paths()))
                self._link(manifest.paths())
            shown = self._place(folder, manifest)
            self._point_to(shown, has_links=has_links)
            if not has_links:
                for path in manifest.paths():
                    put(self.home / path, partial(shutil.copyfile, shown / path))
        except OSError as error:
            raise not_written(Path(error.filename or self.folder), error) from error
        for copied in self.folder.glob(".copied-*"):
            shutil.rmtree(copied, ignore_errors=True)
        for other in self.folder.glob("[0-9]*-*"):
            # A reader that opened a file of the build before finds it whole; older ones are nobody's.
            if other.resolve() not in {shown, former}:
                shutil.rmtree(other, ignore_errors=True)

    def _adopt(self, paths: Iterable[str]) -> Path | None:
        """Move files that are where links will, such as those of an older version, into a separate build.

        What people open stays the same: the folder contains the same files, and what the current build has alongside
        them.
        """
        standing = [path for path in paths if (self.home / path).is_file() and not (self.home / path).is_symlink()]
        if not standing:
            return None
        former = self.current()
        folder = self._new_folder(ADOPTED)
        if former is not None:
            link_files(former, folder, set(self._paths_of(former)) - set(standing))
        link_files(self.home, folder, standing)
        manifest = BuildManifest(ADOPTED, tuple(describe(folder, sorted(files_below(folder)))))
        adopted = self._place(folder, manifest)
        self._point_to(adopted, has_links=True)
        self._link(standing)
        return adopted

    def _leave(self, paths: Iterable[str]) -> None:
        """Put a file in the place of each link to an output that the next build has no more, such as last month's."""
        current = self.current()
        for path in paths:
            if current is not None and (self.home / path).is_symlink() and (current / path).is_file():
                put(self.home / path, partial(link_or_copy, current / path))

    def _link(self, paths: Iterable[str]) -> None:
        """Make the files that people open links through `current`; one to a new output leads nowhere yet."""
        for path in paths:
            shown = self.home / path
            shown.parent.mkdir(parents=True, exist_ok=True)
            through_current = self.folder.resolve() / CURRENT / path
            target = os.path.relpath(through_current, shown.parent.resolve())
            if not (shown.is_symlink() and shown.readlink() == Path(target)):
                put(shown, partial(os.symlink, target))

    def _place(self, folder: Path, manifest: BuildManifest) -> Path:
        """Give a finished folder its manifest and its name; all of it is on disk then."""
        for path in manifest.paths():
            with (folder / path).open("rb") as handle:
                os.fsync(handle.fileno())
            flush_folder((folder / path).parent)
        write_atomically(folder / MANIFEST, manifest.content())
        numbers = [int(other.name.partition("-")[0]) for other in self.folder.glob("[0-9]*-*")]
        placed = folder.rename(self.folder / f"{max(numbers, default=0) + 1}-{manifest.build_id}")
        flush_folder(self.folder)
        return placed.resolve()

    def _point_to(self, folder: Path, *, has_links: bool) -> None:
        pointer = self.folder / CURRENT
        if pointer.is_dir() and not pointer.is_symlink():
            # A copy of a home that followed its links.
            pointer.rename(self._new_folder("copied") / CURRENT)
        if has_links:
            put(pointer, partial(os.symlink, folder.name))
        else:
            write_atomically(pointer, folder.name.encode())

    def _paths_of(self, folder: Path | None) -> list[str]:
        """The outputs of a build; none where its manifest was damaged, so that the next build fixes it."""
        try:
            return [] if folder is None else read_manifest(folder).paths()
        except BuildError:
            return []

    def _prepared(self, run: str) -> Path:
        return self.folder / f".prepared-{run}"

    def _new_folder(self, purpose: str) -> Path:
        folder = self.folder / f".{purpose}-{uuid.uuid4().hex}"
        folder.mkdir(parents=True)
        return folder

    def _has_links(self) -> bool:
        probe = self.folder / f".link-{uuid.uuid4().hex}"
        try:
            probe.symlink_to(CURRENT)
        except (OSError, NotImplementedError):
            return False
        probe.unlink()
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time; it is for moments, so that waiting for it is not a trouble."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "lock")
            lock.acquire()
        except OSError as error:
            raise HomeError(f"{self.folder} cannot be written ({error.strerror}): make it writable") from error
        try:
            yield
        finally:
            lock.release()
