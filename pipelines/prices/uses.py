"""What decides the price of a token: the model at its seller, and what a record states of how a request was run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class UseKey(NamedTuple):
    """What decides a price, apart from the moment. All but the flag are as the source spelled them."""

    provider: str
    model_raw: str
    service_tier: str | None = None
    speed: str | None = None
    inference_geo: str | None = None
    is_batch: bool = False


@dataclass(frozen=True, order=True)
class Use:
    """One distinct combination that decides a price, and the days it was seen on (both inclusive).

    `meters` are the landing columns that count something in rows without a stated amount: what needs a price.
    """

    provider: str
    model_raw: str
    service_tier: str | None
    speed: str | None
    first_day: date
    last_day: date
    inference_geo: str | None = None
    is_batch: bool = False
    meters: tuple[str, ...] = ()

    @property
    def key(self) -> UseKey:
        """What decides the price, apart from the moment."""
        return UseKey(self.provider, self.model_raw, self.service_tier, self.speed, self.inference_geo, self.is_batch)
