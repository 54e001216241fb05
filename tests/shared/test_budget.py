"""A part that does not answer is told in time: an answer leaves before the function's timeout.

The times of calls are a twentieth of the real ones, and so are those of the functions, but for what
is kept for the answer: a busy machine is no faster for that.
"""

import contextlib
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import create_autospec

import pytest
from pydantic import BaseModel

from services.cards.till import app as till_app
from services.cards.till import repository
from shared import aws, budget
from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.api.routes import Routes
from shared.errors import Unavailable
from shared.messaging import batches, consumer
from shared.observability import observed
from shared.parameters import ReferenceProvider
from shared.principal import Principal
from shared.reference import regions, table
from shared.storage import connection
from shared.storage.command_context import CommandContext, Receipt
from tests.cards.till.till_client import Shop
from tests.shared.messaging.deliveries import message, opened
from tests.simulation.sample_service import Case, Cases, Mirror
from tests.support.api import Api
from tests.support.faulty_endpoints import (
    Behaviour,
    FaultyEndpoint,
    cut,
    cut_failure,
    drip,
    failing,
    faulty_endpoint,
    half,
    silence,
    slow,
)
from tests.support.lambda_context import Countdown
from tests.support.store_fixtures import use_secrets

API_SECONDS, TILL_SECONDS, CONSUMER_SECONDS = (
    part + budget.ANSWER_SECONDS for part in (1.0, 0.5, 1.5)
)
# A ring of the alarm that comes in a finalizer, or while garbage is collected, is lost and told so.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
CALLER = Principal("usr_1", "person", "hotline_operator", roles=("hotline_operator",))
MISBEHAVING = {
    "silent": silence,
    "refusing": None,
    "answering by half": half,
    "hanging up in its answer": cut,
    "slow": slow(0.125),
    "failing": failing("500 Internal Server Error", b"{}"),
}


@pytest.fixture(autouse=True)
def a_twentieth(no_pauses: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(aws, "CONNECT_SECONDS", 0.05)
    monkeypatch.setattr(aws, "READ_SECONDS", 0.15)
    monkeypatch.setattr(aws, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(batches, "RESERVE_MS", 500 + 1000 * budget.ANSWER_SECONDS)
    use_secrets(monkeypatch)
    for name in ("DATA_TABLE", "OUTBOX_TABLE", "AUDIT_TABLE", "KEYS_TABLE"):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    _forget_clients()
    yield
    _forget_clients()


def _forget_clients() -> None:
    for cached in (aws.session, aws.client, connection.store, connection.table_access):
        cached.cache_clear()


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyEndpoint]:
    """A table that answers until a test makes it `behave`.

    A first request loads and makes what the later ones find: on a busy machine that takes seconds,
    which say nothing about a container whose table falls silent.
    """
    with faulty_endpoint(slow(0)) as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", made.url)
        yield made


misbehaving = pytest.mark.parametrize("behaviour", MISBEHAVING.values(), ids=list(MISBEHAVING))
# No single read of it takes long; who is waited for answers in time none the less.
WAITED_FOR = MISBEHAVING | {"dripping": drip}
waited_for = pytest.mark.parametrize("behaviour", WAITED_FOR.values(), ids=list(WAITED_FOR))


class NewCase(BaseModel):
    """A case to open."""

    case_id: str


def many_calls() -> ServiceApp:
    """An app whose one command reads ten rows before it writes."""
    app = ServiceApp("intake")

    def open_case(body: NewCase, context: CommandContext) -> Receipt:
        """Open a case."""
        cases = Cases(connection.store())
        for number in range(10):
            cases.find(f"{body.case_id}_{number}")
        return cases.save(context, Case(id=body.case_id))

    routes = Routes()
    routes.post("/cases", open_case, caller="person")
    app.include(routes)
    return app


@waited_for
def test_an_api_says_503_before_its_timeout(
    dynamodb: FaultyEndpoint, behaviour: Behaviour | None
) -> None:
    api = Api(many_calls(), CALLER)
    headers = {"Content-Type": "application/json", "Idempotency-Key": "key-0001"}
    event = api.event("POST", "/cases", {"case_id": "case_1"}, headers, {})
    assert api.app(event, Countdown(60))["statusCode"] == 201
    dynamodb.behave(behaviour)
    context = Countdown(API_SECONDS)

    answer = api.app(event, context)

    assert context.get_remaining_time_in_millis() > 0
    assert answer["statusCode"] == 503
    assert '"code":"unavailable"' in answer["body"]
    assert int(answer["headers"]["Retry-After"]) > 0
    assert dynamodb.asked or dynamodb.closed


@pytest.mark.parametrize("behaviour", [silence, half, cut, drip])
def test_what_was_cut_off_is_no_part_of_the_next_answer(
    dynamodb: FaultyEndpoint, behaviour: Behaviour
) -> None:
    api = Api(many_calls(), CALLER)
    headers = {"Content-Type": "application/json", "Idempotency-Key": "key-0001"}
    event = api.event("POST", "/cases", {"case_id": "case_1"}, headers, {})
    api.app(event, Countdown(60))
    dynamodb.behave(behaviour)
    assert api.app(event, Countdown(API_SECONDS))["statusCode"] == 503

    dynamodb.behave(slow(0))

    assert api.app(event, Countdown(60))["statusCode"] == 201


@pytest.mark.parametrize(
    "behaviour", [behaviour for name, behaviour in WAITED_FOR.items() if name != "slow"]
)
def test_the_till_says_503_before_its_timeout(
    dynamodb: FaultyEndpoint, behaviour: Behaviour | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "unwrap_root_key", lambda *_: bytes(32))
    monkeypatch.setenv("ROOT_KEY", "wrapped")
    repository.of_container.cache_clear()
    headers = {"Idempotency-Key": "key-0001", "X-API-Key": Shop().api_key}
    event = Api(till_app.app).event("POST", "/card-checks", {"number": "1"}, headers, {})
    assert till_app.app(event, Countdown(60))["statusCode"] == 401
    dynamodb.behave(behaviour)
    context = Countdown(TILL_SECONDS)

    answer = till_app.app(event, context)
    repository.of_container.cache_clear()

    assert context.get_remaining_time_in_millis() > 0
    assert answer["statusCode"] == 503
    assert '"code":"unavailable"' in answer["body"]
    assert int(answer["headers"]["Retry-After"]) > 0
    assert dynamodb.asked or dynamodb.closed


@waited_for
def test_reference_data_is_not_waited_for_longer(
    dynamodb: FaultyEndpoint, behaviour: Behaviour | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = ReferenceProvider("reference_table")
    monkeypatch.setattr(table, "provider", lambda: provider)
    app = ServiceApp("intake")
    app.include(reference_routes.routes)
    api = Api(app)
    event = api.event("GET", "/reference", None, {}, {})
    api.app(event, Countdown(60))
    dynamodb.behave(behaviour)
    context = Countdown(API_SECONDS)

    answer = api.app(event, context)
    asked = dynamodb.asked
    with budget.of(Countdown(0.2)), pytest.raises(Unavailable):
        regions.regions()

    assert context.get_remaining_time_in_millis() > 0
    assert answer["statusCode"] == 503
    assert int(answer["headers"]["Retry-After"]) > 0
    assert asked or dynamodb.closed
    assert dynamodb.asked == asked, "a read was begun that could outlast the invocation"


@misbehaving
def test_a_consumer_returns_what_it_could_not_do_before_its_timeout(
    dynamodb: FaultyEndpoint, behaviour: Behaviour | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = consumer.Consumer.handle
    handle = create_autospec(real, side_effect=real)
    monkeypatch.setattr(consumer.Consumer, "handle", handle)
    records = [
        {"messageId": str(n), "body": message(opened(f"case_{n}"), n, 16)} for n in range(10)
    ]
    store = connection.store()
    inbound = Mirror(store).inbound()
    consumer.consume({"Records": records}, Countdown(60), inbound, store)
    dynamodb.behave(behaviour)
    context = Countdown(CONSUMER_SECONDS)

    with budget.of(context):
        answer = consumer.consume({"Records": records}, context, inbound, store)

    assert context.get_remaining_time_in_millis() > 0
    returned = "".join(each["itemIdentifier"] for each in answer["batchItemFailures"])
    assert returned
    assert "0123456789".endswith(returned)
    tried = handle.call_count - 10  # the first ten were answered
    if behaviour is silence:  # costs one budget of tries, and neighbours go back untouched
        assert 0 < tried < 10
        assert dynamodb.asked <= aws.ATTEMPTS * tried


@pytest.mark.parametrize(
    ("behaviour", "tries"),
    [
        (failing("500 Internal Server Error", b"{}"), aws.ATTEMPTS),
        (failing("503 Service Unavailable", b"{}"), aws.ATTEMPTS),
        (failing("400 Bad Request", b'{"__type": "x#ThrottlingException"}'), aws.ATTEMPTS),
        (failing("400 Bad Request", b'{"__type": "x#TransactionInProgressException"}'), 3),
        (half, aws.ATTEMPTS),
        (cut_failure, aws.ATTEMPTS),
        (failing("400 Bad Request", b'{"__type": "x#ValidationException"}'), 1),
    ],
)
def test_botocore_repeats_what_may_pass_and_nobody_repeats_around_it(
    dynamodb: FaultyEndpoint, behaviour: Behaviour, tries: int
) -> None:
    dynamodb.behave(behaviour)
    with pytest.raises(Exception, match=r"unavailable|Validation"):
        Cases(connection.store()).find("case_1")

    assert dynamodb.asked == tries


def test_no_call_begins_that_could_outlast_the_invocation(dynamodb: FaultyEndpoint) -> None:
    with budget.of(Countdown(0.3)), pytest.raises(Exception, match="unavailable"):
        Cases(connection.store()).find("case_1")
    assert dynamodb.asked == 0

    assert Cases(connection.store()).find("case_1") is None
    assert dynamodb.asked == 1


def test_who_has_lost_a_race_gives_way_for_longer_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(random, "uniform", lambda _, longest: longest)

    assert [*budget.tries(4)] == [0, 1, 2, 3]
    assert slept == [budget.PAUSE_SECONDS * times for times in (1, 2, 4)]


def test_an_alarm_ends_what_holds_the_invocation_and_leaves_nothing_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)

    def hold() -> None:
        with budget.of(Countdown(0.1)), budget.alarm():
            while True:  # no call to anything that could refuse
                pass

    with pytest.raises(Unavailable):
        hold()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_an_alarm_that_is_lost_on_the_way_rings_again() -> None:
    ends = time.monotonic() + 5

    def hold() -> None:
        with budget.of(Countdown(0.1)), budget.alarm():
            for _ in range(2):
                with contextlib.suppress(Unavailable):  # as in a finalizer, where errors end
                    while time.monotonic() < ends:
                        pass
            while time.monotonic() < ends:
                pass

    with pytest.raises(Unavailable):
        hold()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize("at", ["beginning", "end"])
def test_an_alarm_that_rings_at_its_edges_leaves_nothing_behind(
    at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, rung = signal.getsignal(signal.SIGALRM), signal.setitimer, list[float]()

    def set_and_ring(which: int, seconds: float, again: float = 0.0) -> None:
        real(which, seconds, again)
        if (seconds > 0) is (at == "beginning") and not rung:
            rung.append(seconds)
            signal.raise_signal(signal.SIGALRM)

    monkeypatch.setattr(signal, "setitimer", set_and_ring)
    with contextlib.suppress(Unavailable), budget.of(Countdown(60)), budget.alarm():
        pass

    assert rung
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_only_the_main_thread_has_an_alarm() -> None:
    def work() -> str:
        with budget.of(Countdown(1)), budget.alarm():
            return "done"

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() == "done"


def test_outside_of_an_invocation_there_is_time_for_everything() -> None:
    assert budget.allows(1e9)


def test_a_function_that_is_no_api_knows_how_long_it_has() -> None:
    @observed("work", "ledger")
    def work(event: object, context: object) -> bool:
        return budget.allows(1)

    assert (work({}, Countdown(60)), work({}, Countdown(1))) == (True, False)
