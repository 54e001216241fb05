"""One wide line: equal to Powertools' metrics, cheap, and without anything personal."""

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from shared import observability
from shared.observability import Line, count, follow, invocation, measure, note, observed
from shared.redaction import REDACTED, describe, is_identifier, safe
from tests.shared.http_app import CANARY, on_messages

PERSONAL = [
    "Иванова",
    "ivanova@example.ru",
    "+79161234567",
    "8 (916) 123-45-67",
    "79161234567",
    "phone:79161234567",
    "a.b.7.9.1.6.1.2.3.4.5.6.7",
    "Lenina 5",
    "Ivanova",
    79161234567,
    {"name": "x"},
    b"x",
    pytest.param(object(), id="object"),
]
HARMLESS = [
    None,
    True,
    3,
    0.5,
    "regional_hq",
    "matching.MatchProposed",
    "req_01JD3Q8V6T4N2Z5X7Y9W0ABCDE",
    "01JD3Q8V6T4N2Z5X7Y9W0ABCDE",
    "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    "1-67891233-abcdef012345678912345678",
    "store:till-1",
]


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


# what may be told -------------------------------------------------------------------------


@pytest.mark.requirement("X-08")
@pytest.mark.parametrize("value", PERSONAL, ids=repr)
def test_what_could_be_personal_is_redacted(value: object) -> None:
    assert safe(value) == REDACTED
    assert safe([value]) == [REDACTED]


@pytest.mark.parametrize("value", HARMLESS, ids=repr)
def test_codes_and_ids_pass(value: object) -> None:
    assert safe(value) == value


@pytest.mark.parametrize("text", ["", "79161234567", "Иванова", "a" * 64, "req_1"])
def test_a_correlation_id_from_outside_must_be_one(text: str) -> None:
    assert not is_identifier(text)


def test_an_error_is_told_by_type_and_place() -> None:
    def fail() -> None:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(CANARY) from error

    try:
        fail()
    except ValueError as error:
        error.response = {"Error": {"Code": "Throttling", "Message": CANARY}}  # type: ignore[attr-defined]
        told = describe(error)
    assert told["type"] == "ValueError"
    assert told["causes"] == ["KeyError"]
    assert told["code"] == "Throttling"
    assert told["frames"][-1].endswith(":fail")
    assert not any(word in json.dumps(told, ensure_ascii=False) for word in CANARY.split())


# metrics ----------------------------------------------------------------------------------


def powertools(
    dimensions: dict[str, str], metrics: list[tuple[str, str, float]], metadata: dict[str, Any]
) -> dict[str, Any]:
    """What Powertools writes for the same metrics."""
    from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
        AmazonCloudWatchEMFProvider,
    )

    provider = AmazonCloudWatchEMFProvider(namespace=observability.NAMESPACE)
    for name, value in dimensions.items():
        provider.add_dimension(name, value)
    for name, unit, number in metrics:
        provider.add_metric(name, unit, number)
    for name, fact in metadata.items():
        provider.add_metadata(name, fact)
    provider.timestamp = 1_700_000_000_000
    return dict(provider.serialize_metric_set())


def test_a_line_equals_what_powertools_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observability.time, "perf_counter", lambda: 5.0)
    line = Line("intake", "api", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef")
    line.route, line.outcome = "POST /v1/requests", "ok"
    line.fields["status"] = 201
    line.total("requests_received", 1)
    line.add("outbox_lag", 3, "Seconds")
    line.add("outbox_lag", 7, "Seconds")
    ours = line.document(1_700_000_000_000)

    service = {"service": "intake"}
    place = service | {"function": "api", "route": "POST /v1/requests", "outcome": "ok"}
    facts = {
        "status": 201,
        "invocation_id": line.invocation_id,
        "correlation_id": line.correlation_id,
        "cold_start": line.cold,
    }
    invoked = powertools(place, [("duration_ms", "Milliseconds", 0)], facts)
    watched = powertools(
        service,
        [
            ("requests_received", "Count", 1),
            ("outbox_lag", "Seconds", 3),
            ("outbox_lag", "Seconds", 7),
        ],
        facts,
    )
    directives = invoked["_aws"]["CloudWatchMetrics"] + watched["_aws"]["CloudWatchMetrics"]
    theirs = watched | invoked
    theirs["_aws"] = invoked["_aws"] | {"CloudWatchMetrics": directives}
    assert ours == theirs


def test_dimensions_come_from_closed_sets(capsys: pytest.CaptureFixture[str]) -> None:
    with invocation("intake", "api", "local"):
        count("parked")
        note(service="other", outcome="other", parked=9, family="fam_1")
    line = written(capsys)
    named = [
        name
        for directive in line["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
        for name in dimensions
    ]
    assert set(named) == {"service", "function", "outcome"}
    assert (line["service"], line["outcome"], line["parked"]) == ("intake", "ok", [1.0])


def test_a_count_is_one_number_and_a_measure_never_overflows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with invocation("intake", "sweep", "local"):
        for number in range(150):
            count("swept", 2)
            measure("lag", number, "Seconds")
    line = written(capsys)
    assert line["swept"] == [300.0]
    assert len(line["lag"]) == 100
    assert max(line["lag"]) == 149


# functions --------------------------------------------------------------------------------


def test_a_function_leaves_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    answer = on_messages({"failures": []}, SimpleNamespace(aws_request_id="local"))
    assert answer == {"batchItemFailures": []}
    line = written(capsys)
    assert (line["service"], line["function"], line["outcome"]) == ("shelf", "on-messages", "ok")
    on_messages({"failures": [{"itemIdentifier": "1"}]}, None)
    assert written(capsys)["outcome"] == "partial"


def test_a_failing_function_leaks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(observability.InvocationFailed) as raised:
        on_messages({"fail": True}, None)
    assert str(raised.value) == "on-messages: ValueError"
    assert raised.value.__suppress_context__
    output = capsys.readouterr()
    line = json.loads(output.out)
    assert (line["outcome"], line["error"]["type"]) == ("failed", "ValueError")
    assert not any(word in output.out + output.err for word in CANARY.split())


def test_a_batch_follows_several_correlation_ids(capsys: pytest.CaptureFixture[str]) -> None:
    ids = [f"cor_{number:026d}" for number in range(30)]
    with invocation("intake", "on-messages", "local"):
        for each in (ids[0], *ids):
            follow(each)
        follow("Иванова")
    assert written(capsys)["correlation_ids"] == ids[:20]


def test_the_service_comes_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE", "cards")

    @observed("relay-outbox")
    def relay(event: object, context: object) -> None:
        """Relay."""

    relay({}, None)
    assert written(capsys)["service"] == "cards"


def test_a_container_is_cold_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observability, "_cold", True)
    for expected in (True, False):
        with invocation("intake", "api", "local"):
            pass
        assert written(capsys)["cold_start"] is expected


def test_other_libraries_speak_by_name_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "api")
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler()])
    observability._silence_libraries.cache_clear()
    try:
        with invocation("intake", "api", "local"):
            logging.getLogger("botocore.retries").warning("retrying for %s", CANARY)
    finally:
        observability._silence_libraries.cache_clear()
    output = capsys.readouterr()
    assert output.err == ""
    assert json.loads(output.out)["noticed"][0].startswith("WARNING:botocore.retries:")
    assert not any(word in output.out for word in CANARY.split())


def test_outside_an_invocation_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    note(a=1)
    count("a")
    measure("b", 1, "Seconds")
    follow("c")
    observability.caught(ValueError())
    assert capsys.readouterr().out == ""
    assert observability.current() is None
