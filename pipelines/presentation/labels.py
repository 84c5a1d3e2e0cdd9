"""What the values of the facts are called wherever people read them."""

from __future__ import annotations

from collections.abc import Mapping

SOURCE_KINDS: Mapping[str, str] = {
    "api": "API",
    "manual": "Manual",
    "local": "Local",
    "import": "Import",
    "rates": "Rates",
}
"""The source kinds of the facts and of the freshness table, in the order in which they are listed."""

PROVIDERS: Mapping[str, str] = {
    "anthropic": "Anthropic",
    "aws": "AWS",
    "azure": "Azure",
    "cerebras": "Cerebras",
    "cloudflare": "Cloudflare",
    "cohere": "Cohere",
    "cursor": "Cursor",
    "deepseek": "DeepSeek",
    "elevenlabs": "ElevenLabs",
    "fireworks": "Fireworks AI",
    "gcp": "Google Cloud",
    "github": "GitHub",
    "google": "Google",
    "groq": "Groq",
    "huggingface": "Hugging Face",
    "mistral": "Mistral AI",
    "moonshotai": "Moonshot AI",
    "openai": "OpenAI",
    "openrouter": "OpenRouter",
    "perplexity": "Perplexity",
    "together": "Together AI",
    "vercel": "Vercel",
    "x-ai": "xAI",
    "xai": "xAI",
}
"""What people call the providers that the facts name otherwise."""

_NO_MODEL = ", no model"


def provider_name(provider: str) -> str:
    """What people call a provider: "OpenAI" of "openai"; one that is not known keeps its name."""
    return PROVIDERS.get(provider, provider)


def spender_name(name: str) -> str:
    """A model's name, or of costs without one their provider's: "OpenAI, no model" of "openai, no model"."""
    provider = name.removesuffix(_NO_MODEL)
    return name if provider == name else provider_name(provider) + _NO_MODEL


def in_a_sentence(label: str) -> str:
    """A label within a sentence: "manual", but "API"."""
    return label if label.isupper() else label.lower()
