"""The one line of a request, and what it may hold."""

import json
import time
from typing import Any
from unittest.mock import Mock

import pytest

from shared import budget, ids
from shared.api import dispatch
from tests.shared.api.callers import lines
from tests.shared.api.sample_app import app
from tests.support.api import REQUEST_ID, Api
from tests.support.lambda_context import Countdown
from tests.support.log_lines import log_lines, metric_lines


@pytest.mark.requirement("X-08")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/notes?limit={'79161234567'}", None),
        ("GET", "/notes?79161234567=1", None),
        ("GET", "/notes/79161234567", None),
        ("GET", "/79161234567", None),
        ("POST", "/notes/search", {"text": "x", "79161234567": "Иванова"}),
        ("POST", "/notes/search", {"text": "Иванова", "ivanova@example.ru": 1}),
        ("POST", "/notes/search", "{Иванова +79161234567"),
        ("POST", "/notes/search", {"text": "Иванова +79161234567 " * 9}),
        ("POST", "/notes/search", {"text": "Иванова"}),
        ("POST", "/broken", {"text": "Иванова"}),
    ],
)
def test_a_line_never_holds_what_was_sent(
    api: Api, capsys: pytest.CaptureFixture[str], method: str, path: str, body: Any
) -> None:
    personal = {"X-Correlation-Id": "79161234567", "User-Agent": "Иванова", "X-Name": "Иванова"}
    answer = api.call(method, path, body, headers=personal)
    written = capsys.readouterr()
    assert len(log_lines(written.out)) == len(metric_lines(written.out)) == 1
    for word in ("Иванова", "9161234567", "ivanova"):
        assert word not in written.out + written.err
        assert answer.status < 300 or word not in answer.text


def test_each_request_leaves_one_line(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.get("/notes")
    api.get("/notes?nope=1")
    api.get("/nowhere")
    shown, refused, unknown = lines(capsys)
    assert (shown["route"], shown["outcome"], shown["status"]) == ("GET /v1/notes", "ok", 200)
    assert (refused["outcome"], refused["problem"]) == ("refused", "invalid_input")
    assert (unknown["route"], unknown["status"]) == ("unmatched", 404)
    assert shown["service"] == "shelf"
    assert shown["caller"] == "regional_hq"


def test_the_line_of_an_outage_says_what_did_not_answer(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    api.post("/away")
    (away,) = lines(capsys)
    assert (away["outcome"], away["problem"], away["status"]) == ("refused", "unavailable", 503)
    error = away["error"]
    assert (error["type"], error["code"], error["causes"]) == (
        "Unavailable",
        "SlowDown",
        ["ClientError"],
    )


def test_time_that_ran_out_before_a_route_was_found_is_told(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "parts", Mock(serving=Mock(side_effect=budget.OutOfTime)))
    assert api.get("/notes").status == 503
    (away,) = lines(capsys)
    assert (away["route"], away["problem"]) == ("unmatched", "unavailable")
    assert away["error"]["type"] == "OutOfTime"


def test_time_that_runs_out_while_a_refusal_is_put_into_words_is_no_failure_of_ours(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dispatch, "refusal", Mock(side_effect=lambda *_: time.sleep(1)))
    event = api.event("GET", "/notes?nope=1", None, {}, {})

    answer = app(event, Countdown(budget.ANSWER_SECONDS + 0.05))

    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "2")
    assert json.loads(answer["body"])["code"] == "unavailable"
    assert lines(capsys)[-1]["outcome"] == "refused"


def test_a_correlation_id_is_followed_when_it_is_one(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ids.new("cor")
    answer = api.get("/notes", headers={"x-correlation-id": given})
    assert answer.headers["X-Correlation-Id"] == given
    assert answer.headers["X-Request-Id"] == REQUEST_ID
    assert answer.headers["Cache-Control"] == "no-store"
    assert lines(capsys)[0]["correlation_id"] == given


def test_one_id_is_told_everywhere_even_when_the_gateway_gave_none(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    event = api.event("GET", "/notes?nope=1", None, {}, {})
    event["requestContext"]["requestId"] = "Иванова"
    answer = app(event, None)
    (line,) = lines(capsys)
    told = {
        line["correlation_id"],
        line["request_id"],
        answer["headers"]["X-Correlation-Id"],
        json.loads(answer["body"])["correlation_id"],
    }
    assert len(told) == 1
    assert "Иванова" not in told


def test_an_event_that_is_no_request_is_a_quiet_failure(capsys: pytest.CaptureFixture[str]) -> None:
    for event in ({}, {"requestContext": {"resourcePath": "/v1/notes"}, "headers": None}):
        answer = app(event, None)
        assert answer["statusCode"] == 500
        assert json.loads(answer["body"])["code"] == "internal_error"
    assert [line["outcome"] for line in lines(capsys)] == ["failed", "failed"]
