"""What ai-costs.yaml says of exchange rates: taken as it is meant, or refused with the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config.exchange_rates import ECB_ADDRESS, ExchangeRates
from pipelines.config.yaml_file import read_configuration
from pipelines.errors import ConfigError
from pipelines.presentation.messages import NO_SUCH_SETTING, NOT_A_CURRENCY, SUCH_AS_CURRENCIES


def read(folder: Path, text: str) -> ExchangeRates:
    file = folder / "ai-costs.yaml"
    file.write_text(text)
    return read_configuration(file).exchange_rates


def test_nobody_is_asked_for_rates_unless_it_is_said(tmp_path: Path):
    assert not read(tmp_path, "currency: EUR\n").are_wanted
    assert not read(tmp_path, "exchange_rates: {}\n").are_wanted


def test_a_file_the_ecb_or_both_are_wanted(tmp_path: Path):
    assert read(tmp_path, "exchange_rates: {ecb: true}\n") == ExchangeRates(ecb=True, base_url=ECB_ADDRESS)
    both = read(tmp_path, "exchange_rates: {file: rates.csv, currency: USD, ecb: true}\n")
    assert (both.file, both.currency, both.ecb, both.are_wanted) == ("rates.csv", "USD", True, True)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("{file: rates.csv}", ":1:1: exchange_rates: file and currency belong together"),
        ("{currency: USD, ecb: true}", ":1:1: exchange_rates: file and currency belong together"),
        (
            "{file: r, currency: usd}",
            f":1:27: exchange_rates.currency: 'usd' {NOT_A_CURRENCY}{SUCH_AS_CURRENCIES}",
        ),
        ("{ecp: true}", f":1:18: exchange_rates.ecp: {NO_SUCH_SETTING}"),
    ],
)
def test_what_is_meant_otherwise_is_refused(tmp_path: Path, settings: str, said: str):
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, f"exchange_rates: {settings}\n")
    assert said in str(refused.value)
