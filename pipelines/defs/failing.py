"""How a step fails: with an error of this project, so that the UI, the alert and the command line have its sentence.

Belongs here: turning what a step raises into words, and reading them back from Dagster's record. Does not: what an
error means (pipelines/failures/lower_errors.py).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any, ParamSpec, TypeVar, cast

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from pipelines import errors
from pipelines.app.home import Home
from pipelines.errors import CostTrackerError, EntryFileError, SourceError, UnforeseenError
from pipelines.failures.lower_errors import causes, explained
from pipelines.failures.unforeseen import unforeseen

OURS: dict[str, type[CostTrackerError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, CostTrackerError)
} | {EntryFileError.__name__: SourceError}
"""Each error of this project by its name; one that is made of a file and its problems is read back as words."""
STOPS = frozenset({KeyboardInterrupt.__name__, dg.DagsterExecutionInterruptedError.__name__})
_CLASS = re.compile(r"^(\w+\.)*\w+: ")
"""What Python puts in front of an error's words, which says nothing to the person who reads them."""

P = ParamSpec("P")
T = TypeVar("T")


def fails_in_words(step: Callable[P, T]) -> Callable[P, T]:
    """A step whose every error is one of this project's; what Dagster itself raises passes through."""

    @wraps(step)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return step(*args, **kwargs)
        except Exception as error:
            if (meant := _meant(error, kwargs)) is None:
                raise
            raise meant from error

    @wraps(step)
    def yielding(*args: P.args, **kwargs: P.kwargs) -> Iterator[Any]:
        try:
            yield from cast("Iterator[Any]", step(*args, **kwargs))
        except Exception as error:
            if (meant := _meant(error, kwargs)) is None:
                raise
            raise meant from error

    return cast("Callable[P, T]", yielding) if isgeneratorfunction(step) else called


def failure_of(step: str, error: SerializableErrorInfo | None, message: str | None = None) -> CostTrackerError:
    """What a step's recorded error means: the outermost of this project among its causes, with its class."""
    for cause in _causes(error):
        if kind := OURS.get(cause.cls_name or ""):
            return kind(f"{step}: {_words(cause)}")
    return UnforeseenError(f"{step}: {message or 'it ended without a reason' if error is None else _words(error)}")


def is_stop(error: SerializableErrorInfo | None) -> bool:
    """Whether a step's recorded error is Ctrl-C or SIGTERM."""
    return any(cause.cls_name in STOPS for cause in _causes(error))


def _causes(error: SerializableErrorInfo | None) -> Iterator[SerializableErrorInfo]:
    while error is not None:
        yield error
        error = error.cause


def _meant(error: Exception, arguments: Mapping[str, Any]) -> CostTrackerError | None:
    """The error to raise in the place of `error`; None where it says itself what happened, or is Dagster's."""
    if isinstance(error, dg.DagsterError | dg.Failure | dg.RetryRequested):
        return None
    known, home = explained(error), arguments.get("home")
    if known is not None or not isinstance(home, Home):
        return None if known in causes(error) else known
    settings = home.settings
    return unforeseen(error, settings.paths.failures, settings.environ, home.clock())


def _words(error: SerializableErrorInfo) -> str:
    return _CLASS.sub("", error.message.strip())
