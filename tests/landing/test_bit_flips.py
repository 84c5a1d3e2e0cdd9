"""Any bit of what the figures are made of may flip: it is noticed, or no figure is another.

A small home with feeds, names, kept prices, rates, balances and outcomes. A bit of every byte of a manifest in effect
flips, of other files a sample, with a fixed seed; and every bit of the content of each kind of JSON that has a hash.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from pipelines.config.exchange_rates import ExchangeRates
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import CostTrackerError
from pipelines.landing import Feed, KnownNames, LandingStore, NameKind
from pipelines.landing.sealed import unsealed
from pipelines.prices.snapshots import PriceSnapshots, by_month
from pipelines.prices.unit_prices import UnitPrice
from pipelines.prices.uses import Use
from pipelines.rates import StoredRates
from pipelines.rates.stored import DamagedCopyError
from pipelines.sources.balances import Balance
from pipelines.sources.balances.log import BalanceLog
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status
from pipelines.state.aside import files_set_aside
from tests.landing.landed import NOW, as_the_version_before_wrote_it, days, record
from tests.rates.history import FRIDAY, THURSDAY, history, publishing

pytestmark = pytest.mark.e2e

SAMPLED = 60
"""Bytes of each file but one manifest in effect."""
FOLDERS = ("landing", "prices", "rates", "balances", "state")
FEEDS = [Feed(SourceKind.API, "openai_costs", "acme"), Feed(SourceKind.IMPORT, "focus", "acme-cloud")]
USES = [Use("groq", "m", None, None, date(2026, 10, 5), date(2026, 10, 30))]
PRICE = UnitPrice(
    provider="groq",
    model_raw="m",
    service_tier=None,
    speed=None,
    meter="output_tokens",
    min_input_tokens=0,
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    valid_to=None,
    unit_price=Decimal("0.000003"),
    currency="USD",
    price_version="list 1",
    model_id="m",
)


class SmallHome(NamedTuple):
    """The folders that figures are made of, and how each is read."""

    path: Path

    @property
    def landing(self) -> LandingStore:
        return LandingStore(self.path / "landing")

    @property
    def rates(self) -> StoredRates:
        return StoredRates(self.path / "rates", ExchangeRates(ecb=True), base_folder=self.path)

    def figures(self) -> Any:
        """All that a build takes from here, as far as the readers let it.

        Raises:
            CostTrackerError: a reader noticed damage.
        """
        landing = self.landing
        landing.verify()
        manifests = [manifest for feed in landing.feeds() if (manifest := landing.manifest(feed)) is not None]
        if any(manifest.cursor_is_lost for manifest in manifests):
            raise CostTrackerError("told in the outcome of its source")
        if any(isinstance(error, DamagedCopyError) for _, error in self.rates.refresh(NOW, "USD", uses_network=False)):
            raise DamagedCopyError("told by the step that takes rates")
        outcomes = OutcomeLog(self.path / "state" / "extractions.json").all()
        for aside in files_set_aside(self.path / "state"):
            aside.path.unlink()
            raise CostTrackerError("told in a warning")
        return (
            manifests,
            landing.names.rows({}),
            PriceSnapshots(self.path / "prices").as_billed(by_month(USES), [], NOW),
            self.rates.effective("USD", date(2026, 1, 1)),
            BalanceLog(self.path / "balances" / "balances.json").all(),
            outcomes,
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    home = SmallHome(tmp_path_factory.mktemp("small"))
    for number, feed in enumerate(FEEDS):
        for amount in ("1.5", "2.5"):
            cursor = {"first_day": "2026-11-20", "at": amount}
            home.landing.replace(feed, days(record(amount=f"{number}{amount}")), cursor=cursor, now=NOW)
    known = KnownNames("openai", "acme", asked_at=NOW)
    home.landing.names.write(known.seen([(NameKind.PROJECT, "proj_1", "rocket")], NOW))
    PriceSnapshots(home.path / "prices").as_billed(by_month(USES), [PRICE], NOW)
    with publishing(history(FRIDAY, THURSDAY)) as server:
        rates = StoredRates(home.path / "rates", ExchangeRates(ecb=True, base_url=server.url), base_folder=home.path)
        assert list(rates.refresh(datetime(2026, 4, 25, 9, tzinfo=UTC), "USD")) == []
    balance = Balance("openai", "acme", "USD", Decimal("12.5"), NOW - timedelta(days=1))
    BalanceLog(home.path / "balances" / "balances.json").record([balance])
    outcome = Outcome(FEEDS[0], Status.FAILED, NOW, "its key was refused", findings=("1 row dated in the future",))
    OutcomeLog(home.path / "state" / "extractions.json").record([outcome])
    return home


def files(home: SmallHome) -> list[Path]:
    """What figures are made of; a lock holds nothing."""
    found = sorted(path for path in home.path.rglob("*") if path.is_file() and path.stat().st_size)
    assert {path.relative_to(home.path).parts[0] for path in found} == {*FOLDERS}
    return found


@contextmanager
def flipped(path: Path, content: bytes, bit: int) -> Iterator[None]:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    try:
        yield
    finally:
        path.write_bytes(content)


def unnoticed(home: SmallHome, path: Path, bits: Iterable[int]) -> list[int]:
    """The bits of a file whose flip gives other figures without a word."""
    expected, content = home.figures(), path.read_bytes()
    found = []
    for bit in bits:
        with flipped(path, content, bit):
            try:
                figures = home.figures()
            except CostTrackerError:
                continue
        if figures != expected:
            found.append(bit)
    return found


def sampled(path: Path, random: Random, most: int) -> list[int]:
    """A bit of each of the sampled bytes of a file, or of all if they are fewer."""
    size = path.stat().st_size
    return [8 * place + random.randrange(8) for place in random.sample(range(size), min(most, size))]


def test_one_bit_of_any_file(home: SmallHome):
    random = Random(20261123)  # noqa: S311 - the same flips each time
    for path in files(home):
        is_effective = path.name == "manifest.json" and path.parent.parent.name == FEEDS[0].source
        most = path.stat().st_size if is_effective else SAMPLED
        assert unnoticed(home, path, sampled(path, random, most)) == [], path


def test_one_bit_of_any_byte_of_a_manifest_of_the_version_before(home: SmallHome, tmp_path: Path):
    older = SmallHome(tmp_path / "older")
    shutil.copytree(home.path, older.path)
    as_the_version_before_wrote_it(older.path / "landing")
    path = older.landing.folder(FEEDS[1]).path / "manifest.json"
    random = Random(20261124)  # noqa: S311 - as above
    assert unnoticed(older, path, sampled(path, random, path.stat().st_size)) == []


def test_a_home_of_the_version_before_gives_the_same_figures(home: SmallHome, tmp_path: Path):
    older = SmallHome(tmp_path / "older")
    shutil.copytree(home.path, older.path)
    as_the_version_before_wrote_it(older.path / "landing")
    for kind, name in (("prices/2026-10", None), ("balances/balances", "balances"), ("state/extractions", "outcomes")):
        path = older.path / f"{kind}.json"
        value = unsealed(path.read_bytes())
        plain = {key: value[key] for key in ("kept_at", "uses")} if name is None else value[name]
        path.write_text(json.dumps(plain))
    (rates,) = older.path.glob("rates/ecb-*.csv")
    rates.rename(rates.with_name("ecb.csv"))
    manifests, *others = older.figures()
    expected_manifests, *expected = home.figures()
    assert others == expected
    assert [(manifest.partitions, manifest.cursor) for manifest in manifests] == [
        (manifest.partitions, manifest.cursor) for manifest in expected_manifests
    ]


def test_every_bit_of_what_has_a_hash(home: SmallHome):
    for kind in ("landing/focus/*/manifest", "landing/names/*", "prices/*", "balances/*", "state/*"):
        (path,) = home.path.glob(f"{kind}.json")
        content = path.read_bytes()
        expected, unlike = unsealed(content), []
        for bit in range(8 * len(content)):
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << bit % 8
            with suppress(ValueError):
                unlike += [bit] if unsealed(bytes(changed)) != expected else []
        assert unlike == [], path
