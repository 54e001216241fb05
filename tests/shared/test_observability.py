"""One wide line and one of metrics per invocation, by Powertools."""

import gc
import logging
import time
from collections import Counter
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from shared import observability
from shared.observability import count, ends, follow, invocation, measure, note, observed
from shared.redaction import REDACTED
from tests.shared.api.sample_app import CANARY, on_messages
from tests.support.log_lines import log_lines, metric_lines

REQUEST = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
CONTEXT = SimpleNamespace(aws_request_id=REQUEST)
Printed = pytest.CaptureFixture[str]


def test_an_error_that_was_never_raised_is_told_by_its_type(capsys: Printed) -> None:
    with invocation("intake", "api", CONTEXT):
        logging.getLogger("intake").warning("seen", exc_info=ValueError(CANARY))
    seen, _ = log_lines(capsys.readouterr().out)
    assert seen["error"] == {"type": "ValueError", "frames": []}


@pytest.mark.parametrize(
    "response",
    [None, CANARY, {}, {"Error": None}, {"Error": CANARY}, 5]
    + [{"Error": {"Code": code}} for code in (429, None, CANARY)],
)
def test_a_foreign_answer_in_an_error_costs_no_line(capsys: Printed, response: object) -> None:
    error = ValueError(CANARY)
    error.response = response  # type: ignore[attr-defined]

    with pytest.raises(observability.InvocationFailed), invocation("intake", "api", CONTEXT):
        raise error

    (line,) = log_lines(capsys.readouterr().out)
    assert line["error"]["type"] == "ValueError" and "code" not in line["error"]


def test_an_error_that_shows_nothing_of_itself_costs_no_line(capsys: Printed) -> None:
    class Shy(Exception):
        @property
        def response(self) -> None:
            raise RuntimeError(CANARY)

    with pytest.raises(observability.InvocationFailed), invocation("intake", "api", CONTEXT):
        raise Shy

    (line,) = log_lines(capsys.readouterr().out)
    assert line["error"]["type"] == "Shy"


def test_an_invocation_leaves_one_line_that_powertools_wrote(capsys: Printed) -> None:
    with invocation("intake", "api", CONTEXT):
        note(route="POST /v1/requests/{request_id}", status=201, who="Иванова")
        count("parked")
        count("parked", 2)
        measure("outbox_lag", 7, "Seconds")
        measure("outbox_lag", 3, "Seconds")
    (line,) = log_lines(capsys.readouterr().out)
    told = datetime.fromisoformat(line.pop("timestamp"))
    assert told.utcoffset() == timedelta(0)
    assert 0 <= line.pop("duration_ms") < 60_000
    assert line.pop("location").partition(":")[0].endswith("shared/observability.py")
    del line["cold_start"]
    assert line == {
        "level": "INFO",
        "message": "invocation",
        "service": "intake",
        "function": "api",
        "function_request_id": REQUEST,
        "correlation_id": REQUEST,
        "route": "POST /v1/requests/{request_id}",
        "status": 201,
        "who": REDACTED,
        "parked": 3,
        "outbox_lag": 7,
        "outcome": "ok",
    }


def test_how_long_it_took_is_told_in_milliseconds(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.perf_counter
    with invocation("intake", "api", CONTEXT):
        monkeypatch.setattr(time, "perf_counter", lambda: real() + 60)
    printed = capsys.readouterr().out
    (line,), (metrics,) = log_lines(printed), metric_lines(printed)
    assert 60_000 <= line["duration_ms"] < 90_000
    assert metrics["duration_ms"] == [line["duration_ms"]]


def test_what_one_invocation_told_is_not_in_the_next(capsys: Printed) -> None:
    with invocation("intake", "api", CONTEXT):
        note(status=500)
        count("parked")
        follow("cor_01JD3Q8V6T4N2Z5X7Y9W0ABCDE")
        ends("failed", ValueError())
    capsys.readouterr()
    with invocation("intake", "api", CONTEXT):
        pass
    printed = capsys.readouterr().out
    (line,), (metrics,) = log_lines(printed), metric_lines(printed)
    assert line.keys().isdisjoint({"status", "error", "correlation_ids"})
    assert (line["outcome"], line["correlation_id"]) == ("ok", REQUEST)
    assert "parked" not in metrics


def test_an_invocation_inside_another_keeps_to_itself(capsys: Printed) -> None:
    with invocation("notifications", "on-messages", CONTEXT):
        note(sent=1)
        with invocation("intake", "resolve-recipients", CONTEXT):
            note(found=2)
            count("resolved")
        count("sent")
    printed = capsys.readouterr().out
    inner, outer = log_lines(printed)
    assert (inner["service"], inner["found"], "sent" in inner) == ("intake", 2, False)
    assert (outer["service"], outer["sent"], "found" in outer) == ("notifications", 1, False)
    assert ["resolved" in line for line in metric_lines(printed)] == [True, False]


@pytest.mark.parametrize(
    ("outcome", "level"),
    [("ok", "INFO"), ("refused", "INFO"), ("partial", "WARNING"), ("failed", "ERROR")],
)
def test_how_it_ended_is_the_level(
    capsys: Printed, outcome: observability.Outcome, level: str
) -> None:
    with invocation("intake", "api", None):
        ends(outcome)
    (line,) = log_lines(capsys.readouterr().out)
    assert (line["outcome"], line["level"]) == (outcome, level)


def test_a_batch_follows_several_correlation_ids(capsys: Printed) -> None:
    ids = [f"cor_{number:026d}" for number in range(30)]
    with invocation("intake", "on-messages", None):
        for each in (ids[0], *ids):
            follow(each)
        follow("Иванова")
    (line,) = log_lines(capsys.readouterr().out)
    assert line["correlation_ids"] == ids[:20]
    assert line["correlation_id"] == REDACTED


def test_a_container_is_cold_once(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observability, "_cold", True)
    gc.disable()
    for expected in (True, False):
        with invocation("intake", "api", None):
            pass
        assert gc.isenabled()
        printed = capsys.readouterr().out
        assert log_lines(printed)[0]["cold_start"] is expected
        assert ("ColdStart" in metric_lines(printed)[0]) is expected


def test_outside_an_invocation_nothing_is_said(capsys: Printed) -> None:
    note(a=1)
    count("a")
    measure("b", 1, "Seconds")
    follow("c")
    ends("failed", ValueError())
    assert capsys.readouterr().out == ""


def test_metrics_stand_under_service_and_stage_alone(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "pilot")
    with invocation("intake", "api", CONTEXT):
        note(route="GET /v1/requests", service="other", stage="other", region="ZR")
        ends("refused")
        count("parked", 2)
        measure("outbox_lag", 3, "Seconds")
        measure("outbox_lag", 7, "Seconds")
    (line,) = metric_lines(capsys.readouterr().out)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Ryadom"
    assert [set(each) for each in directive["Dimensions"]] == [{"service", "stage"}]
    assert (line["service"], line["stage"]) == ("intake", "pilot")
    assert (line["parked"], line["outbox_lag"]) == ([2], [3, 7])
    assert (line["route"], line["outcome"], line["function"]) == (
        "GET /v1/requests",
        "refused",
        "api",
    )
    units = {each["Name"]: each["Unit"] for each in directive["Metrics"]}
    assert units == {"parked": "Count", "outbox_lag": "Seconds", "duration_ms": "Milliseconds"}


def test_a_metric_is_no_larger_than_a_field_of_the_line(capsys: Printed) -> None:
    with invocation("intake", "sweep", CONTEXT):
        for wrong in (79161234567, 1e300, float("nan"), float("inf")):
            measure("outbox_lag", wrong, "Seconds")
        measure("outbox_lag", 999_999_999, "Seconds")
    (line,) = metric_lines(capsys.readouterr().out)
    assert line["outbox_lag"] == [999_999_999]


def test_an_invocation_that_failed_tells_its_metrics_too(capsys: Printed) -> None:
    @invocation("intake", "sweep-outbox", CONTEXT)
    def sweep() -> None:
        count("swept")
        raise ValueError(CANARY)

    with pytest.raises(observability.InvocationFailed):
        sweep()
    (line,) = metric_lines(capsys.readouterr().out)
    assert (line["swept"], line["outcome"]) == ([1], "failed")


def test_no_value_of_a_metric_is_lost_when_there_are_many(capsys: Printed) -> None:
    with invocation("intake", "sweep", None):
        for number in range(250):
            count("swept")
            count(f"kind_{number % 120}")
    totals: Counter[str] = Counter()
    for line in metric_lines(capsys.readouterr().out):
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert len(directive["Metrics"]) <= 100
        for metric in directive["Metrics"]:
            assert len(line[metric["Name"]]) <= 100
            totals[metric["Name"]] += sum(line[metric["Name"]])
    assert totals["swept"] == 250
    assert totals["kind_0"] == 3 and totals["kind_119"] == 2


def test_a_function_leaves_one_line(capsys: Printed) -> None:
    assert on_messages({"failures": []}, None) == {"batchItemFailures": []}
    (line,) = log_lines(capsys.readouterr().out)
    assert (line["service"], line["function"], line["outcome"]) == ("shelf", "on-messages", "ok")


def test_a_failing_function_leaks_nothing(capsys: Printed) -> None:
    with pytest.raises(observability.InvocationFailed) as raised:
        on_messages({"fail": True}, None)
    assert str(raised.value) == "on-messages: ValueError"
    assert raised.value.__suppress_context__
    output = capsys.readouterr()
    (line,) = log_lines(output.out)
    assert (line["outcome"], line["error"]["type"]) == ("failed", "ValueError")
    assert not any(word in output.out + output.err for word in CANARY.split())


def test_the_service_comes_from_the_environment(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE", "cards")

    @observed("relay-outbox")
    def relay(event: object, context: object) -> None:
        """Relay."""

    relay({}, None)
    (line,) = log_lines(capsys.readouterr().out)
    assert line["service"] == "cards"
