"""Everything a run needs to know before it starts: the configuration, the folders, and the environment's share."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from pipelines.config.environment import with_env_files
from pipelines.config.home_folders import HomeFolders, home_folder
from pipelines.config.known import KnownNames
from pipelines.config.model import Configuration, PriceSetting
from pipelines.config.yaml_file import NOTHING_KNOWN, read_configuration
from pipelines.domain.meters import BY_NAME
from pipelines.errors import ConfigError
from pipelines.reading.files import is_there

CONFIG_NAME = "ai-costs.yaml"
SHORTEST_SECRET = 8
"""A shorter value is too common a text to be hidden everywhere."""

VARIABLES: Mapping[str, str] = {
    "AI_COSTS_HOME": "The data folder; default: data/ in the checkout, or the user data folder of an installation.",
    "AI_COSTS_HOST": "The name under which this computer's agent logs are stored; default: the host name.",
}
"""The environment variables of this program, and what each is for; those of agents are in the agents' files."""

TOKEN_COLUMN_OF: Mapping[str, tuple[str, ...]] = {
    "input": ("input_uncached_tokens",),
    "cache_read": ("cache_read_tokens",),
    "cache_write_5m": ("cache_write_5m_tokens", "cache_write_other_tokens"),
    "cache_write_1h": ("cache_write_1h_tokens",),
    "output": ("output_tokens",),
}
"""A price of ai-costs.yaml -> the landed token columns it prices."""


@dataclass(frozen=True)
class Settings:
    """The configuration of one home, with what the environment adds. Secrets are asked for by name, one by one."""

    configuration: Configuration
    config_file: Path | None
    paths: HomeFolders
    host: str
    user_home: Path
    env_files: tuple[Path, ...]
    environ: Mapping[str, str] = field(repr=False)

    def secret(self, name: str) -> str:
        """The value of the environment variable `name`.

        Raises:
            ConfigError: it is not set, or empty.
        """
        value = self.environ.get(name, "")
        if not value:
            raise ConfigError(
                f"the environment variable {name} is not set: put `{name}=…` into a .env file next to {CONFIG_NAME}, "
                "or set it where this runs"
            )
        return value

    def secret_names(self) -> list[str]:
        """The variables the configuration names, in order."""
        asked = [account for account in self.configuration.accounts if not account.closed]
        keys = [account.key for account in asked if account.key is not None]
        delivery = self.configuration.delivery
        urls = [*(channel.url for channel in self.configuration.channels), delivery.database, delivery.heartbeat]
        return sorted({*keys, *(name for name in urls if name is not None)})

    def redact(self, text: str) -> str:
        """`text` with every secret the configuration names replaced by the variable's name."""
        for name in self.secret_names():
            value = self.environ.get(name, "")
            if len(value) >= SHORTEST_SECRET:
                text = text.replace(value, f"***{name}***").replace(quote(value, safe=""), f"***{name}***")
        return text

    def prices_per_million(self) -> list[tuple[PriceSetting, dict[str, Decimal]]]:
        """Each price of ai-costs.yaml with what it states, by meter, in USD per million."""
        reported = []
        for price in self.configuration.price_overrides:
            amounts = {name: getattr(price, name) for name in TOKEN_COLUMN_OF}
            per_column = {
                column: amount
                for name, amount in amounts.items()
                if amount is not None
                for column in TOKEN_COLUMN_OF[name]
            }
            others = {
                name: amount if BY_NAME[name].is_token else amount * 1_000_000 for name, amount in price.meters.items()
            }
            reported.append((price, per_column | others))
        return reported


def load_settings(
    *,
    home: Path | None,
    config: Path | None,
    environ: Mapping[str, str],
    cwd: Path,
    known: KnownNames = NOTHING_KNOWN,
) -> Settings:
    """The settings for a command.

    The home is `home`, else AI_COSTS_HOME, else `default_home`. The configuration is `config`, else
    ai-costs.yaml in `cwd`, else the home's; without one the defaults hold. .env is read alongside the configuration
    and in the home; the environment itself wins. `known` are the names that the configuration may refer to.

    Raises:
        ConfigError: the configuration is wrong, or the one that was named is not there.
    """
    folder = home_folder(home, environ)
    if config is not None and not is_there(config):
        raise ConfigError(f"{config} does not exist: run `ai-costs init` to write one, or leave --config out")
    found = config or next((p for p in (cwd / CONFIG_NAME, folder / CONFIG_NAME) if is_there(p)), None)
    configuration = Configuration() if found is None else read_configuration(found, known, folder)
    env_folders = [(found.parent if found else cwd), folder]
    merged = with_env_files(environ, env_folders)
    return Settings(
        configuration=configuration,
        config_file=found,
        paths=HomeFolders(folder),
        host=merged.get("AI_COSTS_HOST") or platform.node() or "this-computer",
        user_home=Path(merged["HOME"]) if merged.get("HOME") else Path.home(),
        env_files=tuple(dict.fromkeys(place / ".env" for place in env_folders)),
        environ=merged,
    )
