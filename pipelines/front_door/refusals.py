"""Why a request is refused, and the answer to it: a page for people, JSON for programs.

Belongs here: the words. Does not: which request is refused (`request_filter.py`). No part of a request is repeated in
an answer.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from enum import Enum
from html import escape

from starlette.responses import HTMLResponse, JSONResponse, Response

STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:15vh auto;padding:0 1em}"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Reason:
    """An HTTP status, what is wrong, and what to do."""

    status: int
    wrong: str
    remedy: str


class Refusal(Enum):
    """Every reason for which a request does not reach Dagster."""

    FOREIGN_HOST = Reason(
        421,
        "This server is not known by the name in the address.",
        "Open the address that `ai-costs serve` printed. If people reach it by another name, set it as "
        "`serve: {public_url: https://…}` in ai-costs.yaml and start the server again.",
    )
    FOREIGN_ORIGIN = Reason(
        403,
        "A page of another address asked for this.",
        "Use the Dagster UI itself. If this is its page, behind a reverse proxy, set its address as "
        "`serve: {public_url: https://…}` in ai-costs.yaml and start the server again.",
    )
    CROSS_SITE = Reason(
        403,
        "Another site led here or asked for this.",
        "Open the Dagster UI from here, or type its address.",
    )
    NO_TOKEN = Reason(
        401,
        "This browser has not been let in yet, or the server has a new token.",
        "Open the address that `ai-costs serve` printed when it started; `ai-costs serve --show-url` prints it again.",
    )
    QUERY_BY_GET = Reason(
        405,
        "GraphQL is answered by POST alone.",
        "Send the query by POST, as JSON with the type application/json.",
    )
    NOT_JSON = Reason(
        415,
        "GraphQL is read as JSON alone.",
        'Send {"query": …} by POST with the type application/json.',
    )

    def response(self, *, as_page: bool, root: str) -> Response:
        """The answer; a page leads on to the UI at `root`."""
        reason = self.value
        headers = HEADERS | ({"Allow": "POST"} if self is Refusal.QUERY_BY_GET else {})
        if not as_page:
            return JSONResponse({"error": reason.wrong, "remedy": reason.remedy}, reason.status, headers)
        content = (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>Not open</title><style>{STYLE}</style>'
            f"<h1>{escape(reason.wrong)}</h1><p>{escape(reason.remedy)}</p>"
            f'<p><a href="{escape(root)}">The Dagster UI of AI Cost Tracker</a></p></html>'
        )
        return HTMLResponse(content, reason.status, headers)
