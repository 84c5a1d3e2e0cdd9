"""Who makes, or sells, the model an agent names: what a price is looked up under.

Belongs here: names of models and of providers. Does not: prices. A model that no rule knows is its agent's own, and
stays unpriced until a price is stated for it.
"""

from __future__ import annotations

import re
from functools import lru_cache

_MAKERS: tuple[tuple[str, str], ...] = (
    (r"claude|opus|sonnet|haiku", "anthropic"),
    (r"gpt|chatgpt|o\d|codex", "openai"),
    (r"gemini|gemma", "google"),
    (r"grok", "xai"),
    (r"deepseek", "deepseek"),
    (r"kimi|moonshot", "moonshotai"),
    (r"glm", "zai"),
    (r"(mistral|devstral|codestral|magistral|ministral)", "mistral"),
)
_SOLD_BY = {
    "amazon-bedrock": "aws",
    "anthropic": "anthropic",
    "azure": "azure",
    "bedrock": "aws",
    "cerebras": "cerebras",
    "deepseek": "deepseek",
    "fireworks": "fireworks",
    "fireworks-ai": "fireworks",
    "gemini": "google",
    "google": "google",
    "google-vertex": "google",
    "google-vertex-anthropic": "google",
    "groq": "groq",
    "lmstudio": "lmstudio",
    "mistral": "mistral",
    "moonshotai": "moonshotai",
    "ollama": "ollama",
    "openai": "openai",
    "openai-codex": "openai",
    "openrouter": "openrouter",
    "together": "together",
    "togetherai": "together",
    "vertex": "google",
    "x-ai": "xai",
    "xai": "xai",
    "zai": "zai",
}
"""A provider's name as agents write it (lower case, dashes) -> ours. A middleman that resells under a subscription
(GitHub Copilot, OpenCode's own) is not here: its models are valued at their makers' list price."""


@lru_cache(maxsize=1024)
def maker(model: str | None) -> str | None:
    """Who makes a model of this name, None if no rule says. Vertex names carry @, Bedrock names a vendor prefix."""
    if model is None:
        return None
    name = model.lower()
    if name.startswith("arn:aws") or re.match(r"([a-z]+\.)?(anthropic|amazon|meta|mistral)\.", name):
        return "aws"
    if "@" in name:
        return "google"
    bare = name.rsplit("/", 1)[-1]
    return next((who for pattern, who in _MAKERS if re.match(pattern, bare)), None)


def seller(provider: str | None, model: str | None, otherwise: str) -> str:
    """Who sells the model: the provider an agent states, else the model's maker, else the stated or `otherwise`."""
    stated = None if provider is None else provider.lower().replace("_", "-")
    return _SOLD_BY.get(stated or "") or maker(model) or stated or otherwise
