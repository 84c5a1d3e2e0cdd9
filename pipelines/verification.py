"""Adding everything up again, at every place figures stand: landing, facts, exports and report."""

from __future__ import annotations

from dashboards.report import read_embedded_totals
from pipelines.conservation import Comparison, compare, csv_totals, json_totals, landed_totals, table_totals
from pipelines.home import Home
from pipelines.valuation import TOKENS, Totals

READERS = {"csv": csv_totals, "json": json_totals}


def verify(home: Home) -> list[Comparison]:
    """Each measure at each place. An export or report that is not there is not compared.

    Raises:
        LandingError: a landed file is missing or was changed.
        NothingPublishedError: there is no build yet.
    """
    home.landing.verify()
    with home.warehouse.reading() as connection:
        places: dict[str, Totals] = {
            "landing": landed_totals(home.landing, connection),
            "facts": table_totals(connection, "main.fct_costs"),
        }
    prefix = "SAMPLE-" if home.is_sample else ""
    for name, read in READERS.items():
        path = home.settings.paths.exports / f"{prefix}costs.{name}"
        if path.exists():
            places[f"{name} export"] = read(path)
    if home.report.exists():
        # The report carries money by day; tokens are rounded to what is shown, so they are the facts' word here.
        places["report"] = {**read_embedded_totals(home.report), TOKENS: places["facts"][TOKENS]}
    return compare(places)
