"""The database that dbt is called on holds landed rows, else the command ends with what to do.

Belongs here: what dbt-duckdb asks when it opens the file, be dbt called by a person or by this program. Does not: which
file that is (dbt_project/profiles.yml).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

if TYPE_CHECKING:
    from dbt.adapters.duckdb.credentials import DuckDBCredentials
    from duckdb import DuckDBPyConnection

NEXT_STEP = (
    "run `ai-costs run` first, or set AI_COSTS_HOME to the data folder of a run (the sample company's is the folder "
    "`sample` inside the data folder)"
)


class Plugin(BasePlugin):
    """What dbt-duckdb calls; the name is its own, and it always hands over the credentials."""

    creds: DuckDBCredentials

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Before the file is opened, which would make an empty one.

        Raises:
            DbtRuntimeError: the file does not exist.
        """
        del plugin_config
        if not Path(self.creds.path).exists():
            raise DbtRuntimeError(f"the database {self.creds.path} does not exist yet: {NEXT_STEP}")

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """After the file was opened.

        Raises:
            DbtRuntimeError: nothing was landed in it.
        """
        landed = conn.sql("select 1 from duckdb_tables() where schema_name = 'landing' and table_name = 'build'")
        if not landed.fetchall():
            raise DbtRuntimeError(f"the database {self.creds.path} has no landed rows: {NEXT_STEP}")
