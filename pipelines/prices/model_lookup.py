"""Finding a model in the price list under every spelling, and never another model.

A spelling is looked up as it is first, because the list knows most by itself; only Claude Code's mark of a long context
window, `[1m]`, is taken off. What is tried after that leaves out what changes no price, or says the same in its maker's
words:

1. the prefixes of gateways and the name of the maker: `litellm_proxy/anthropic/claude-opus-4-6`;
2. an alias of Vertex AI, the effort of a model that thinks: `@default`, `-high`;
3. Anthropic's and OpenAI's order and signs: `claude-4.5-sonnet-thinking` is claude-sonnet-4-5.

Dates and versions always stay: gpt-4o-2024-05-13 costs twice what gpt-4o does. So does `:free`, whose price is another.
A prefix that is neither a gateway nor the model's maker stays too: it may name a model of somebody else.

The list knows many models by how their names begin, or by a part of them: claude-opus-4-1 is all that begins so, and
would be claude-opus-4-10 and claude-opus-4-1-nano too. Such a find holds only where the name, read without its date,
version and region, is one that the list spells out; else the model is not in the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from genai_prices.data_snapshot import DataSnapshot, find_provider_by_id
from genai_prices.types import (
    ClauseAnd,
    ClauseContains,
    ClauseEndsWith,
    ClauseEquals,
    ClauseOr,
    ClauseRegex,
    ClauseStartsWith,
    MatchLogic,
    ModelInfo,
    Provider,
)

from pipelines.domain.model_names import CONTEXT, parse
from pipelines.domain.vendors import BEDROCK, PROVIDERS, vendor_named

GATEWAYS = frozenset(
    {"litellm", "litellm-proxy", "models", "publishers", "copilot", "github-copilot", "vercel", "portkey"}
)
"""Prefixes of a model's name that name neither a seller nor a maker."""
RESOURCE = re.compile(r"(projects/.*/)?publishers/[\w-]+/models/|accounts/fireworks/models/")
ALIAS = re.compile(r"@(default|latest)$|:(beta|thinking)$")
NAMED = re.compile(r"[-:](fast|batch|flex|priority)$")
"""A modifier that is in the name itself: claude-opus-4.6-fast, openai/gpt-5.5:batch."""
FINE_TUNED = re.compile(r"(?<=\d):[^/]*:[^/]*$|\.ft-.*$")
"""What customers call a model that they tuned, behind the one that it was made of: ft:gpt-4o-2024-08-06:acme::7p4."""
FAMILY = re.compile(
    r"claude-2\.[01]|claude-3\.7-sonnet-thought|ft:gpt-4-0613|(text|omni)-moderation(-\w+)?(-\d\d-\d\d)?|command-light-nightly"
    r"|gemma-3n?-e?\d+b-it|gemini-3\.1-pro-preview-customtools|gemini-live-2\.5-flash-preview-native-audio(-\d\d-\d{4})?"
    r"|mixtral-8x7b-instruct(-v0\.1)?"
)
"""Models that are sold, or were, and that the list prices by a rule for their beginning: it spells none of them out."""
REWRITTEN = frozenset({"anthropic", "openai"})
"""Vendors whose names are brought into their order; only their effort suffixes are known to change no price."""


class Listed(NamedTuple):
    """A model as the list has it, and the modifier that its name states but the list's entry does not have."""

    provider: Provider
    model: ModelInfo
    named: str | None


def find(provider: str, model_raw: str, snapshot: DataSnapshot) -> Listed | None:
    """The list's entry for what `provider` sells as `model_raw`; None where the list has no such model."""
    reported = NAMED.search(CONTEXT.sub("", model_raw.lower()))
    seller = find_provider_by_id(snapshot.providers, provider)
    is_shop = seller is not None and any("/" in model.id for model in seller.models)
    for spelling in dict.fromkeys(spellings(model_raw, is_shop=is_shop)):
        try:
            seller, model = snapshot.find_provider_model(spelling, None, provider, None)
        except LookupError:
            continue
        if not is_it(spelling, model):
            continue
        is_same_vendor = reported is None or reported[1] in re.split(r"[-:/]", model.id.lower())
        return Listed(seller, model, None if reported is None or is_same_vendor else reported[1])
    return None


def like_named(provider: str, model_raw: str, snapshot: DataSnapshot) -> str | None:
    """The model of the list whose name is the nearest to one that `find` does not find, if any begins alike."""
    try:
        return snapshot.find_provider_model(model_raw, None, provider, None)[1].id
    except LookupError:
        return None


def is_it(spelling: str, model: ModelInfo) -> bool:
    """Whether the list spells the name out, or has a rule for all of it and not for its beginning or a part alone."""
    names = {_read(spelling), _read(NAMED.sub("", spelling.lower()))}
    if any(_read(reported) in names for reported in (model.id, *_spelled_out(model.match))):
        return True
    if FAMILY.fullmatch(FINE_TUNED.sub("", spelling.lower())):
        return True
    return any(rule.regex.endswith("$") and rule.is_match(spelling) for rule in _rules(model.match, ClauseRegex))


def _read(name: str) -> str:
    return parse(FINE_TUNED.sub("", name.lower()).rstrip("-@.:")).name


def _spelled_out(match: MatchLogic) -> Iterator[str]:
    for rule in _rules(match, ClauseEquals | ClauseStartsWith | ClauseContains | ClauseEndsWith):
        yield from vars(rule).values()


def _rules(match: MatchLogic, kind: Any) -> Iterator[Any]:
    if isinstance(match, ClauseOr | ClauseAnd):
        for rule in match.or_ if isinstance(match, ClauseOr) else match.and_:
            yield from _rules(rule, kind)
    elif isinstance(match, kind):
        yield match


def spellings(model_raw: str, *, is_shop: bool = False) -> Iterator[str]:
    """The ways to write `model_raw` that mean the same model, the given one first.

    Those without a modifier that the name states come last: a model that is listed with it has a separate price. A
    shop sells models of many makers under their names, so there a maker's name is part of the model's.
    """
    given = CONTEXT.sub("", model_raw.strip())
    yield given
    bare = list(_without_prefixes(re.sub(r"\s+", "-", given.lower()), is_shop=is_shop))
    for name in (*bare, *(NAMED.sub("", name) for name in bare)):
        yield name
        if BEDROCK.match(name) or parse(name).vendor not in REWRITTEN or ":" in ALIAS.sub("", name):
            continue
        yield ALIAS.sub("", name)
        if "/" not in name and not NAMED.search(name):
            known = parse(name)
            yield known.name if known.version is None else f"{known.name}-{known.version}"


def _without_prefixes(name: str, *, is_shop: bool) -> Iterator[str]:
    yield name
    if resource := RESOURCE.match(name):
        name = name[resource.end() :]
        yield name
    vendor = parse(name).vendor
    while "/" in name:
        prefix, _, rest = name.partition("/")
        dashed = prefix.lstrip("~").replace("_", "-")
        maker = vendor_named(dashed)
        is_door = dashed in GATEWAYS or (dashed in PROVIDERS and maker is None)
        if not is_door and (is_shop or (dashed not in PROVIDERS and (maker is None or maker != vendor))):
            return
        name = rest
        yield name
