"""Log personal data in every way a function could: `python -m tests.shared.leak_attempts`.

It runs as in Lambda: the root logger is ours, and what leaves an invocation is printed as the
runtime prints it.
"""

import json
import logging
import threading
import traceback
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import BaseModel

from shared import observability
from shared.events.base import to_cloud_event
from shared.messaging import consumer, outbox
from shared.messaging.subscriptions import Subscriptions
from shared.observability import count, follow, invocation, measure, note
from shared.principal import system
from shared.storage.command_context import CommandContext
from shared.storage.store import Store
from shared.storage.tables import Tables
from tests.shared.api.sample_app import app
from tests.simulation.sample_service import Case, CaseOpened, Cases
from tests.support.api import Api
from tests.support.memory_dynamodb import MemoryDynamoDB

# What people call their accounts looks like a code of ours.
ACCOUNT = "kanareikina.anna"
WORDS = ("Канарейкина", "Kanareikina", ACCOUNT, "9161234567", "canary@example.ru", "Жёлтая")
SECRET = "Канарейкина Kanareikina +79161234567 canary@example.ru, ул. Жёлтая, 5"
CONTEXT = SimpleNamespace(
    aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    get_remaining_time_in_millis=lambda: 60_000,
)


class Form(BaseModel):
    """What a form says."""

    phone: int


class Phrase:
    """An object that tells its secret whenever it is shown."""

    def __repr__(self) -> str:
        return SECRET


class Unfit(int):
    """A number on which every formatter breaks."""

    def __abs__(self) -> int:
        raise ValueError(SECRET)


def _error() -> Exception:
    """An error with the secret in every part of it."""
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as context:
            error = ExceptionGroup(SECRET, [ValueError(SECRET), OSError(2, SECRET, SECRET)])
            error.add_note(SECRET)
            error.response = {"Error": {"Code": SECRET, "Message": SECRET}}  # type: ignore[attr-defined]
            raise error from context
    except ExceptionGroup as told:
        return told


# who speaks: each leaves at least one line of its own -------------------------------------


def at_every_level() -> None:
    ours, theirs = Logger("ledger"), logging.getLogger("vendor.client")
    theirs.setLevel(logging.DEBUG)
    logging.getLogger("ledger").setLevel(logging.DEBUG)
    for level in ("debug", "info", "warning", "error", "critical"):
        for logger in (ours, theirs, logging.getLogger()):
            getattr(logger, level)(SECRET)
            getattr(logger, level)(ACCOUNT)
            getattr(logger, level)("of %s and %s", SECRET, Phrase())
            getattr(logger, level)("too few for %s %s %d", SECRET)
            getattr(logger, level)(f"{SECRET!r} in an f-string")


def with_messages_that_are_no_text() -> None:
    for logger in (Logger("ledger"), logging.getLogger("vendor.client")):
        for message in ({SECRET: SECRET}, [SECRET], Phrase(), _error(), SECRET.encode(), None):
            logger.warning(message)
        logger.warning(json.dumps({"name": SECRET}))


def with_more_fields() -> None:
    nested = {"name": SECRET, "more": [{"phone": SECRET}, (SECRET,)]}
    circle: list[object] = [SECRET]
    circle.append(circle)
    more = {"who": SECRET, SECRET: "x", "nested": nested, "circle": circle, "phrase": Phrase()}
    Logger("ledger").warning("seen", extra=more)
    Logger("ledger").warning("seen", who=SECRET, nested=nested, phone=79161234567)
    Logger("ledger").warning("seen", who=ACCOUNT, chat=f"telegram:{ACCOUNT}", all=[ACCOUNT])
    logging.getLogger("vendor.client").warning("seen", extra=more)
    Logger("ledger").warning(SECRET, SECRET, extra={"unfit": Unfit(), "who": SECRET})


def with_keys_that_stay() -> None:
    logger = Logger("ledger")
    logger.append_keys(who=SECRET, level="%(message)s", location=SECRET)
    logger.thread_safe_append_keys(whom=SECRET)
    logger.set_correlation_id(SECRET)
    with logger.append_context_keys(where=SECRET):
        logger.warning(SECRET)
    logger.structure_logs(who=SECRET)
    logger.warning("seen")
    logger.structure_logs()


def with_errors() -> None:
    for logger in (Logger("ledger"), logging.getLogger("vendor.client")):
        logger.error(SECRET, exc_info=_error(), stack_info=True)
        logger.warning("odd", exc_info=(None, None, None))
        try:
            raise _error()
        except ExceptionGroup as error:
            logger.exception(SECRET)
            logger.exception(error)
            logger.warning("seen", extra={"error": error, "exception": SECRET})


def in_a_child() -> None:
    Logger("ledger", child=True).warning(SECRET, extra={"who": SECRET})


def with_a_logger_of_ones_own() -> None:
    Logger("another").warning(SECRET, extra={"who": SECRET})
    theirs = logging.getLogger("vendor.own")
    theirs.addHandler(logging.StreamHandler())
    theirs.warning("of %s", SECRET)
    assert logging.lastResort is not None
    logging.lastResort.handle(theirs.makeRecord(SECRET, 40, "own.py", 1, SECRET, (), None))


def where_nobody_catches() -> None:
    class Doomed:
        def __del__(self) -> None:
            raise _error()

    Doomed()

    def where_nobody_catches() -> None:
        logging.warning(SECRET)
        raise _error()

    thread = threading.Thread(target=where_nobody_catches, name=SECRET)
    thread.start()
    thread.join()


SPEAKERS = (
    at_every_level,
    with_messages_that_are_no_text,
    with_more_fields,
    with_keys_that_stay,
    with_errors,
    in_a_child,
    with_a_logger_of_ones_own,
    where_nobody_catches,
)


# what goes wrong: each is an invocation ---------------------------------------------------


def speak() -> None:
    for speaker in SPEAKERS:
        speaker()
    warnings.warn(SECRET, stacklevel=1)
    wrong: dict[str, Any] = {"phone": SECRET}
    Form.model_construct(**wrong).model_dump()  # pydantic warns, and shows the value
    note(who=SECRET, phone=79161234567, names=[SECRET], nested={"a": SECRET}, phrase=Phrase())
    note(**{SECRET: SECRET}, account=ACCOUNT)
    follow(SECRET)
    count("seen")
    count(SECRET)
    measure("seen_for", 1, "Seconds")
    raise _error()


def read_a_form() -> None:
    Form.model_validate({"phone": SECRET})


def read_json() -> None:
    json.loads(f'{{"name": {SECRET}')


def take_messages() -> None:
    """A batch: a reaction that fails, a message nobody knows, a deadline that fails."""
    packages = [logging.getLogger(name) for name in ("aws_lambda_powertools", "botocore")]
    for package in packages:
        package.setLevel(logging.DEBUG)
        package.propagate = True
    store = Store(MemoryDynamoDB(), Tables("d", "o", "a", "k"))
    event = CaseOpened(region="ZR", case_id="case_1")
    detail = to_cloud_event(
        event,
        event_id="evt_1",
        time=datetime.now(UTC),
        sequence=16,
        correlation_id=SECRET,
        causation_id=None,
    )
    due = Case(id="case_2", remind_at=datetime(2020, 1, 1, tzinfo=UTC))
    Cases(store).save(CommandContext(system("ledger"), "open", "cor_1"), due)

    def fail(*_: object) -> None:
        raise _error()

    bodies = [
        json.dumps({"detail": json.loads(detail)}),
        SECRET,
        json.dumps({"detail": {"type": SECRET, "name": SECRET}}),
        json.dumps({"due": ["CASE#case_2", "CASE"]}),
    ]
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    inbound = Subscriptions("ledger", {CaseOpened: fail}, {"CASE": fail})
    answer = consumer.consume({"Records": records}, CONTEXT, inbound, store)
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ["0"]


def relay() -> None:
    rows = [{"pk": {"S": SECRET}, "entries": {"S": SECRET}}, {}, {"entries": {"N": SECRET}}]
    records = [
        {"dynamodb": {"NewImage": row, "SequenceNumber": str(n)}} for n, row in enumerate(rows)
    ]
    tables: Any = None
    answer = outbox.relay({"Records": records}, CONTEXT, tables, None, "bus")
    assert len(answer["batchItemFailures"]) == 3


class Panic(BaseException):
    """What a library written in Rust raises when it is broken: no `Exception`, and its own text."""


def panic() -> None:
    raise Panic(SECRET)


def leave() -> None:
    raise SystemExit(SECRET)


INVOCATIONS: tuple[Callable[[], None], ...] = (
    speak,
    read_a_form,
    read_json,
    take_messages,
    relay,
    panic,
    leave,
)


def ask_an_api() -> None:
    """Requests that are refused and requests that break; each leaves its own lines."""
    api = Api(app)
    api.post("/broken", {"text": "Канарейкина"}, headers={"User-Agent": SECRET})
    api.post("/broken", {"text": SECRET * 9, SECRET: SECRET})
    api.get(f"/notes/{SECRET}?{SECRET}={SECRET}", headers={"X-Correlation-Id": SECRET})


def main() -> None:
    """Let everything go wrong, as Lambda would run it."""
    for each in INVOCATIONS:
        try:
            with invocation("ledger", each.__name__, CONTEXT):
                each()
        except observability.InvocationFailed:
            traceback.print_exc()
    ask_an_api()


if __name__ == "__main__":
    main()
