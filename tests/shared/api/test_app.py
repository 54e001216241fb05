"""The edge as a caller meets it: statuses, problems, and who calls."""

from base64 import b64encode
from dataclasses import replace
from unittest.mock import Mock

import pytest

from shared.api import json_guard
from shared.api.answers import success_headers
from shared.api.inputs import Request
from shared.api.problems import Malformed
from shared.api.routes import Routes, declare
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt
from tests.shared.api.callers import BOT, lines, pointers
from tests.shared.api.sample_app import CANARY, SIGNED_OUT, app
from tests.support.api import REQUEST_ID, Api
from tests.support.log_lines import log_lines

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
    assert told["/text"] == "Здесь пусто или слишком коротко. Самое меньшее число знаков: 1."
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
    ("text", "place"),
    [
        ('{"text":"a","text":"b"}', "/text"),
        ('{"text":"a", "te\\u0078t" :"b"}', "/text"),
        ('{"text":"a","anything":[{"b":1},{"c":[{"d":1,"b":2,"d":null}]}]}', "/anything/1/c/0/d"),
    ],
)
def test_a_name_that_is_given_twice_is_refused_and_none_of_its_values_is_taken(
    api: Api, text: str, place: str
) -> None:
    answer = api.call("POST", "/notes/search", text)
    assert (answer.status, pointers(answer)) == (422, {place: "repeated"})


def test_things_of_one_list_have_the_same_names(api: Api) -> None:
    note = {"text": '"b": "b":', "anything": [{"b": 1, "c": {"b": 1}}, {"b": 2}]}
    assert api.post("/notes/search", note).status == 200


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
    assert api.as_(None).get("/notes/nte_000?y=1").status == 422, "public, so only the query"


@pytest.mark.parametrize(
    ("audience", "role", "refusal"),
    [
        ("shelf", "family", None),
        ("cards", "family", "wrong_audience"),
        ("matching", "guardian_rep", None),
        ("matching", "family", "wrong_audience"),
        ("cards", "guardian_rep", "wrong_audience"),
    ],
)
def test_people_of_another_service_come_in_where_they_are_welcome_in_their_role(
    api: Api, audience: str, role: str, refusal: str | None
) -> None:
    person = Principal("P-1", "person", role, (role,), audience=audience)
    answer = api.as_(person).get("/notes")
    assert (answer.status, answer.json.get("code")) == (401 if refusal else 200, refusal)


@pytest.mark.parametrize(("audience", "status"), [("shelf", 401), ("matching", 200), (None, 200)])
def test_a_device_is_asked_for_at_each_call_in_its_own_service_alone(
    api: Api, audience: str | None, status: int
) -> None:
    role = "guardian_rep"
    person = Principal("P-1", "person", role, (role,), audience=audience, evidence=SIGNED_OUT)

    assert api.as_(person).get("/notes").status == status
    signed_in = replace(person, evidence="device:dev_in")
    assert api.as_(signed_in).get("/notes").status == 200


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
