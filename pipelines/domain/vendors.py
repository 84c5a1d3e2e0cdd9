"""Who makes a model and who sells it: the one table of names of vendors and providers.

A vendor makes a model (Anthropic); a provider sells its use (Anthropic, Bedrock, OpenRouter). FOCUS calls them
publisher and provider. Belongs here: names of companies, in the spellings of APIs, bills, gateways and agents' logs.
Does not: names of models (model_names.py), prices. What no rule knows has no vendor, and its provider is what the
caller says.

The spellings are those of the providers' documentation, of the model ids that the price list holds, of LiteLLM's
and OpenRouter's prefixes, of the provider ids of models.dev, and of ProviderName in FOCUS bills.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAKERS: tuple[tuple[str, str], ...] = (
    (r"claude|(opus|sonnet|haiku|opusplan)\b", "anthropic"),
    (r"gpt|chatgpt|o[1-9]\b|codex|text-(embedding|davinci|moderation)|dall-e|whisper|tts-|davinci|babbage", "openai"),
    (r"ada\b|curie\b|(omni-)?moderation\b|sora|computer-use|ft:(gpt|davinci|babbage)", "openai"),
    (r"gemini|gemma|imagen|veo\b|text-bison|chat-bison|palm|learnlm", "google"),
    (r"grok", "xai"),
    (r"deepseek", "deepseek"),
    (r"kimi|moonshot", "moonshotai"),
    (r"(chat|zai-)?glm|cogview|cogvideo", "zai"),
    (r"open-?(mistral|mixtral)|mistral|mixtral|devstral|codestral|magistral|ministral|pixtral|voxtral", "mistral"),
    (r"llama|codellama|meta-llama|muse-(spark|wonder|glimmer)", "meta"),
    (r"qwen|qwq|qvq|tongyi", "alibaba"),
    (r"command|c4ai|aya\b|embed-(v\d|english|multilingual)|rerank-", "cohere"),
    (r"sonar|pplx-|r1-1776", "perplexity"),
    (r"nova\b|titan", "amazon"),
    (r"phi-\d|mai-|wizardlm", "microsoft"),
    (r"jamba", "ai21"),
    (r"minimax|m2-her", "minimax"),
    (r"mimo\b", "xiaomi"),
    (r"doubao|seed-(\d|oss|code)|ui-tars", "bytedance"),
    (r"hunyuan|hy\d\b|hy-mt", "tencent"),
    (r"ernie|cobuddy", "baidu"),
    (r"step-\d|step\d", "stepfun"),
    (r"longcat", "meituan"),
    (r"kat-(coder|dev)", "kwaipilot"),
    (r"(ling|ring)-\d", "inclusionai"),
    (r"yi-(\d|large|lightning|medium|spark|vision)", "01ai"),
    (r"baichuan", "baichuan"),
    (r"nvidia-nemotron|nemotron", "nvidia"),
    (r"granite-", "ibm"),
    (r"palmyra", "writer"),
    (r"(nous-|deep|open)?hermes-\d", "nousresearch"),
    (r"olmo|molmo", "allenai"),
    (r"solar-", "upstage"),
    (r"exaone", "lg"),
    (r"lfm-?\d", "liquid"),
    (r"reka-", "rekaai"),
    (r"mercury-", "inception"),
    (r"morph-", "morph"),
    (r"composer-\d|cursor-", "cursor"),
    (r"inkling\b", "thinkingmachines"),
    (r"laguna-", "poolside"),
    (r"trinity-(mini|large|nano)", "arcee"),
    (r"voyage", "voyageai"),
    (r"eleven", "elevenlabs"),
)
"""How a model's name begins (lower case, dashes) -> who makes it; the first that fits holds."""

VENDOR_ALIASES = {
    **{vendor: vendor for _, vendor in MAKERS},
    "01-ai": "01ai",
    "ai21labs": "ai21",
    "allenai": "allenai",
    "arcee-ai": "arcee",
    "bytedance-seed": "bytedance",
    "deepseek-ai": "deepseek",
    "ibm-granite": "ibm",
    "inclusionai": "inclusionai",
    "kimi": "moonshotai",
    "meta-llama": "meta",
    "meta-models": "meta",
    "minimaxai": "minimax",
    "mistral-ai": "mistral",
    "mistralai": "mistral",
    "moonshot": "moonshotai",
    "moonshot-ai": "moonshotai",
    "qwen": "alibaba",
    "stepfun-ai": "stepfun",
    "x-ai": "xai",
    "xiaomimimo": "xiaomi",
    "z-ai": "zai",
    "z.ai": "zai",
    "zai-org": "zai",
    "zhipuai": "zai",
    "zhipu": "zai",
}
"""A vendor as gateways, Bedrock and Hugging Face write it before the model's name -> as it is called here."""

PROVIDERS = {
    "alibaba-cloud": "alibaba",
    "alibaba-cn": "alibaba",
    "amazon": "aws",
    "amazon-bedrock": "aws",
    "amazon-web-services": "aws",
    "anthropic": "anthropic",
    "aws": "aws",
    "aws-bedrock": "aws",
    "azure": "azure",
    "azure-ai": "azure",
    "azure-cognitive-services": "azure",
    "azure-openai": "azure",
    "baseten": "baseten",
    "bedrock": "aws",
    "bedrock-converse": "aws",
    "cerebras": "cerebras",
    "chatgpt": "openai",
    "cloudflare": "cloudflare",
    "cohere": "cohere",
    "cohere-chat": "cohere",
    "cursor": "cursor",
    "dashscope": "alibaba",
    "databricks": "databricks",
    "deepinfra": "deepinfra",
    "deepseek": "deepseek",
    "fireworks": "fireworks",
    "fireworks-ai": "fireworks",
    "gcp": "google",
    "gemini": "google",
    "google": "google",
    "google-ai-studio": "google",
    "google-cloud": "google",
    "google-gemini": "google",
    "google-vertex": "google",
    "google-vertex-ai": "google",
    "google-vertex-anthropic": "google",
    "grok": "xai",
    "groq": "groq",
    "hosted-vllm": "vllm",
    "huggingface": "huggingface",
    "kimi-for-coding": "moonshotai",
    "llama-cpp": "llama.cpp",
    "llama.cpp": "llama.cpp",
    "lm-studio": "lmstudio",
    "lmstudio": "lmstudio",
    "meta": "meta",
    "microsoft": "azure",
    "microsoft-azure": "azure",
    "microsoft-foundry": "azure",
    "minimax": "minimax",
    "minimax-cn": "minimax",
    "mistral": "mistral",
    "mistral-ai": "mistral",
    "moonshot": "moonshotai",
    "moonshotai": "moonshotai",
    "moonshotai-cn": "moonshotai",
    "novita": "novita",
    "novita-ai": "novita",
    "oci": "oracle",
    "ollama": "ollama",
    "ollama-chat": "ollama",
    "openai": "openai",
    "openai-codex": "openai",
    "openrouter": "openrouter",
    "oracle": "oracle",
    "oracle-cloud-infrastructure": "oracle",
    "perplexity": "perplexity",
    "perplexity-ai": "perplexity",
    "sagemaker": "aws",
    "sagemaker-chat": "aws",
    "sambanova": "sambanova",
    "text-completion-openai": "openai",
    "together": "together",
    "together-ai": "together",
    "togetherai": "together",
    "vertex": "google",
    "vertex-ai": "google",
    "vertex-ai-beta": "google",
    "vertexai": "google",
    "vllm": "vllm",
    "volcengine": "bytedance",
    "voyageai": "voyageai",
    "workers-ai": "cloudflare",
    "x-ai": "xai",
    "xai": "xai",
    "xiaomi": "xiaomi",
    "zai": "zai",
    "zai-coding-plan": "zai",
}
"""A provider as agents, gateways and bills write it (lower case, dashes) -> as it is called here. A middleman that
resells under a subscription (GitHub Copilot, OpenCode's own) is not here: its models have their makers' prices."""

SINGLE_VENDOR_PROVIDERS = frozenset({"anthropic", "openai", "xai", "deepseek", "moonshotai", "zai", "minimax"})
"""Providers of nobody else's models: one of another maker went elsewhere, through a base URL that was changed."""

SOLD_BY_ANOTHER = {"amazon": "aws", "microsoft": "azure"}
"""Vendors whose models are sold under another provider's name; every other vendor sells its own."""

ON_BEDROCK = "|".join(map(re.escape, [*VENDOR_ALIASES, "stability"]))
BEDROCK = re.compile(rf"arn:aws[\w-]*:|([a-z-]+\.)?({ON_BEDROCK})\.")
"""A model id of Bedrock: an ARN, or the vendor and a dot before the name, after the region of an inference profile."""

PATHS = (
    (re.compile(r"(projects/.*/)?publishers/[\w-]+/models/"), "google"),
    (re.compile(r"accounts/[\w-]+/(models|deployments|routers)/"), "fireworks"),
    (re.compile(r"@cf/"), "cloudflare"),
)
"""How the resource paths of Vertex AI, Fireworks and Workers AI begin."""


def vendor_of(name: str) -> str | None:
    """Who makes the model of this bare `name` (lower case, with dashes); None if no rule says."""
    return next((vendor for pattern, vendor in MAKERS if re.match(pattern, name)), None)


def provider_named(reported: str | None) -> str | None:
    """The provider that a source states, by the name it has here; None for one this table does not know."""
    return None if reported is None else PROVIDERS.get(_dashed(reported))


def vendor_named(reported: str) -> str | None:
    """The vendor that is before a model's name, by the name it has here."""
    return VENDOR_ALIASES.get(_dashed(reported))


@lru_cache(maxsize=4096)
def provider_of(reported: str | None, model: str | None, otherwise: str) -> str:
    """Who sells the use of `model`: the provider that the source states, else the one its name tells, else its maker.

    What is reported and known to no rule is taken as it is, before `otherwise`.
    """
    known, by_model = provider_named(reported), _provider_of_model(model)
    if known in SINGLE_VENDOR_PROVIDERS and by_model is not None:
        return by_model
    return known or by_model or (None if reported is None else _dashed(reported)) or otherwise


def _provider_of_model(model: str | None) -> str | None:
    """The seller that a model's name tells: a cloud's form of it, a prefix of a gateway, or its maker."""
    if model is None:
        return None
    name = model.strip().lower().lstrip("~")
    if BEDROCK.match(name.rpartition("bedrock/")[2]):
        return "aws"
    if path := next((provider for pattern, provider in PATHS if pattern.match(name)), None):
        return path
    *doors, bare = name.split("/")
    for door in doors:
        if known := PROVIDERS.get(_dashed(door)) or _sells(vendor_named(door)):
            return known
    if "@" in bare.strip("@"):
        return "google"
    return _sells(vendor_of(_dashed(bare)))


def _sells(vendor: str | None) -> str | None:
    return None if vendor is None else SOLD_BY_ANOTHER.get(vendor, vendor)


def _dashed(name: str) -> str:
    return re.sub(r"[\s_]+", "-", name.strip().lower())
