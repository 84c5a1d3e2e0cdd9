"""Which services of a cloud bill are AI: patterns of their names, of which people may set others."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

DEFAULT_SERVICES = (
    "*Bedrock*",
    "Amazon SageMaker*",
    "Amazon Q*",
    "*Foundry*",
    "*Cognitive Services*",
    "*CognitiveServices*",
    "Azure AI*",
    "Azure Machine Learning*",
    "*MachineLearningServices*",
    "*Vertex AI*",
    "*Gemini*",
    "Generative Language API",
    "*Generative AI*",
    "*Anthropic*",
    "Claude*",
    "*OpenAI*",
    "*Input Tokens*",
    "*Output Tokens*",
    "*Response Tokens*",
)
"""Names of AI services at Amazon, Microsoft, Google and Oracle. Models of a marketplace have separate names, such
as Claude Sonnet 4.5 (Amazon Bedrock Edition). Patterns are those of shells, upper and lower case alike."""


class ServiceRules:
    """Whether a service is AI, remembered by name: a bill has millions of rows and a few hundred services.

    `are_chosen`: a person listed the patterns.
    """

    def __init__(self, patterns: Sequence[str], *, are_chosen: bool = False) -> None:
        self.are_chosen = are_chosen
        self._patterns = tuple(pattern.lower() for pattern in patterns)
        self._known: dict[tuple[str | None, ...], bool] = {}

    def take(self, *names: str | None) -> bool:
        """Whether any of the names that a row has for its service fits a pattern."""
        known = self._known.get(names)
        if known is None:
            summary = [name.lower() for name in names if name]
            known = any(fnmatchcase(name, pattern) for name in summary for pattern in self._patterns)
            self._known[names] = known
        return known
