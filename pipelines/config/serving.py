"""The section `serve` of ai-costs.yaml: how people reach the UI of `ai-costs serve`.

Belongs here: these settings. Does not: refusing who comes by another way (`pipelines/front_door`).
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl

from pipelines.config.section import Section

PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")


def _address(value: HttpUrl) -> HttpUrl:
    if value.username or value.password or value.query is not None or value.fragment is not None:
        raise ValueError("give only the scheme, the host and the path: no user, ? or #")
    if not PATH.fullmatch(value.path or ""):
        raise ValueError("the path may have letters, digits and . _ ~ - between single slashes")
    return value


class Serving(Section):
    """Without a public URL, only this computer's browser reaches the UI."""

    public_url: Annotated[HttpUrl, AfterValidator(_address)] | None = Field(
        default=None,
        description="The address of the UI behind your reverse proxy, as browsers show it: https://costs.example.com "
        "or https://example.com/costs. The proxy forwards the full path, and WebSockets.",
    )
