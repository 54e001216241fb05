"""One wide JSON line per invocation, carrying log and metrics together, and nothing personal.

A line has a few fixed fields and what the code `note`s on the way, as far as `shared.redaction`
lets it through. Outside an invocation (a script, a unit test) all functions here do nothing.
"""

import functools
import gc
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, TypeVar

from shared import budget, clock
from shared.redaction import describe, safe

NAMESPACE = "Ryadom"

Unit = Literal["Count", "Milliseconds", "Seconds", "Bytes", "Percent", "None"]
Outcome = Literal["ok", "refused", "partial", "failed"]
Handler = TypeVar("Handler", bound=Callable[..., Any])

# Metrics that alarms watch stand under the service alone; the invocation's own metrics also tell
# function, route and outcome. All values are from closed sets, so the number of series is bounded.
_SERVICE_DIMENSIONS = ("service",)
_INVOCATION_DIMENSIONS = ("service", "function", "route", "outcome")

_MOST_FOLLOWED = 20
_MOST_VALUES = 100

_current: ContextVar["Line | None"] = ContextVar("line", default=None)
_cold = True


class InvocationFailed(Exception):
    """Leaves a function in place of the real error, whose message the runtime would print."""


def emf(
    directives: Mapping[tuple[str, ...], Mapping[str, Unit]], timestamp: int, namespace: str
) -> dict[str, Any]:
    """The `_aws` member of CloudWatch's embedded metric format, as Powertools writes it."""
    return {
        "Timestamp": timestamp,
        "CloudWatchMetrics": [
            {
                "Namespace": namespace,
                "Dimensions": [list(dimensions)],
                "Metrics": [{"Name": name, "Unit": unit} for name, unit in metrics.items()],
            }
            for dimensions, metrics in directives.items()
            if metrics
        ],
    }


class Line:
    """What one invocation will say when it ends."""

    __slots__ = (
        "cold",
        "correlation_id",
        "error",
        "fields",
        "followed",
        "function",
        "invocation_id",
        "noticed",
        "outcome",
        "route",
        "service",
        "started",
        "units",
        "values",
    )  # fmt: skip

    def __init__(self, service: str, function: str, invocation_id: str) -> None:
        global _cold
        self.service = service
        self.function = function
        self.invocation_id = invocation_id
        self.correlation_id = invocation_id
        self.route: str | None = None
        self.outcome: Outcome = "ok"
        self.cold = _cold
        self.error: dict[str, Any] | None = None
        self.fields: dict[str, object] = {}
        self.followed: list[str] = []
        self.noticed: list[str] = []
        self.units: dict[str, Unit] = {}
        self.values: dict[str, list[float]] = {}
        self.started = time.perf_counter()
        _cold = False

    def add(self, name: str, value: float, unit: Unit) -> None:
        """Keep one value of a metric; of more than the format takes, the greatest."""
        self.units[name] = unit
        values = self.values.setdefault(name, [])
        if len(values) < _MOST_VALUES:
            values.append(float(value))
        else:
            values[-1] = max(values[-1], float(value))

    def total(self, name: str, value: float) -> None:
        """Add to a count; an invocation tells one number, however often it counted."""
        self.units[name] = "Count"
        counted = self.values.setdefault(name, [0.0])
        counted[0] += value

    def fail(self, error: BaseException) -> None:
        """The invocation ends with an error nobody foresaw."""
        self.outcome = "failed"
        self.error = describe(error)

    def document(self, timestamp: int) -> dict[str, Any]:
        """The line as a dictionary; metric names and fixed fields win over notes."""
        taken = round((time.perf_counter() - self.started) * 1000, 3)
        invocation: dict[str, Unit] = {"duration_ms": "Milliseconds"}
        document: dict[str, Any] = {
            "_aws": emf(
                {self._dimensions(): invocation, _SERVICE_DIMENSIONS: self.units},
                timestamp,
                NAMESPACE,
            ),
            "service": self.service,
            "function": self.function,
        }
        if self.route is not None:
            document["route"] = self.route
        document["outcome"] = self.outcome
        document |= {name: value for name, value in self.fields.items() if name not in document}
        document |= self._identity()
        document |= self.values
        document["duration_ms"] = [taken]
        return document

    def _dimensions(self) -> tuple[str, ...]:
        return tuple(
            name for name in _INVOCATION_DIMENSIONS if name != "route" or self.route is not None
        )

    def _identity(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "invocation_id": self.invocation_id,
            "correlation_id": self.correlation_id,
            "cold_start": self.cold,
        }
        if self.followed:
            told["correlation_ids"] = self.followed
        if self.noticed:
            told["noticed"] = self.noticed
        if self.error is not None:
            told["error"] = self.error
        return told

    def write(self) -> None:
        """Put the line out, in one write so that lines never mix."""
        document = self.document(int(clock.wall().timestamp() * 1000))
        sys.stdout.write(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n")
        sys.stdout.flush()


class _Noticing(logging.Handler):
    """Keeps other libraries' warnings to their names: their messages may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        line = _current.get()
        if line is not None and len(line.noticed) < _MOST_FOLLOWED:
            line.noticed.append(f"{record.levelname}:{record.name}:{record.lineno}")


@functools.cache
def _silence_libraries() -> None:
    # Outside Lambda the root logger belongs to whoever runs us: pytest, a script.
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        root = logging.getLogger()
        root.handlers[:] = [_Noticing(logging.WARNING)]


def note(**fields: object) -> None:
    """Tell something about this invocation: codes, ids, counts."""
    line = _current.get()
    if line is not None:
        line.fields |= {name: safe(value) for name, value in fields.items()}


def count(name: str, value: float = 1) -> None:
    """Count something alarms or dashboards watch; the only dimension is the service."""
    line = _current.get()
    if line is not None:
        line.total(name, value)


def measure(name: str, value: float, unit: Unit) -> None:
    """Record a value alarms or dashboards watch, an age or a size."""
    line = _current.get()
    if line is not None:
        line.add(name, value, unit)


def follow(correlation_id: str) -> None:
    """Say that this invocation worked under a correlation id too; a batch has several."""
    line = _current.get()
    if line is None or correlation_id in line.followed or len(line.followed) >= _MOST_FOLLOWED:
        return
    line.followed.append(str(safe(correlation_id)))


def caught(error: BaseException) -> None:
    """Keep an error that was handled, for example one failed record of a batch."""
    line = _current.get()
    if line is not None:
        line.error = describe(error)


def current() -> Line | None:
    """The line of the running invocation."""
    return _current.get()


@contextmanager
def invocation(service: str, function: str, invocation_id: str) -> Iterator[Line]:
    """One invocation: everything inside speaks on its line, which is written at the end."""
    _silence_libraries()
    line = Line(service, function, invocation_id)
    token = _current.set(line)
    try:
        yield line
    except BaseException as error:
        line.fail(error)
        raise
    finally:
        _current.reset(token)
        line.write()
        gc.enable()  # shared/__init__.py turned it off for the start of the container


def _invocation_id(context: object) -> str:
    return str(getattr(context, "aws_request_id", "") or "local")


def _looks_partial(answer: object) -> bool:
    return isinstance(answer, dict) and bool(answer.get("batchItemFailures"))


def observed(function: str, service: str | None = None) -> Callable[[Handler], Handler]:
    """Wrap a Lambda handler that is no HTTP API: one line, and no message of an error leaks."""

    def wrap(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def run(event: Any, context: Any) -> Any:
            name = service or os.environ.get("SERVICE", "unknown")
            try:
                with (
                    budget.of(context),
                    invocation(name, function, _invocation_id(context)) as line,
                ):
                    answer = handler(event, context)
                    line.outcome = "partial" if _looks_partial(answer) else line.outcome
                    return answer
            except Exception as error:
                raise InvocationFailed(f"{function}: {type(error).__name__}") from None

        return run  # type: ignore[return-value]

    return wrap
