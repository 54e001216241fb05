"""What an invocation logs: one wide line and its metrics, by Powertools, and nothing personal.

`note` adds to the line, `count` and `measure` to the metrics. Outside an invocation (a script, a
unit test) all functions here do nothing.
"""

import functools
import gc
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, TextIO, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.formatter import RESERVED_LOG_ATTRS, LambdaPowertoolsFormatter

from shared import budget, settings
from shared.redaction import REDACTED, is_code, place, safe

NAMESPACE = "Ryadom"

Unit = Literal["Count", "Seconds"]
Outcome = Literal["ok", "refused", "partial", "failed"]
Handler = TypeVar("Handler", bound=Callable[..., Any])

_WRITERS: dict[Outcome, Callable[..., None]] = {"partial": Logger.warning, "failed": Logger.error}
_MESSAGES = ("invocation", "uncaught")
_METADATA = {"function", "function_request_id", "route", "outcome"}
_MAX_FOLLOWED = 20

_current: ContextVar["_Invocation | None"] = ContextVar("invocation", default=None)
_cold = True


class InvocationFailed(Exception):
    """Leaves a function in place of the real error, whose message the runtime would print."""


class RedactingFormatter(LambdaPowertoolsFormatter):
    """Powertools' line without what may be personal: every record of every library passes here."""

    def __init__(self) -> None:
        super().__init__(utc=True, use_rfc3339=True)

    def format(self, record: logging.LogRecord) -> str:
        """Let codes, ids and numbers pass, and of an error its type and frames."""
        line: dict[str, object] = {
            "level": record.levelname,
            "location": place(record.pathname, record.lineno, record.funcName),
            "message": record.msg if record.msg in _MESSAGES else REDACTED,
            "timestamp": self.formatTime(record),
        }
        fields = self.get_current_keys() | self.thread_safe_get_current_keys()
        if (invoked := _current.get()) is not None:
            fields |= invoked.fields
        fields |= {k: v for k, v in record.__dict__.items() if k not in RESERVED_LOG_ATTRS}
        if record.exc_info and record.exc_info[1]:
            fields["error"] = record.exc_info[1]
        for name, value in fields.items():
            if value is not None:
                line.setdefault(_safe_name(name), safe(name, value))
        return self.serialize(line)


@functools.lru_cache(maxsize=256)
def _safe_name(name: object) -> str:
    return name if isinstance(name, str) and is_code(name) else REDACTED


class _Stdout(logging.StreamHandler[TextIO]):
    """Writes to what stdout is at that moment: the runtime changes it, and so do tests."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


@functools.cache
def _logger(service: str) -> Logger:
    ours = RedactingFormatter()
    logger = Logger(service, logger_handler=_Stdout(), logger_formatter=ours)
    logging.getLogger(service).propagate = False
    # Outside Lambda the root logger belongs to whoever runs us: pytest, a script.
    if settings.in_lambda():
        logging.root.handlers[:] = [logger.registered_handler]
        # Also what a library prints by a handler of its own, which no hook of `logging` sees whole:
        # a record factory comes before `extra`, a filter belongs to one handler.
        logging.Handler.format = ours.format  # type: ignore[assignment,method-assign]
        logging.captureWarnings(True)
        logging.raiseExceptions = False  # it prints the arguments of a record that has no form
        sys.unraisablehook = threading.excepthook = _uncaught
    return logger


def _uncaught(failed: Any) -> None:
    """Log what fails in a thread or a finalizer; Python prints the message of such an error."""
    logging.error("uncaught", exc_info=tuple(failed[:3]))


@functools.cache
def _metrics(service: str) -> Metrics:
    return Metrics(service, NAMESPACE)


@dataclass(slots=True)
class _Invocation:
    service: str
    fields: dict[str, object]
    outcome: Outcome = "ok"
    measured: list[tuple[str, Unit, float]] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def end(self) -> None:
        took = round((time.perf_counter() - self.started) * 1000, 3)
        self.fields |= self._figures() | {"outcome": self.outcome, "duration_ms": took}
        self._tell_metrics(took)
        _WRITERS.get(self.outcome, Logger.info)(_logger(self.service), "invocation")

    def _figures(self) -> dict[str, float]:
        """For the line: the sum of what was counted, and the greatest of what was measured."""
        figures: dict[str, float] = {}
        for name, unit, value in self.measured:
            so_far = figures.get(name, 0)
            figures[name] = so_far + value if unit == "Count" else max(so_far, value)
        return figures

    def _tell_metrics(self, took: float) -> None:
        # What `Metrics` collects belongs to the process, so it is given all at once: an invocation
        # inside another keeps to itself.
        metrics = _metrics(self.service)
        metrics.add_dimension("stage", settings.stage())
        for name in _METADATA & self.fields.keys():
            metrics.add_metadata(name, safe(name, self.fields[name]))
        if self.fields["cold_start"]:
            metrics.add_metric("ColdStart", "Count", 1)
        for name, unit, value in self.measured:
            if safe(name, value) != REDACTED:
                metrics.add_metric(name, unit, value)
        metrics.add_metric("duration_ms", "Milliseconds", took)
        metrics.flush_metrics()


def note(**fields: object) -> None:
    """Tell something about this invocation: codes, ids, counts, an error that was handled."""
    invoked = _current.get()
    if invoked is not None:
        invoked.fields |= fields


def ends(outcome: Outcome, error: BaseException | None = None) -> None:
    """Say how this invocation ends; without a word it ends well."""
    invoked = _current.get()
    if invoked is not None:
        invoked.outcome = outcome
    if error is not None:
        note(error=error)


def count(name: str, value: float = 1) -> None:
    """Count something that alarms or dashboards watch."""
    measure(name, value, "Count")


def measure(name: str, value: float, unit: Unit) -> None:
    """Record a value that alarms or dashboards watch, an age or a size."""
    invoked = _current.get()
    if invoked is not None:
        invoked.measured.append((_safe_name(name), unit, value))


def follow(correlation_id: str) -> None:
    """Say under which correlation id work goes on; a batch has several."""
    invoked = _current.get()
    if invoked is None:
        return
    if correlation_id not in invoked.followed and len(invoked.followed) < _MAX_FOLLOWED:
        invoked.followed.append(correlation_id)
    note(correlation_id=correlation_id, correlation_ids=invoked.followed)


@contextmanager
def invocation(service: str, function: str, context: object) -> Iterator[None]:
    """Observe one invocation: what is noted inside is written at its end, no error's message is."""
    global _cold
    identifier = str(getattr(context, "aws_request_id", "") or "local")
    fields = {
        "function": function,
        "cold_start": _cold,
        "function_request_id": identifier,
        "correlation_id": identifier,
    }
    _logger(service)  # from here on whatever is logged, by a library too, passes the formatter
    invoked = _Invocation(service, fields)
    _cold = False
    token = _current.set(invoked)
    try:
        yield
    except BaseException as error:
        ends("failed", error)
        if isinstance(error, KeyboardInterrupt | GeneratorExit):
            raise
        # Also what is no Exception: the panic of a library in Rust, an exit with a message.
        raise InvocationFailed(f"{function}: {type(error).__name__}") from None
    finally:
        try:
            invoked.end()
        finally:
            _current.reset(token)
            gc.enable()  # shared/__init__.py turned it off for the start of the container


def observed(function: str, service: str | None = None) -> Callable[[Handler], Handler]:
    """Wrap a Lambda handler that is no HTTP API in an invocation."""

    def wrap(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def run(event: Any, context: Any) -> Any:
            name = service or settings.service()
            with budget.of(context), invocation(name, function, context):
                return handler(event, context)

        return run  # type: ignore[return-value]

    return wrap
