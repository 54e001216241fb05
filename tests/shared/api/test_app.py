"""The edge as a caller meets it: statuses, problems, repeats, races, and what a log may hold."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, cast
from unittest.mock import Mock

import pytest

from shared import budget, ids
from shared.api import dispatch, json_guard
from shared.api.answers import success_headers
from shared.api.app import ServiceApp
from shared.api.inputs import Request
from shared.api.problems import Malformed
from shared.api.routes import BadRoute, Routes, declare
from shared.errors import IllegalStep, VersionConflict
from shared.principal import Principal
from shared.storage import connection
from shared.storage.command_context import CommandContext, Receipt
from tests.shared.api import sample_app
from tests.shared.api.sample_app import CANARY, NewNote, Note, NoteId, Shelf, app, device
from tests.support.api import REQUEST_ID, Answer, Api
from tests.support.log_lines import log_lines, metric_lines
from tests.support.store_fixtures import moto_store, use_secrets

HQ = Principal("HQ-1", "person", "regional_hq", ("regional_hq",), ("54",))
BOT = Principal("bot_1", "machine", "bot", ("bot",), ("*",), scopes=("act_for_family",))


@pytest.fixture
def api() -> Api:
    return Api(app).as_(HQ)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    use_secrets(monkeypatch)
    monkeypatch.setattr(budget, "give_way", lambda _: None)
    with moto_store() as store:
        monkeypatch.setattr(connection, "store", lambda: store)
        Shelf.store, Shelf.runs, Shelf.losing = store, 0, 0
        yield Api(app).as_(HQ)


def pointers(answer: Answer) -> dict[str, str]:
    return {each["pointer"]: each["code"] for each in answer.json["errors"]}


# shape of refusals ------------------------------------------------------------------------


@pytest.mark.requirement("X-10")
def test_an_unknown_field_is_refused_with_its_name(api: Api) -> None:
    answer = api.post("/notes/search", {"text": "a", "colur": "red"})
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.code == "invalid_input"
    assert pointers(answer) == {"/colur": "unknown_field"}
    assert answer.json["title"] == "Проверьте заполнение полей"
    assert answer.json["type"] == "urn:ryadom:problem:invalid_input"
    assert answer.json["correlation_id"] == REQUEST_ID


def test_every_fault_is_told_at_once_with_its_pointer(api: Api) -> None:
    body = {"text": "", "colour": "green", "count": "5", "decoration": {"kind": "sticker"}}
    answer = api.post("/notes/search", body)
    assert pointers(answer) == {
        "/text": "string_too_short",
        "/colour": "enum",
        "/count": "int_type",
        "/decoration/size": "required",
    }
    told = {each["pointer"]: each["detail"] for each in answer.json["errors"]}
    assert told["/text"] == "Слишком короткий текст. Самое меньшее число знаков: 1."
    assert told["/decoration/size"] == "Заполните это поле."


@pytest.mark.parametrize("text", ["{", "[1,", '{"text": nope}', '{"text": "\x01"}', "\ud800", "x"])
def test_only_broken_json_is_a_400(api: Api, text: str) -> None:
    answer = api.call("POST", "/notes/search", text)
    assert (answer.status, answer.code) == (400, "invalid_json")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"text":"a","weight":NaN}', "not_finite"),
        ('{"text":"a","weight":1e999}', "not_finite"),
        ('{"text":"a","weight":-Infinity}', "not_finite"),
        ('{"text":"a","count":' + "9" * 5000 + "}", "not_finite"),
        ('{"text":"a\\u0000"}', "forbidden_characters"),
        ('{"text":"a\\r"}', "forbidden_characters"),
        ('{"text":"a\\rb\\r\\n"}', "forbidden_characters"),
        ('{"text":"a\\ud800"}', "forbidden_characters"),
        ('{"text":"a\u202eb"}', "forbidden_characters"),
        ('{"text":"a\ufffd"}', "forbidden_characters"),
        ('{"text":"a","anything":{"b":["\u200b"]}}', "forbidden_characters"),
        ('{"text":"a","anything":{"\\u0007":1}}', "forbidden_characters"),
        ('{"text":"a","day":5}', "date_type"),
        ('["text"]', "model_type"),
        ("null", "model_type"),
        ("{}", "required"),
        ("", "required"),
    ],
)
def test_wrong_values_are_a_422(api: Api, text: str, code: str) -> None:
    answer = api.call("POST", "/notes/search", text)
    assert answer.status == 422, answer.text
    assert code in pointers(answer).values()


@pytest.mark.parametrize(
    "text", ["а\nб\tв", "🤷‍♀️ семья 👨‍👩‍👧", "№ 5 «да» — 1e5", "\\r NaN Infinity"]
)
def test_ordinary_text_passes(api: Api, text: str) -> None:
    assert api.post("/notes/search", {"text": text}).json["text"] == text


def test_depth_is_capped_whatever_the_model_allows(api: Api) -> None:
    deep = '{"text":"a","anything":' + "[" * 31 + "]" * 31 + "}"
    assert api.call("POST", "/notes/search", deep).status == 200
    deeper = '{"text":"a","anything":' + "[" * 32 + "]" * 32 + "}"
    assert api.call("POST", "/notes/search", deeper).code == "too_deep"
    wide = {"text": "[[[[" * 5, "anything": [[]] * 99}
    assert api.post("/notes/search", wide).status == 200


@pytest.mark.parametrize("levels", [33, 200, 201, 999, 5000, 30000])
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"":', "}"), ('[{"a":[', "]}]"), ("[0,[0],", "]")]
)
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "cut off"])
def test_a_deep_body_is_told_so_before_any_parser_sees_it(
    api: Api, monkeypatch: pytest.MonkeyPatch, levels: int, opening: str, closing: str, whole: bool
) -> None:
    steps = min(levels, 60_000 // len(opening + closing))
    body = opening * steps + "1" + closing * steps * whole

    def parse(*_: object, **__: object) -> None:
        raise AssertionError("a parser of unknown depth was asked")

    monkeypatch.setattr(json_guard, "parsed", parse)
    answer = api.call("POST", "/notes/search", body)
    assert (answer.status, answer.code) == (422, "too_deep")


@pytest.mark.parametrize(
    "text", ["[" * 32, "]" * 99, '{"text":"' + "[{" * 99, '{"' + "[" * 99 + "\\"]
)
def test_brackets_in_a_text_that_was_cut_off_are_no_levels(api: Api, text: str) -> None:
    assert api.call("POST", "/notes/search", text).status == 400


def test_a_large_body_is_refused_before_it_is_parsed(api: Api) -> None:
    for text in ("[" * (64 * 1024 + 1), "я" * (32 * 1024 + 1)):
        answer = api.call("POST", "/notes/search", text)
        assert (answer.status, answer.code) == (413, "body_too_large")


def test_another_content_type_is_refused(api: Api) -> None:
    answer = api.post("/notes/search", {"text": "a"}, headers={"Content-Type": "text/plain"})
    assert (answer.status, answer.code) == (422, "unsupported_content_type")
    plain = {"content-type": "application/json; charset=utf-8"}
    assert api.call("POST", "/notes/search", '{"text":"a"}', headers=plain).status == 200


def test_the_query_is_checked(api: Api) -> None:
    assert api.get("/notes?limit=7").json["id"] == "nte_007"
    assert pointers(api.get("/notes?limit=7&limit=8")) == {"/limit": "repeated"}
    assert pointers(api.get("/notes?limit=0")) == {"/limit": "greater_than_equal"}
    assert pointers(api.get("/notes?nope=1")) == {"/nope": "unknown_field"}
    assert pointers(api.get("/notes?colour=red%00")) == {"/colour": "forbidden_characters"}
    assert pointers(api.get("/notes/nte_001?x=1")) == {"/x": "unknown_field"}


def test_a_path_that_nothing_could_have_is_a_404(api: Api) -> None:
    for path in ("nte_1", "nte_001%2F..", "%00", "Ы", "%D1%84"):
        answer = api.get(f"/notes/{path}")
        assert (answer.status, answer.code) == (404, "not_found")
    assert api.get("/nowhere").status == 404


def test_a_path_parameter_is_decoded_once(shelf: Api) -> None:
    made = shelf.post("/notes", {"text": "a"}, key="1").json["id"]
    assert shelf.get(f"/notes/{made}".replace("_", "%5F")).status == 200
    assert shelf.get(f"/notes/{made}".replace("_", "%255F")).status == 404


def test_the_place_of_what_was_made_is_spelt_as_the_path_was_meant() -> None:
    def add_line(note_id: str, context: CommandContext) -> Receipt:
        """Add a line."""
        raise NotImplementedError

    routes = Routes()
    routes.post("/notes/{note_id}/lines", add_line, caller="person")
    route = declare("POST", *routes.lines[0][1:])
    asked = Request({"pathParameters": {"note_id": "nte%5F001"}})

    headers = success_headers(route, Receipt(id="a/b", version=1), asked, "/shelf/v1")

    assert headers["Location"] == "/shelf/v1/notes/nte_001/lines/a%2Fb"


def test_a_body_where_none_is_taken_is_refused(api: Api) -> None:
    assert api.post("/busy", {}).status == 429
    assert api.post("/busy", {"a": 1}).code == "unexpected_body"


# who calls --------------------------------------------------------------------------------


def test_who_calls_is_checked_against_the_route(api: Api) -> None:
    nobody = api.as_(None).get("/notes")
    assert (nobody.status, nobody.code) == (401, "unauthenticated")
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    assert api.as_(BOT).get("/notes").code == "wrong_caller"
    own, foreign = (api.as_(replace(HQ, audience=each)) for each in ("shelf", "cards"))
    assert (own.get("/notes").status, foreign.get("/notes").code) == (200, "wrong_audience")
    assert api.as_(None).get("/notes/nte_000?y=1").status == 422, "public, so only the query"


def test_a_person_with_several_roles_acts_in_one(api: Api) -> None:
    both = Principal("P-1", "person", "", ("auditor", "regional_hq"))
    unsaid = api.as_(both).get("/notes")
    assert (unsaid.status, unsaid.json["errors"][0]["in"]) == (422, "header")
    assert "auditor, regional_hq" in unsaid.json["detail"]
    assert api.as_(both).with_(Ryadom_Role="auditor").get("/notes").json["text"] == "auditor"
    assert api.as_(both).with_(Ryadom_Role="federal_hq").get("/notes").status == 403


def test_a_webhook_reads_what_was_sent(api: Api) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "X-Webhook-Secret": "yes"}
    taken = api.as_(None).call("POST", "/hook", "raw=1", headers=form)
    assert (taken.status, taken.text) == (204, "")
    assert api.as_(None).call("POST", "/hook", "raw=1").status == 401


def test_a_body_that_the_gateway_hands_over_in_base64_is_read_as_it_was_sent() -> None:
    event = {"body": b64encode(b"raw=1").decode(), "isBase64Encoded": True}
    assert Request(event).raw_body == b"raw=1"
    with pytest.raises(Malformed):
        _ = Request(event | {"body": "*"}).raw_body


def test_a_store_proves_itself_to_the_handler(api: Api) -> None:
    store = api.as_(None)
    assert store.get("/key", headers={"X-API-Key": "right"}).status == 200
    refused = store.get("/key")
    assert (refused.status, refused.code) == (401, "store_key_unknown")
    assert refused.headers["WWW-Authenticate"] == "ApiKey"
    assert refused.json["title"] == "Нужно войти"


def test_who_is_not_identified_is_told_so_before_anything_else_is_looked_at(api: Api) -> None:
    store = api.as_(None)
    assert store.post("/readings", "{").code == "store_key_unknown"
    known = store.with_(X_API_Key="scanner")
    assert known.post("/readings", "{").status == 400
    assert known.post("/readings", {"text": "a"}).status == 428
    assert known.post("/readings", {"text": "a"}, key="new").json == {"text": "scanner: a"}


def test_a_handler_that_keeps_the_key_itself_says_that_it_answered_before(api: Api) -> None:
    store = api.as_(None).with_(X_API_Key="scanner")
    first, again = (store.post("/readings", {"text": "a"}, key=key) for key in ("new", "seen"))
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.text == again.text


def test_a_device_may_send_signs_that_nobody_sees_but_no_half_of_one(api: Api) -> None:
    store = api.as_(None).with_(X_API_Key="scanner")
    read = store.post("/readings", '{"text": "\\u0000a\u200b\\r\\n"}', key="k")
    assert (read.status, read.json["text"]) == (200, "scanner: \x00a\u200b")
    for half in ('{"text": "\\ud800"}', '{"text": NaN}'):
        refused = store.post("/readings", half, key="k")
        assert (refused.status, list(pointers(refused))) == (422, ["/text"])


# refusals of the domain -------------------------------------------------------------------


def test_counters_and_outages_say_when_to_come_back(api: Api) -> None:
    busy, away = api.post("/busy"), api.post("/away")
    assert (busy.status, busy.headers["Retry-After"]) == (429, "7")
    assert "секунд: 7." in busy.json["detail"]
    assert (away.status, away.headers["Retry-After"]) == (503, "2")


def test_a_failure_of_ours_tells_nothing(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    answer = api.post("/broken", {"text": "Петрова"})
    assert (answer.status, answer.code) == (500, "internal_error")
    log = capsys.readouterr()
    for said in (answer.text, log.out, log.err):
        assert not any(word in said for word in (*CANARY.split(), "Петрова"))
    (line,) = log_lines(log.out)
    assert line["outcome"] == "failed"
    assert line["error"]["type"] == "ValueError"
    assert line["error"]["frames"][-1].endswith(":break_down")


def test_a_failure_before_any_route_is_in_the_log_by_its_type(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "_plug_in", Mock(side_effect=ImportError))
    assert api.get("/notes").status == 500
    (line,) = lines(capsys)
    assert line["error"]["type"] == "ImportError"


# commands ---------------------------------------------------------------------------------


def test_a_command_needs_a_key(shelf: Api) -> None:
    answer = shelf.post("/notes", {"text": "a"})
    assert (answer.status, answer.code) == (428, "idempotency_key_required")
    for key in ("a b", "ключ", "x" * 256):
        assert shelf.post("/notes", {"text": "a"}, key=key).code == "invalid_idempotency_key"
    assert Shelf.runs == 0


def test_the_same_key_gives_the_same_answer_and_one_effect(shelf: Api) -> None:
    first = shelf.post("/notes", {"text": "a"}, key="k")
    again = shelf.call("POST", "/notes", '{ "text" : "a" }', key="k")
    assert (first.status, again.status) == (201, 201)
    assert first.text == again.text
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    for name in ("ETag", "Location"):
        assert first.headers[name] == again.headers[name]
    notes = Shelf.store.client.scan(TableName=Shelf.store.tables.audit)["Items"]
    assert len(notes) == 1


def test_a_repeat_after_a_release_that_takes_more_is_the_same_request(
    shelf: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LaterNote(NewNote):
        frame: str = "none"

    first = shelf.post("/notes", {"text": "a"}, key="k")
    (route,) = (each for each in app.declared if each.name == "add_note")
    monkeypatch.setitem(cast("dict[str, Any]", route.inputs), "body", LaterNote)
    again = shelf.post("/notes", {"text": "a"}, key="k")
    assert (first.status, again.status, again.text) == (201, 201, first.text)


def test_another_request_under_the_key_is_refused(shelf: Api) -> None:
    shelf.post("/notes", {"text": "a"}, key="k")
    other = shelf.post("/notes", {"text": "b"}, key="k")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert shelf.as_(BOT).post("/notes", {"text": "b"}, key="k").status == 201
    assert shelf.post("/secrets", {"text": "b"}, key="k").status == 201


def test_a_family_behind_a_bot_has_keys_of_its_own_meaning(shelf: Api) -> None:
    bot = shelf.as_(BOT)
    one, two = ({"Ryadom-On-Behalf-Of": f"fam_{n:026d}"} for n in (1, 2))
    assert bot.post("/notes", {"text": "a"}, key="k", headers=one).status == 201
    assert bot.post("/notes", {"text": "a"}, key="k", headers=two).status == 422


def test_no_body_and_no_key_is_stored(shelf: Api) -> None:
    shelf.post("/notes", {"text": "a"}, key="the-key")
    rows = Shelf.store.client.scan(TableName=Shelf.store.tables.data)["Items"]
    (kept,) = (row for row in rows if row["pk"]["S"].startswith("IDEMPOTENCY#"))
    assert set(kept) == {"pk", "sk", "fingerprint", "receipt", "commit_id", "expires_at"}
    assert "the-key" not in json.dumps(kept)


def test_an_answer_made_from_the_receipt_is_made_again(shelf: Api) -> None:
    first = shelf.post("/secrets", {"text": "a"}, key="k")
    again = shelf.post("/secrets", {"text": "a"}, key="k")
    assert first.json == again.json == {"id": "nte_000", "word": "nte_000 of HQ-1"}
    assert first.headers["Location"] == "/shelf/v1/notes/nte_000"


def test_a_change_names_the_version_it_saw(shelf: Api) -> None:
    made = shelf.post("/notes", {"text": "a"}, key="k")
    path = made.headers["Location"]
    assert shelf.put(path, {"text": "b"}).code == "if_match_required"
    changed = shelf.put(path, {"text": "b"}, if_match=made.etag)
    assert (changed.status, changed.etag) == (200, '"2"')
    for outdated in (made.etag, '"3"', "*", 'W/"2"', '"x"', '"2', "9" * 40):
        answer = shelf.put(path, {"text": "c"}, if_match=outdated)
        assert (answer.status, answer.code) == (412, "version_outdated")
    assert shelf.get(path).json["text"] == "b"
    assert shelf.get(path).etag == '"2"'


def test_a_lost_race_is_run_again(shelf: Api) -> None:
    Shelf.losing = 3
    assert shelf.post("/notes", {"text": "a"}, key="k").status == 201
    assert Shelf.runs == 4
    Shelf.losing = 4
    answer = shelf.post("/notes", {"text": "a"}, key="k2")
    assert (answer.status, answer.code) == (409, "changed_meanwhile")
    assert answer.headers["Retry-After"] == "1"


def test_a_race_lost_under_if_match_is_told_at_once(shelf: Api) -> None:
    path = shelf.post("/notes", {"text": "a"}, key="k").headers["Location"]
    Shelf.losing, Shelf.runs = 1, 0
    assert shelf.put(path, {"text": "b"}, if_match=1).status == 412
    assert Shelf.runs == 1


def test_a_first_run_looks_nothing_up(shelf: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*_: object) -> None:
        raise AssertionError("a read that the first run need not pay for")

    monkeypatch.setattr(dispatch, "_earlier", unexpected)
    assert shelf.post("/notes", {"text": "a"}, key="k").status == 201


def test_a_repeat_that_meets_a_rule_it_has_fulfilled_is_answered_as_before(
    shelf: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shelf.post("/notes", {"text": "a"}, key="k")

    def refuse(*_: object) -> None:
        raise IllegalStep("note_torn", since=date(2026, 10, 5))

    monkeypatch.setattr(sample_app, "_write", refuse)
    again = shelf.post("/notes", {"text": "a"}, key="k")
    assert (again.status, again.text) == (201, first.text)
    assert shelf.post("/notes", {"text": "a"}, key="k2").status == 409


def test_a_refused_step_has_words_and_next_steps(shelf: Api) -> None:
    answer = shelf.post("/notes/nte_001/tear", key="k")
    assert (answer.status, answer.code) == (409, "note_torn")
    assert answer.json["detail"] == "Её порвали 05.10.2026. Её можно склеить."
    assert answer.json["next_steps"] == [
        {"action": "mend", "title": "Склеить записку"},
        {"action": "burn"},
    ]


# one line ---------------------------------------------------------------------------------


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return log_lines(capsys.readouterr().out)


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


# declarations -----------------------------------------------------------------------------


def served(method: str, handler: Any, **said: Any) -> ServiceApp:
    """Return an app with this one route."""
    routes, odd = Routes(), ServiceApp("odd")
    getattr(routes, method)(said.pop("path", "/x"), handler, **said)
    odd.include(routes)
    return odd


def test_a_route_that_names_no_caller_fails_at_import() -> None:
    for caller in ("", "anybody", "public|person", "store|webhook"):
        with pytest.raises(BadRoute):
            served("get", get_something, caller=caller)
    with pytest.raises(TypeError):
        Routes().get("/x", get_something)  # type: ignore[call-arg]


def get_something() -> Note:
    """Show something."""
    return Note(id="nte_000", text="a")


def test_a_declaration_that_cannot_be_served_fails_at_import() -> None:
    def silent() -> Note:
        return get_something()

    def odd_name(payload: Note) -> Note:
        """Take a parameter of an unknown name."""
        return payload

    def no_receipt(context: CommandContext) -> Note:
        """Command without a receipt."""
        return get_something()

    def untyped_query(query: str) -> Note:
        """Take a query that is no model."""
        return get_something()

    def not_in_the_path(note_id: NoteId) -> Note:
        """Name a parameter that the path has not."""
        return get_something()

    def changes(context: CommandContext) -> Receipt:
        """Change something by a GET."""
        return Receipt(id="nte_000", version=1)

    def keeps_no_answer(request: Request) -> Note:
        """Keep the key but not say what was answered before."""
        return get_something()

    for why, method, handler, more in (
        ("docstring", "get", silent, {}),
        ("called 'payload'", "post", odd_name, {}),
        ("returns its Receipt", "post", no_receipt, {}),
        ("query must be a pydantic model", "get", untyped_query, {}),
        ("called 'note_id'", "get", not_in_the_path, {}),
        ("a GET changes nothing", "get", changes, {}),
        ("no typed parameter takes", "get", get_something, {"path": "/x/{note_id}"}),
        ("takes no context", "post", keeps_no_answer, {"caller": "store", "idempotent": True}),
        ("the authorizer says who", "get", get_something, {"identify": device}),
    ):
        with pytest.raises(BadRoute, match=why):
            served(method, handler, **{"caller": "person"} | more)


class Shelves:
    """What a use case asks for by type."""

    made = 0

    @classmethod
    def connect(cls) -> "Shelves":
        """Return the shelves of this container."""
        cls.made += 1
        return cls()


def test_a_use_case_gets_what_it_works_with_by_type_and_path_values_by_name() -> None:
    def count_notes(note_id: NoteId, level: int, shelves: Shelves, caller: Principal) -> Note:
        """Count the notes of a shelf."""
        assert isinstance(shelves, Shelves)
        return Note(id=note_id, text=caller.role, version=level)

    api = Api(served("get", count_notes, caller="person", path="/x/{note_id}/{level}")).as_(HQ)

    assert api.get("/x/nte_007/3").json == {
        "id": "nte_007", "text": "regional_hq", "status": "new", "version": 3
    }  # fmt: skip
    assert Shelves.made == 1
    assert api.get("/x/nte_007/high").status == 404
    assert api.get("/x/note/3").status == 404
    assert Shelves.made == 1


def test_the_gateway_asks_one_authorizer_for_people_and_machines() -> None:
    from chalice.deploy.swagger import CFNSwaggerGenerator

    swagger = CFNSwaggerGenerator().generate_swagger(app)
    assert list(swagger["securityDefinitions"]) == ["Callers"]
    callers = swagger["securityDefinitions"]["Callers"]
    assert callers["name"] == "Authorization"
    asked = callers["x-amazon-apigateway-authorizer"]
    assert asked["authorizerResultTtlInSeconds"] == 60
    assert asked["authorizerUri"]["Fn::Sub"].endswith("/functions/${AuthorizerArn}/invocations")
    guarded = {
        f"{method.upper()} {path}": "security" in told
        for path, methods in swagger["paths"].items()
        for method, told in methods.items()
    }
    preflights = {f"OPTIONS {route.path}": False for route in app.declared}
    assert guarded == preflights | {
        route.id: route.callers <= {"person", "machine"} for route in app.declared
    }


def test_a_version_conflict_out_of_a_read_is_told(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_: str) -> Note:
        raise VersionConflict

    monkeypatch.setattr("tests.shared.api.sample_app._read", lose)
    assert api.get("/notes/nte_001").status == 409


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "192.0.2.1", False),
    ],
)
def test_the_addresses_of_a_household_count_as_one(one: str, other: str, alike: bool) -> None:
    counted = [
        Request({"requestContext": {"identity": {"sourceIp": each}}}).source_address
        for each in (one, other)
    ]
    assert (counted[0] == counted[1]) is alike
