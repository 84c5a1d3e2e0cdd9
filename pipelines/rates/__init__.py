"""Exchange rates: dated, from a file of yours and from the European Central Bank, the last good copy of each kept.

Belongs here: reading rates, refusing what is none, and what one unit of each currency is worth in another. Does
not: converting amounts, which the dbt models do.
"""

from pipelines.rates.kept import KeptRates, rates_of
from pipelines.rates.rate import OLDEST, Rate

__all__ = ["OLDEST", "KeptRates", "Rate", "rates_of"]
