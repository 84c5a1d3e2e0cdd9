"""On how many examples a property is tried: on some with every change, on all of them by `make e2e`."""

from __future__ import annotations

import os

VARIABLE = "EXAMPLES"


def examples(most: int) -> int:
    """`most` where the environment says EXAMPLES=all; otherwise a fifth of it, but five at least."""
    return most if os.environ.get(VARIABLE) == "all" else max(most // 5, 5)
