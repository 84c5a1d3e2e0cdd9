"""ai-costs.yaml and the environment, as typed settings; the only reader of the process environment.

Belongs here: what a person may configure, and clear words when it is wrong. Does not: using it.
"""

from pipelines.config.channels import ChannelSetting
from pipelines.config.environment import current_environment, with_env_files
from pipelines.config.home_folders import HomeFolders, ensure_home, ensure_state, home_folder
from pipelines.config.model import Account, Agent, Budget, Configuration, PriceSetting
from pipelines.config.rows import SETTINGS_TABLES, configured_build, configured_rows
from pipelines.config.settings import Settings, load_settings
from pipelines.config.starter import example_config, example_environment, schema

__all__ = [
    "SETTINGS_TABLES",
    "Account",
    "Agent",
    "Budget",
    "ChannelSetting",
    "Configuration",
    "HomeFolders",
    "PriceSetting",
    "Settings",
    "configured_build",
    "configured_rows",
    "current_environment",
    "ensure_home",
    "ensure_state",
    "example_config",
    "example_environment",
    "home_folder",
    "load_settings",
    "schema",
    "with_env_files",
]
