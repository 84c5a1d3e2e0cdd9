"""A request after each run that succeeded, so that a service outside notices when they stop.

Belongs here: the one request. Does not: noticing it here, on a computer that may be off (`ai-costs alerts check`).
"""

from __future__ import annotations

import httpx2

from pipelines.app.home import Home

SECONDS = 10


def send_heartbeat(home: Home) -> str | None:
    """Request the configured URL; give what went wrong, without a word of the URL, or None."""
    variable = home.settings.configuration.delivery.heartbeat
    if variable is None or not home.uses_network:
        return None
    url = home.settings.environ.get(variable, "")
    if not url:
        return f"no heartbeat was sent: the environment variable {variable} is not set"
    try:
        status = httpx2.get(url, timeout=SECONDS, follow_redirects=False).status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        return f"no heartbeat was sent: the URL of {variable} cannot be requested ({type(error).__name__})"
    return None if status < 300 else f"the heartbeat was not accepted: the URL of {variable} answered {status}"  # noqa: PLR2004
