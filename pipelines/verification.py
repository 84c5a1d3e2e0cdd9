"""Adding everything up again, at every place figures stand: landing, facts, exports and report."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboards.errors import ReportError
from dashboards.report import read_embedded_totals
from pipelines.conservation import Comparison, compare, csv_totals, json_totals, landed_totals, table_totals
from pipelines.errors import BuildError
from pipelines.home import Home
from pipelines.loading import compare_totals
from pipelines.valuation import TOKENS, Totals
from pipelines.warehouse import scratch

READERS = {"csv": csv_totals, "json": json_totals}


def verify(home: Home) -> list[Comparison]:
    """Each measure at each place. An export or report that is not there is not compared.

    Raises:
        LandingError: a landed file is missing, was changed, or does not hold what its manifest says.
        HomeError: kept prices, rates or balances were changed.
        NothingPublishedError: there is no build yet.
        BuildError: an export or the report was damaged, or the build was.
    """
    _prove_inputs(home)
    with home.warehouse.reading() as connection:
        places: dict[str, Totals] = {
            "landing": landed_totals(home.landing, connection),
            "facts": table_totals(connection, "main.fct_costs"),
        }
    prefix = "SAMPLE-" if home.is_sample else ""
    for name, read in READERS.items():
        path = home.settings.paths.exports / f"{prefix}costs.{name}"
        if path.exists():
            with _reading(path, "`ai-costs run` writes it again"):
                places[f"{name} export"] = read(path)
    if home.report.exists():
        with _reading(home.report, "`ai-costs report` writes it again"):
            # The report carries money by day; tokens are rounded to what is shown, so they are the facts' word here.
            places["report"] = {**read_embedded_totals(home.report), TOKENS: places["facts"][TOKENS]}
    return compare(places)


def _prove_inputs(home: Home) -> None:
    """Check everything that a build is made of by its hash, and the landed rows by their control totals."""
    files = home.landing.verify()
    with scratch() as connection:
        compare_totals(connection, home.landing, files)
    list(home.landing.names.all())
    home.kept_prices.verify()
    home.rates.verify()
    home.balances.all()


@contextmanager
def _reading(path: Path, next_step: str) -> Iterator[None]:
    """Say of a file that does not hold what it should that it was changed, and how it is made anew.

    Raises:
        BuildError: what is inside cannot be added up.
    """
    try:
        yield
    except (ReportError, OSError, LookupError, ValueError, TypeError, ArithmeticError, csv.Error) as error:
        reason = str(error) if isinstance(error, ReportError) else f"{type(error).__name__}: {error}"
        raise BuildError(
            f"{path} is not what was written there ({' '.join(reason.split())}): move it away if it is to be kept, and "
            f"{next_step}"
        ) from error
