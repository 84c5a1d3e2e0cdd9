"""The code location `dagster dev` and `ai-costs serve` load: this installation's home, as Dagster definitions."""

from pathlib import Path

from pipelines.app.opening import open_home
from pipelines.config import current_environment
from pipelines.defs.build import build_defs

_environment = current_environment()
_config = _environment.get("AI_COSTS_CONFIG")

defs = build_defs(open_home(_environment, config=Path(_config) if _config else None))
