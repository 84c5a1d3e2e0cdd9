"""Proving a home: every file is as it was written, and every place that has a figure agrees on it.

What is damaged is a finding and never the end of the search. Nothing is written, so a copy that can only be read is
proven as well.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb

from dashboards.errors import ReportError
from dashboards.report import read_embedded_totals
from pipelines.app.home import Home
from pipelines.audit.conservation import Comparison, compare, csv_totals, json_totals, landed_totals, table_totals
from pipelines.audit.valuation import TOKENS, Totals
from pipelines.builds.current import CURRENT, PUBLISHED
from pipelines.builds.manifest import MANIFEST
from pipelines.builds.store import Builds, warehouse_of
from pipelines.errors import BuildError, CostTrackerError, HomeError, LandingError, NothingPublishedError
from pipelines.exports.costs import MANIFEST_SUFFIX, is_as_exported
from pipelines.landing import LandingStore
from pipelines.prices.snapshots import PriceSnapshots
from pipelines.rates import rates_of
from pipelines.reading.files import refuse_what_is_not_a_file
from pipelines.sources.balances.log import BalanceLog
from pipelines.warehouse.loading import compare_totals
from pipelines.warehouse.opening import scratch

LANDING = "landing"
NOT_REBUILDABLE = frozenset({"prices", "rates", "balances"})
"""What is stored alongside landing and can be rebuilt from nothing either."""

READERS = {"csv": csv_totals, "json": json_totals}
DAMAGE = (
    *(CostTrackerError, ReportError, duckdb.Error, csv.Error),
    *(OSError, LookupError, ValueError, TypeError, ArithmeticError, AttributeError),
)
"""What reading a damaged file ends with."""


@dataclass
class Verification:
    """What was found: sums at each place that has them, and what is wrong with each file, None where nothing is."""

    sums: list[Comparison] = field(default_factory=list)
    files: dict[str, str | None] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    """Files outside the build: exports that somebody asked for, and those of former months."""

    def require(self) -> None:
        """See that nothing was found.

        Raises:
            LandingError: a landed file is missing, was changed, or does not hold what its manifest says.
            HomeError: stored prices, rates or balances were changed.
            BuildError: an output is missing or was changed, or sums differ.
        """
        wrong = {place: f"{place}: {problem}" for place, problem in self.files.items() if problem is not None}
        differing = [str(comparison) for comparison in self.sums if not comparison.equal]
        lines = "\n".join([*wrong.values(), *differing])
        if LANDING in wrong:
            raise LandingError(lines)
        if wrong.keys() & NOT_REBUILDABLE:
            raise HomeError(lines)
        if differing or wrong.keys() - self.by_hand:
            raise BuildError(f"this is not the published content: run `ai-costs rebuild`, then verify again.\n{lines}")
        if wrong:
            raise BuildError(f"these exports were changed: export them again, or remove their manifests.\n{lines}")


def verify(home: Home) -> Verification:
    """Each file of the home against its hash, and each measure at each place.

    Raises:
        NothingPublishedError: there is no build yet.
    """
    if Builds(home.folders.home).current() is None and not warehouse_of(home.folders).published.exists():
        raise NothingPublishedError("no build has been published here yet: run `ai-costs run` first")
    found = Verification()
    _check_inputs(home, found)
    _check_outputs(home, found)
    found.sums = compare(_sums(home, found))
    return found


def _check_inputs(home: Home, found: Verification) -> None:
    """Everything that a build is made of by its hash, and the landed rows by their control totals."""
    landing = LandingStore(home.folders.landing)
    with _noting(found, LANDING), scratch() as connection:
        compare_totals(connection, landing, landing.verify())
        list(landing.names.all())
    with _noting(found, "prices"):
        PriceSnapshots(home.folders.prices).verify()
    with _noting(found, "rates"):
        rates_of(home.settings).verify()
    with _noting(found, "balances"):
        BalanceLog(home.folders.balances).all()


def _check_outputs(home: Home, found: Verification) -> None:
    """Every output of the build against its manifest, and every other export against the manifest alongside it."""
    builds = Builds(home.folders.home)
    listed: set[str] = set()
    if builds.current() is not None:
        manifest = None
        with _noting(found, f"builds/{CURRENT}/{MANIFEST}"):
            manifest = builds.manifest()
        for output in manifest.outputs if manifest else ():
            found.files[output.path] = output.problem(home.settings.paths.home / output.path)
            listed.add(output.path)
    for manifest_file in sorted(home.settings.paths.exports.glob(f"*{MANIFEST_SUFFIX}")):
        file = manifest_file.with_name(manifest_file.name.removesuffix(MANIFEST_SUFFIX))
        place = f"exports/{file.name}"
        if place not in listed:
            found.by_hand.add(place)
            found.files[place] = None if is_as_exported(file) else f"is not what {manifest_file.name} records"


def _sums(home: Home, found: Verification) -> dict[str, Totals]:
    """The sums of every place that can be read."""
    places: dict[str, Totals] = {}
    with _noting(found, PUBLISHED), warehouse_of(home.folders).reading() as connection:
        if found.files[LANDING] is None:
            places["landing"] = landed_totals(LandingStore(home.folders.landing), connection)
        places["facts"] = table_totals(connection, "main.fct_costs")
    prefix = "SAMPLE-" if home.is_sample else ""
    for name, read in READERS.items():
        path = home.settings.paths.exports / f"{prefix}costs.{name}"
        if path.exists():
            with _noting(found, f"exports/{path.name}"):
                places[f"{name} export"] = read(path)
    if home.report.exists():
        with _noting(found, f"reports/{home.report.name}"):
            refuse_what_is_not_a_file(home.report)
            # The report carries money by day; tokens are rounded to what is shown, so they are the facts' word here.
            tokens = places.get("facts", {}).get(TOKENS)
            embedded = read_embedded_totals(home.report)
            places["report"] = embedded if tokens is None else {**embedded, TOKENS: tokens}
    return places


@contextmanager
def _noting(found: Verification, place: str) -> Iterator[None]:
    """Take down what goes wrong at `place`; what was found there before says more, and stays."""
    try:
        yield
    except DAMAGE as error:
        reason = (
            str(error) if isinstance(error, CostTrackerError) else f"cannot be read ({type(error).__name__}: {error})"
        )
        if found.files.get(place) is None:
            found.files[place] = " ".join(reason.split())
    else:
        found.files.setdefault(place, None)
