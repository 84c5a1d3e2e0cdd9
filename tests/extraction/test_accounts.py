"""An account is known by what its provider calls it and by what it holds: no name makes one organisation two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.app.diagnosis import examine
from pipelines.app.effective_data import effective
from pipelines.app.home import Home
from pipelines.app.refresh import extract_api_accounts
from pipelines.landing import LandingStore
from pipelines.presentation.messages import SAME_ACCOUNT
from pipelines.sample.provider import Fault, Ledger, LedgerAccount, ScriptedProvider
from pipelines.sample.provider.faults import status
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.identity import account_id
from pipelines.sources.api.framework.source import ApiAccount, ApiSource
from pipelines.sources.outcomes import Outcome, Status
from pipelines.warehouse.loading import load_landing
from pipelines.warehouse.opening import scratch
from tests.extraction.test_extraction import home_at, quiet
from tests.faults.figures import LEDGER, NOW

pytestmark = pytest.mark.e2e

KEYS = {"openai": "sk-admin-canary-1", "anthropic": "sk-ant-admin01-canary-1", "openrouter": "sk-or-canary-1"}
OTHER_KEYS = {provider: f"{key}-of-another-colleague" for provider, key in KEYS.items()}
STRANGERS = {provider: f"{key}-of-another-company" for provider, key in KEYS.items()}
PROVIDERS = tuple(KEYS)
NEW_ID = replace(LEDGER.uses[0], hour=NOW - timedelta(days=1), key="key_canary_of_labs_new", project="proj_new")
"""A use that makes names be asked for again."""


def ledger(provider: str) -> Ledger:
    """One organisation with two keys, and another one that used twice as much."""
    accounts = (
        LedgerAccount("labs", provider, KEYS[provider], "ordinary-1"),
        LedgerAccount("labs", provider, OTHER_KEYS[provider], "ordinary-2"),
        LedgerAccount("stranger", provider, STRANGERS[provider], "ordinary-3"),
    )
    others = [
        replace(use, account="stranger", key="key_of_a_stranger_2", charges={m: c * 2 for m, c in use.charges.items()})
        for use in LEDGER.uses
    ]
    return Ledger(accounts, (*(replace(use, key="key_canary_of_labs_1") for use in LEDGER.uses), *others))


@pytest.fixture
def served() -> Iterator[dict[str, ScriptedProvider]]:
    providers = {name: ScriptedProvider(ledger(name), now=lambda: NOW) for name in PROVIDERS}
    for provider in providers.values():
        provider.__enter__()
    yield providers
    for provider in providers.values():
        provider.__exit__(None, None, None)


class Person:
    """Somebody whose ai-costs.yaml changes from run to run."""

    def __init__(self, folder: Path, provider: str, served: ScriptedProvider) -> None:
        self._folder, self._provider, self._url, self._runs = folder, provider, served.base_url(provider), 0
        self.home: Home

    def run(self, *accounts: str, **keys: str) -> dict[str, list[Outcome]]:
        """Ask the accounts, each written as `name` or `name, was: other`; the outcomes by name."""
        told = "".join(
            f"  - {{name: {account}, provider: {self._provider}, key: {account.split(',')[0].upper()}, "
            f'base_url: "{self._url}", since: 2026-11-01}}\n'
            for account in accounts
        )
        now, self._runs = NOW + timedelta(hours=self._runs), self._runs + 1
        self.home = home_at(self._folder, f"accounts:\n{told}" if accounts else "", now, **keys)
        outcomes: dict[str, list[Outcome]] = {}
        for outcome in extract_api_accounts(self.home, quiet):
            outcomes.setdefault(outcome.feed.name, []).append(outcome)
        return outcomes

    def spend(self) -> dict[str, Decimal]:
        """What counts of the sources that report money, by account."""
        with scratch() as connection:
            load_landing(connection, LandingStore(self.home.folders.landing), effective(self.home))
            sums = connection.table("landing.usage_records").filter("cost_amount is not null")
            return dict(sums.aggregate("account_name, sum(cost_amount)").fetchall())


@pytest.fixture(params=PROVIDERS)
def person(tmp_path: Path, request: pytest.FixtureRequest, served: dict[str, ScriptedProvider]) -> Person:
    return Person(tmp_path, request.param, served[request.param])


@pytest.fixture
def keys(person: Person) -> dict[str, str]:
    provider = person._provider
    return {"A": KEYS[provider], "B": OTHER_KEYS[provider], "STRANGER": STRANGERS[provider], "ACME": KEYS[provider]}


def test_a_renamed_account_counts_once_and_its_old_name_is_told(person: Person, keys: dict[str, str]):
    person.run("a", **keys)
    (before,) = person.spend().values()
    outcomes = person.run("acme", **keys)
    assert person.spend() == {"acme": before}
    assert {outcome.status for outcome in outcomes["acme"]} == {Status.OK}
    for outcome in outcomes["a"]:
        assert f"no account is named 'a' any more; 'a' {SAME_ACCOUNT} 'acme'" in str(outcome)
        assert "write `was: a` at 'acme'" in str(outcome)


def test_a_renamed_account_that_says_so_counts_once_and_needs_no_word(person: Person, keys: dict[str, str]):
    person.run("a", **keys)
    (before,) = person.spend().values()
    outcomes = person.run("acme, was: a", **keys)
    assert person.spend() == {"acme": before}
    assert "any more" not in str(outcomes)
    assert {outcome.status for told in outcomes.values() for outcome in told} == {Status.OK}, outcomes


@pytest.mark.parametrize("second", [KEYS, OTHER_KEYS], ids=["one key", "two keys"])
def test_one_organisation_listed_twice_is_refused_with_both_names(
    person: Person, keys: dict[str, str], second: dict[str, str]
):
    outcomes = person.run("a", "b", **keys | {"B": second[person._provider]})
    assert {outcome.status for outcome in outcomes["a"]} == {Status.OK}
    assert {outcome.status for outcome in outcomes["b"]} == {Status.FAILED}
    assert f"'b' {SAME_ACCOUNT} 'a'" in str(outcomes["b"][0].message)
    assert list(person.spend()) == ["a"]


def test_what_was_doubled_before_counts_once_as_soon_as_it_is_known(person: Person, keys: dict[str, str]):
    person.run("a", **keys)
    (before,) = person.spend().values()
    person.run("b", **keys)
    person.run("a", "b", **keys)
    assert person.spend() == {"a": before}


def test_doctor_says_at_once_which_accounts_are_one(person: Person, keys: dict[str, str]):
    provider = person._provider
    by_id = "they have the same figures" if provider == "openrouter" else f"{provider} calls both "
    for second, reason in ((KEYS, "they have one key)"), (OTHER_KEYS, by_id)):
        person.run("a", "b", **keys | {"B": second[provider]})
        (told,) = [finding for finding in examine(person.home) if finding.subject == "account b"]
        assert not told.ok
        assert told.found.startswith(f"'b' {SAME_ACCOUNT} 'a' ({reason}")


def test_two_organisations_stay_two(person: Person, keys: dict[str, str]):
    outcomes = person.run("a", "stranger", **keys)
    assert {outcome.status for told in outcomes.values() for outcome in told} == {Status.OK}, outcomes
    spend = person.spend()
    assert 2 * spend["a"] == spend["stranger"] > 0


def test_a_removed_account_keeps_counting_and_is_told_until_it_is_closed(person: Person, keys: dict[str, str]):
    person.run("a", "stranger", **keys)
    before = person.spend()
    outcomes = person.run("a", **keys)
    assert person.spend() == before
    assert "no account is named 'stranger' any more" in str(outcomes["stranger"])
    assert "closed: true" in str(outcomes["stranger"])
    outcomes = person.run("a", "stranger, closed: true", **keys)
    assert person.spend() == before
    assert "any more" not in str(outcomes)


@pytest.mark.parametrize("person", ["openai", "anthropic"], indirect=True)
def test_the_key_of_another_organisation_under_the_same_name_mixes_nothing(person: Person, keys: dict[str, str]):
    person.run("a", **keys)
    before = person.spend()
    outcomes = person.run("a", **keys | {"A": keys["STRANGER"]})
    assert person.spend() == before
    assert {outcome.status for outcome in outcomes["a"]} == {Status.FAILED}
    assert "nothing is mixed" in str(outcomes["a"][0].message)


@pytest.mark.parametrize("source", [source for source in api_sources() if source.identify], ids=lambda one: one.name)
def test_each_source_that_can_ask_whose_figures_it_gives_is_told(
    tmp_path: Path, served: dict[str, ScriptedProvider], source: ApiSource
):
    url, landing = served[source.provider].base_url(source.provider), LandingStore(tmp_path)
    ids = [
        account_id(source, ApiAccount("a", source.provider, keys[source.provider], base_url=url), landing, NOW)
        for keys in (KEYS, OTHER_KEYS, STRANGERS)
    ]
    assert ids[0] == ids[1] != ids[2]
    assert None not in ids


NAMES_OF = {"openai": "*/organization/projects*", "anthropic": "*/organizations/workspaces"}
"""Where names alone are read; OpenRouter's keys are needed for figures by key too."""


@pytest.mark.parametrize("person", NAMES_OF, indirect=True)
def test_names_that_a_key_may_not_read_are_mentioned_once_for_an_account(
    person: Person, served: dict[str, ScriptedProvider], request: pytest.FixtureRequest
):
    provider = request.node.callspec.params["person"]
    key = KEYS[provider]
    person.run("oa", OA=key)
    served[provider].ledger = replace(served[provider].ledger, uses=(*served[provider].ledger.uses, NEW_ID))
    served[provider].faults = [Fault(NAMES_OF[provider], status(403))]
    outcomes = person.run("oa", OA=key)["oa"]
    ended_well = [outcome for outcome in outcomes if outcome.status is Status.OK]
    notes = [outcome for outcome in ended_well if "the names of projects and keys" in (outcome.message or "")]
    assert len(notes) == 1, [outcome.message for outcome in outcomes]
    assert "needs" not in str(notes[0].message)
