"""What is wrong between the parts of ai-costs.yaml: entries listed twice, and names that nothing knows.

Belongs here: what no single entry can know of itself, each problem with its place. Does not: the shape of an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pipelines.config.exports import clashes
from pipelines.config.known import KnownNames, meant
from pipelines.config.model import UNALLOCATED, Account, Configuration
from pipelines.config.recurring import overlaps
from pipelines.domain.source_kinds import COST_SOURCE_KINDS

Place = tuple[str | int, ...]
Problem = tuple[Place, str]
Entry = TypeVar("Entry")
DEFAULT_ACCOUNT = "default"


def problems(configuration: Configuration, known: KnownNames, home: Path | None = None) -> list[Problem]:
    """(place, sentence) of everything that is wrong between entries; a place is a path of settings and numbers.

    Args:
        configuration: what was read.
        known: the names that other rooms know.
        home: the folder whose landed and entered names count as known.
    """
    names = _Names(configuration, known, home)
    return [
        *_repeated(configuration),
        *_accounts(configuration.accounts),
        *(((("recurring", index)), text) for index, text in overlaps(configuration.recurring)),
        *(((("exports", index)), text) for index, text in clashes(configuration.exports)),
        *_exports(configuration, known),
        *_rules(configuration, known),
        *_agents(configuration, known),
        *_payments(configuration),
        *names.problems(),
    ]


def _twice(section: str, entries: Sequence[Entry], key: Callable[[Entry], Any], text: str) -> Iterator[Problem]:
    """A problem for each entry whose key an earlier one has; `text` says what both are, with {first} for its number."""
    first: dict[Any, int] = {}
    for index, entry in enumerate(entries):
        earlier = first.setdefault(key(entry), index)
        if earlier != index:
            yield (section, index), text.format(first=f"{section}[{earlier}]", key=key(entry))


def _repeated(configuration: Configuration) -> Iterator[Problem]:
    """Entries of which one would hold and the other not, without a word."""
    label = "the name {key!r} appears twice, in {first} too; names must be unique"
    for section in ("accounts", "budgets", "channels", "events"):
        yield from _twice(section, getattr(configuration, section), lambda entry: entry.name, label)
    one = "{first} already sets this for the same {what}: keep one"
    yield from _twice("agents", configuration.agents, lambda e: (e.agent, e.host), one.replace("{what}", "agent"))
    yield from _twice(
        "price_overrides",
        configuration.price_overrides,
        lambda e: (e.provider.lower(), e.model, e.since),
        one.replace("{what}", "model and day"),
    )
    yield from _twice(
        "prepaid", configuration.prepaid, lambda e: (e.provider.lower(), e.account), one.replace("{what}", "account")
    )
    yield from _twice(
        "expected", configuration.expected, lambda e: (e.provider, e.account), one.replace("{what}", "account")
    )
    rules = configuration.cost_centers
    already = "{first} matches the same on the same days, so this rule never applies: keep one"
    yield from _twice("cost_centers", rules, lambda e: (repr(sorted(e.match.items())), e.since, e.until), already)
    named = _twice("rules", configuration.alerts.rules, lambda e: e.rule, one.replace("{what}", "rule"))
    yield from ((("alerts", *place), text.replace("rules[", "alerts.rules[")) for place, text in named)
    periods = _twice("digests", configuration.alerts.digests, lambda e: e.every, one.replace("{what}", "digest"))
    yield from ((("alerts", *place), text.replace("digests[", "alerts.digests[")) for place, text in periods)
    files = _twice("files", configuration.imports.files, lambda e: e.file.lower(), "{first} has this pattern: keep one")
    yield from ((("imports", *place), text.replace("files[", "imports.files[")) for place, text in files)
    yield from _repeated_values(configuration)


def _repeated_values(configuration: Configuration) -> Iterator[Problem]:
    lists: list[tuple[Place, Sequence[Any]]] = [(("imports", "services"), configuration.imports.services or ())]
    for index, account in enumerate(configuration.accounts):
        lists += [(("accounts", index, "pays"), account.pays), (("accounts", index, "was"), account.was)]
    for index, budget in enumerate(configuration.budgets):
        lists += [
            (("budgets", index, "alert_at"), budget.alert_at),
            (("budgets", index, "channels"), budget.channels or ()),
        ]
    lists += [(("exports", index, "columns"), export.columns) for index, export in enumerate(configuration.exports)]
    for place, values in lists:
        for number, value in enumerate(values):
            if value in values[:number]:
                yield (*place, number), f"{value!r} appears twice in this list: keep one"


def _accounts(accounts: Sequence[Account]) -> Iterator[Problem]:
    names = {account.name for account in accounts}
    keys: dict[tuple[str | None, ...], str] = {}
    owner_of: dict[tuple[str, str], str] = {}
    for index, account in enumerate(accounts):
        key = (account.provider, account.key, account.base_url, account.organization)
        first = account.name if account.key is None or account.closed else keys.setdefault(key, account.name)
        if first != account.name:
            yield (
                ("accounts", index),
                f"{account.name!r} and {first!r} use the same key: keep one, and write the other's name as its `was:`",
            )
        for former in dict.fromkeys(account.was):
            owner = owner_of.setdefault((account.provider, former), account.name)
            if former in names:
                yield (
                    ("accounts", index, "was"),
                    f"{former!r} is the name of an account here, so not an earlier one",
                )
            elif owner != account.name:
                yield ("accounts", index, "was"), f"{former!r} is an earlier name of {owner!r} too: keep it on one"


def _exports(configuration: Configuration, known: KnownNames) -> Iterator[Problem]:
    for index, export in enumerate(configuration.exports):
        yield from ((("exports", index, setting), text) for setting, text in known.wrong_in(export))


def _rules(configuration: Configuration, known: KnownNames) -> Iterator[Problem]:
    """Rules that there are not, and thresholds of rules that have none."""
    for index, setting in enumerate(configuration.alerts.rules):
        place = ("alerts", "rules", index)
        if known.rules and setting.rule not in known.rules:
            yield (*place, "rule"), f"{setting.rule!r} is not a rule{_suggestion(setting.rule, known.rules)}"
        elif known.rules and setting.threshold is not None and known.rules[setting.rule] is None:
            yield (*place, "threshold"), f"{setting.rule} has no threshold: leave it out"
    for index, channel in enumerate(configuration.channels):
        for number, route in enumerate(channel.routes):
            for name in route.rules if known.routed else ():
                if name not in known.routed:
                    text = f"{name!r} is not a rule{_suggestion(name, known.routed)}"
                    yield ("channels", index, "routes", number, "rules"), text


def _agents(configuration: Configuration, known: KnownNames) -> Iterator[Problem]:
    for index, agent in enumerate(configuration.agents):
        if known.agents and agent.agent not in known.agents:
            text = f"{agent.agent!r} is not a coding agent whose logs are read"
            yield ("agents", index, "agent"), text + _suggestion(agent.agent, known.agents)


def _payments(configuration: Configuration) -> Iterator[Problem]:
    """What pays is an account that is listed, and pays no other itself."""
    paying = {account.name for account in configuration.accounts if account.pays}
    names = {account.name for account in configuration.accounts}
    reported: list[tuple[Place, str]] = [
        (("accounts", index, "pays"), name)
        for index, account in enumerate(configuration.accounts)
        for name in account.pays
    ]
    reported += [
        (("agents", index, "pays"), agent.pays)
        for index, agent in enumerate(configuration.agents)
        if agent.pays is not None
    ]
    for place, name in reported:
        if name not in names:
            yield place, f"{name!r} is not one of the accounts{_suggestion(name, names)}"
        elif name in paying:
            yield place, f"{name!r} pays another account itself: name that one instead"


def _suggestion(name: str, known: Collection[str]) -> str:
    guess = meant(name, known)
    if guess is not None:
        return f": did you mean {guess}?"
    return f": there are {', '.join(sorted(known))}" if known else ": add it there"


@dataclass
class _Names:
    """The names that entries refer to, and those that something knows."""

    configuration: Configuration
    known: KnownNames
    home: Path | None
    former: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.former = {former: account.name for account in self.configuration.accounts for former in account.was}

    def problems(self) -> Iterator[Problem]:
        yield from self._providers_of_accounts()
        yield from self._channels()
        providers, accounts = self._providers(), self._accounts()
        for place, dimension, name in self._references():
            if dimension == "provider":
                yield from self._slip(place, name, providers)
            elif dimension == "account" and name in self.former:
                yield place, f"{name!r} is called {self.former[name]!r} now: write that name"
            elif dimension == "account":
                yield from self._slip(place, name, accounts)
            elif dimension == "source_kind" and name not in list(COST_SOURCE_KINDS):
                yield place, f"{name!r} is not a source kind; there are: {', '.join(COST_SOURCE_KINDS)}"
            elif dimension == "cost_center" and name not in (centers := self._cost_centers()):
                yield place, f"{name!r} is not one of the cost centres{_suggestion(name, centers)}"

    def _slip(self, place: Place, name: str, known: Collection[str]) -> Iterator[Problem]:
        guess = meant(name, known)
        if guess is not None and not (self.home is not None and self.known.is_seen(self.home, name)):
            yield place, f"unknown provider {name!r}: did you mean {guess}?"

    def _providers_of_accounts(self) -> Iterator[Problem]:
        for index, account in enumerate(self.configuration.accounts):
            if self.known.providers and account.provider not in self.known.providers:
                guess = meant(account.provider, self.known.providers)
                hint = f"did you mean {guess}?" if guess else f"there are {', '.join(sorted(self.known.providers))}"
                bill = "" if guess else "; enter the bills of other providers manually"
                yield ("accounts", index, "provider"), f"no source reads {account.provider!r}: {hint}{bill}"

    def _channels(self) -> Iterator[Problem]:
        names = {channel.name for channel in self.configuration.channels}
        entries: list[tuple[Place, Sequence[str]]] = [
            *((("budgets", index), each.channels or ()) for index, each in enumerate(self.configuration.budgets)),
            *(
                (("alerts", "rules", index), each.channels or ())
                for index, each in enumerate(self.configuration.alerts.rules)
            ),
            *(
                (("alerts", "digests", index), each.channels or ())
                for index, each in enumerate(self.configuration.alerts.digests)
            ),
        ]
        for place, channels in entries:
            for name in channels:
                if name not in names:
                    yield (*place, "channels"), f"{name!r} is not one of the channels{_suggestion(name, names)}"

    def _providers(self) -> set[str]:
        configuration = self.configuration
        mappings = [file.mapping.provider for file in configuration.imports.files if file.mapping is not None]
        of_entries = [cost.provider for cost in configuration.recurring]
        of_accounts = [account.provider for account in configuration.accounts]
        return {*self.known.providers, *self.known.sold_by, *mappings, *of_entries, *of_accounts}

    def _accounts(self) -> set[str]:
        configuration = self.configuration
        of_entries = [cost.account for cost in configuration.recurring]
        named = [account.name for account in configuration.accounts]
        return {DEFAULT_ACCOUNT, *self.known.accounts, *of_entries, *named}

    def _cost_centers(self) -> set[str]:
        return {UNALLOCATED, *(name for rule in self.configuration.cost_centers for name in rule.percentages)}

    def _references(self) -> Iterator[tuple[Place, str, str]]:
        """(place, dimension, name) of everything that entries refer to."""
        configuration = self.configuration
        for section in ("prepaid", "expected"):
            for index, entry in enumerate(getattr(configuration, section)):
                yield (section, index, "provider"), "provider", entry.provider.lower()
                if entry.account is not None:
                    yield (section, index, "account"), "account", entry.account
        for index, price in enumerate(configuration.price_overrides):
            yield ("price_overrides", index, "provider"), "provider", price.provider
        for index, file in enumerate(configuration.imports.files):
            if file.account is not None:
                yield ("imports", "files", index, "account"), "account", file.account
        scopes = [("budgets", "scope"), ("events", "scope"), ("cost_centers", "match"), ("exports", "match")]
        for section, setting in scopes:
            for index, entry in enumerate(getattr(configuration, section)):
                for dimension, values in getattr(entry, setting).items():
                    yield from (((section, index, setting, dimension), dimension, value) for value in values)
