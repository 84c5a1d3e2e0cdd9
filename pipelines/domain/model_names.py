"""What a model is called, whatever door it came through: its vendor, family, name and version from any spelling.

    claude-sonnet-4-5-20250929                            Anthropic's API
    us.anthropic.claude-sonnet-4-5-20250929-v1:0          Bedrock
    claude-sonnet-4-5@20250929                            Vertex AI
    anthropic/claude-sonnet-4.5:beta                      OpenRouter
    claude-4.5-sonnet-thinking                            Cursor
    Claude Sonnet 4.5                                     GitHub

are all claude-sonnet-4-5 of Anthropic. Belongs here: spellings. Does not: who the vendors are (vendors.py), what a
model costs, or under which of its spellings a price list has it. A spelling that no rule knows keeps its name and
has no vendor, so that it is seen.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.domain.vendors import vendor_named, vendor_of

REGION = re.compile(r"(us|us-gov|eu|apac|jp|au|ca|in|sa|me|af|global|regional)\.")
"""Where an inference profile of Bedrock runs, before the model's name."""
CONTEXT = re.compile(r"\[\d+[mk]\]$")
"""Claude Code's mark of a window of a million tokens: claude-sonnet-4-5[1m]."""
TAIL = re.compile(
    r"(?P<dropped>:(free|beta|thinking|extended|nitro|floor|online|exacto|batch)|-v\d+(:\d+(:\d+k)?)?)$"
    r"|(?P<version>@[\w-]+|-latest|-preview(-\d\d-\d{2,4})?|-exp(-\d\d-\d{2,4})?|-\d{4}-\d\d-\d\d|-20\d{6}|-00[1-9]"
    r"|-(0[1-9]|1[0-2])\d\d|-2[3-9](0[1-9]|1[0-2]))$"
)
EFFORT = re.compile(r"-(thinking|minimal|low|medium|high|xhigh)(-fast)?$|-fast$")
OLD_CLAUDE = re.compile(r"claude-(?P<tier>opus|sonnet|haiku)-3(-(?P<minor>\d))?$")
CLAUDE = re.compile(
    r"(claude-)?((?P<major>[4-9])(-(?P<minor>\d))?-(?P<tier>opus|sonnet|haiku|fable|mythos)"
    r"|(?P<first>opus|sonnet|haiku|fable|mythos)-(?P<version>[4-9](-\d)?))$"
)
CLAUDE_TIER = re.compile(r"opus|sonnet|haiku|fable|mythos|instant")


class ModelName(NamedTuple):
    """A model by its canonical name; `vendor` and `family` are None where no rule knows the spelling."""

    vendor: str | None
    family: str | None
    name: str
    version: str | None


@lru_cache(maxsize=4096)
def parse(spelling: str) -> ModelName:
    """What `spelling` means. The name of a name is itself, so what is found is read until it stays as it is."""
    found = _read(spelling)
    while (again := _read(found.name)).name != found.name:
        found = again._replace(version=found.version or again.version)
    return found


def _read(spelling: str) -> ModelName:
    *doors, bare = re.split(r"/+", spelling.strip().lower())
    hint = vendor_named(doors[-1].lstrip("~")) if doors else None
    bare = REGION.sub("", bare, count=1) if REGION.match(bare) else bare
    before, dot, after = bare.partition(".")
    if dot and after and (vendor := vendor_named(before)):
        hint, bare = vendor, after
    bare = re.sub(r"[\s_]+", "-", CONTEXT.sub("", bare))
    name, version = _without_tail(bare)
    vendor = vendor_of(name) or hint
    name = _as_its_vendor_writes(name, vendor) or spelling
    return ModelName(vendor, None if vendor is None else _family(name, vendor), name, version)


def _without_tail(bare: str) -> tuple[str, str | None]:
    """The name without what sellers put behind it, and the version, which is the first that is met from the end."""
    version = None
    while (tail := TAIL.search(bare)) and tail.start() > 0:
        version = version or (tail["version"] or "").lstrip("@-") or None
        bare = bare[: tail.start()]
    return bare, version


def _as_its_vendor_writes(name: str, vendor: str | None) -> str:
    if vendor == "openai":
        return EFFORT.sub("", name).replace("gpt-35-", "gpt-3.5-")
    if vendor != "anthropic":
        return name
    name = EFFORT.sub("", name.replace(".", "-")).removesuffix("-max")
    if later := CLAUDE.fullmatch(name):
        parts = ("claude", later["first"] or later["tier"], later["version"] or later["major"], later["minor"])
        return "-".join(part for part in parts if part)
    if older := OLD_CLAUDE.fullmatch(name):
        return "-".join(part for part in ("claude-3", older["minor"], older["tier"]) if part)
    return name


def _family(name: str, vendor: str) -> str:
    """The leading words up to the first number: gpt, gemini, llama; of Claude with its size: claude-opus."""
    if vendor == "anthropic" and (tier := CLAUDE_TIER.search(name)):
        return f"claude-{tier[0]}"
    words = re.split(r"[-:@]", name)
    leading = [words[0]]
    for word in words[1:]:
        if re.search(r"\d", word) or re.search(r"\d", leading[0]):
            break
        leading.append(word)
    return "-".join(leading)
