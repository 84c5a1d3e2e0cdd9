"""A made-up company whose every figure is known, for the first look and for tests; never mixed with real data.

Its home is a separate folder with a marker file, which is how every page and export knows to say SAMPLE.
"""

from pipelines.sample.company import (
    SampleTruth,
    is_sample_home,
    sample_api_providers,
    sample_codex_roots,
    sample_log_roots,
    sample_provider,
    write_sample,
)

__all__ = [
    "SampleTruth",
    "is_sample_home",
    "sample_api_providers",
    "sample_codex_roots",
    "sample_log_roots",
    "sample_provider",
    "write_sample",
]
