"""Whose a file is: its spend is under the name that the provider's interface has, or it would be counted twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.app.effective_data import effective
from pipelines.app.home import Home
from pipelines.app.inputs import import_rules
from pipelines.app.refresh import extract_imported_files
from pipelines.config.imports import ImportFile, ImportSettings
from pipelines.config.model import Account
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import EntryFileError
from pipelines.landing import Feed
from pipelines.presentation.messages import SAME_ACCOUNT
from pipelines.sources.imports.framework.rules import ImportRules
from tests.home.homes import home_at
from tests.sources.imports.inboxes import Inbox, read
from tests.sources.imports.specimens import SPECIMENS

COSTS = next(specimen.content for specimen in SPECIMENS if specimen.format == "openai_costs_csv")
USAGE = next(specimen.content for specimen in SPECIMENS if specimen.format == "openai_usage_csv")
REPORT = next(specimen.content for specimen in SPECIMENS if specimen.format == "github_csv")


def account(name: str, provider: str, organization: str | None = None) -> Account:
    return Account(name=name, provider=provider, key="KEY", organization=organization)


def accounts_of(inbox: Inbox, content: str, rules: ImportRules) -> set[str]:
    return {feed.name for feed in read(inbox.drop("export.csv", content), rules).statements}


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [((), "default"), ((account("acme", "openai"), account("other", "anthropic")), "acme")],
    ids=["none is configured", "the only one of the provider"],
)
@pytest.mark.parametrize("content", [COSTS, USAGE], ids=["costs", "usage"])
def test_costs_and_tokens_meet_in_one_account(inbox: Inbox, content: str, accounts: tuple[Account, ...], expected: str):
    assert accounts_of(inbox, content, ImportRules(accounts=accounts)) == {expected}


def test_a_file_that_could_be_of_several_accounts_is_refused_until_imports_says_whose_it_is(inbox: Inbox):
    two = (account("one", "openai"), account("two", "openai"))
    with pytest.raises(EntryFileError) as refused:
        accounts_of(inbox, COSTS, ImportRules(accounts=two))
    assert refused.value.problems == [
        "export.csv:1:1: it does not say which account it is of (one, two): say so in imports: files:"
    ]
    settings = ImportSettings(files=(ImportFile(file="exp*", account="two"),))
    assert accounts_of(inbox, COSTS, ImportRules(settings, two)) == {"two"}


@pytest.mark.parametrize(("organization", "expected"), [("org-1", "acme"), ("org-2", "org-1")])
def test_a_stated_organization_is_the_account_that_is_configured_with_it(
    inbox: Inbox, organization: str, expected: str
):
    rules = ImportRules(accounts=(account("acme", "github", organization), account("lab", "github", "org-3")))
    assert accounts_of(inbox, REPORT, rules) == {expected}


def test_the_home_knows_its_accounts(tmp_path: Path):
    home = home_at(tmp_path, "accounts:\n  - {name: acme, provider: openai, key: K}\n")
    assert [known.name for known in import_rules(home).accounts] == ["acme"]


def test_an_export_that_was_read_under_an_earlier_name_counts_once_and_is_told_until_was_confirms_it(tmp_path: Path):
    def opened(name: str, more: str = "") -> Home:
        return home_at(tmp_path, f"accounts:\n  - {{name: {name}, provider: openai, key: KEY{more}}}\n")

    home = opened("oa")
    file = home.settings.paths.inbox / "first.csv"
    file.write_text(COSTS)
    extract_imported_files(home)
    file.unlink()
    (home.settings.paths.inbox / "second.csv").write_text(COSTS + "\n")
    home = opened("acme")
    old, new = (Feed(SourceKind.IMPORT, "openai_costs_csv", name) for name in ("oa", "acme"))
    told = {outcome.feed: outcome for outcome in extract_imported_files(home)}
    assert not told[new].findings
    assert f"'oa' {SAME_ACCOUNT} 'acme'" in told[old].findings[0]
    assert {feed for feed, _ in effective(home).left_out} == {old}
    home = opened("acme", ", was: oa")
    told = {outcome.feed: outcome for outcome in extract_imported_files(home)}
    assert told[old].findings == ()
    assert {feed for feed, _ in effective(home).left_out} == {old}
