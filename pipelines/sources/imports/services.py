"""Which services of a cloud bill are AI: patterns of their names, of which people may set others."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

DEFAULT_SERVICES = (
    "*Bedrock*",
    "Amazon SageMaker*",
    "Amazon Q*",
    "Azure OpenAI*",
    "*Foundry*",
    "*Cognitive Services*",
    "*CognitiveServices*",
    "Azure AI*",
    "Azure Machine Learning*",
    "*Vertex AI*",
    "*Gemini*",
    "Generative Language API",
    "*Generative AI*",
)
"""Names of AI services at Amazon, Microsoft, Google and Oracle; Claude at Amazon is sold under names of its own,
which hold Bedrock. Patterns are those of shells, upper and lower case alike."""


class ServiceRules:
    """Whether a service is AI, remembered by name: a bill has millions of rows and a few hundred services."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(pattern.lower() for pattern in patterns)
        self._known: dict[tuple[str | None, ...], bool] = {}

    def take(self, *names: str | None) -> bool:
        """Whether any of the names that a row has for its service fits a pattern."""
        known = self._known.get(names)
        if known is None:
            said = [name.lower() for name in names if name]
            known = any(fnmatchcase(name, pattern) for name in said for pattern in self._patterns)
            self._known[names] = known
        return known
