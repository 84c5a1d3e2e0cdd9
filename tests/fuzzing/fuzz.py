"""Fuzzing of one harness, or of all of them one after the other; `make fuzz` starts it.

    python -m tests.fuzzing.fuzz                         every harness for a minute
    python -m tests.fuzzing.fuzz agent_logs --seconds 600
    python -m tests.fuzzing.fuzz agent_logs --input .fuzzing/agent_logs/crash-…   one input again, without Atheris

What led on is stored in .fuzzing/<harness>/corpus for the next time; an input that found a defect lies alongside it.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from pathlib import Path

KEPT = Path(".fuzzing")
HARNESSES = ("agent_logs", "manual_csv", "import_files", "api_answers", "configuration")
PARSED_BY = ["pipelines", "yaml", "csv", "zipfile"]
"""Packages whose branches lead the fuzzer."""
LARGEST_INPUT = 16_384
"""Bytes; the bounds of memory and time are those of one input."""
INPUT_SECONDS = 10
MEGABYTES = 2048


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one harness in this process, which libFuzzer ends: with another status than 0 where it found a defect."""
    import atheris  # noqa: PLC0415 - no other use of this module needs it

    with atheris.instrument_imports(include=PARSED_BY):
        harness = importlib.import_module("tests.fuzzing.harnesses").HARNESSES[name]
    corpus = KEPT / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(harness.seeds()):
        (corpus / f"seed-{number:02}").write_bytes(seed)

    def take(content: bytes) -> None:
        harness.take(content)

    options = {
        "max_total_time": seconds,
        "timeout": INPUT_SECONDS,
        "rss_limit_mb": MEGABYTES,
        "max_len": LARGEST_INPUT,
        "verbosity": 0,
        "print_final_stats": 1,
        "artifact_prefix": f"{KEPT / name}/",
    }
    atheris.Setup([sys.argv[0], *(f"-{option}={value}" for option, value in options.items()), str(corpus)], take)
    atheris.Fuzz()


def main() -> int:
    """Fuzz what the command line says; 1 where a defect was found."""
    parser = argparse.ArgumentParser(description="Fuzz the parsers.")
    parser.add_argument("harness", nargs="?", choices=HARNESSES, help="one of them; without it each in turn")
    parser.add_argument("--seconds", type=int, default=60, help="how long to look in each")
    parser.add_argument("--input", type=Path, help="give this file to the harness, once")
    chosen = parser.parse_args()
    if chosen.input:
        importlib.import_module("tests.fuzzing.harnesses").HARNESSES[chosen.harness].take(chosen.input.read_bytes())
    elif chosen.harness:
        fuzz(chosen.harness, chosen.seconds)
    else:
        command = [sys.executable, "-m", "tests.fuzzing.fuzz", "--seconds", str(chosen.seconds)]
        failed = [name for name in HARNESSES if subprocess.run([*command, name], check=False).returncode]
        print(f"· defects found in: {', '.join(failed)}; the inputs lie in {KEPT}/" if failed else "· no defect found")  # noqa: T201
        return min(len(failed), 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
