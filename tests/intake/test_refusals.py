"""Each field of the API, given a value that it does not take, is refused in place and in words.

Read from the document of the API, so a field that is added tomorrow is tried tomorrow.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.reference import code_lists
from tests.intake.api_client import BOT, HQ, HQ_Y, OFFICE_D05, OPERATOR, IntakeClient, request
from tests.support.api import Answer

DOCUMENT = json.loads(Path("docs/api/intake.json").read_text("utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
CALLERS = {"person": HQ, "machine": BOT}
# What a sentence about a field may not be: nothing in it helps.
EMPTY_WORDS = ("Проверьте это поле.", "")
WRONG = "так не бывает?"
NOBODY = "_01ARZ3NDEKTSV4RRFFQ69G5FAV"
# Fields of text whose form the document does not show.
CHECKED_IN_CODE = ("/phone", "/sign-ins /contact", "/contact/name", "/born")


def contact(phone: str) -> dict[str, str]:
    """A contact of another family."""
    return {"name": "Ирина", "channel": "sms", "phone": phone}


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with what its reference says, without the null that an optional field may be."""
    if "anyOf" in schema:
        (schema, *_) = [each for each in schema["anyOf"] if each.get("type") != "null"]
    if "$ref" in schema:
        return _whole(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    return schema


def _fields(schema: dict[str, Any], path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Any]]:
    """Each field that holds a value, with its path; of a list its first item."""
    schema = _whole(schema)
    if "properties" in schema:
        for name, each in schema["properties"].items():
            yield from _fields(each, (*path, name))
    elif schema.get("type") == "array":
        yield from _fields(schema["items"], (*path, 0))
    else:
        yield path, schema


def _body(path: tuple[str | int, ...], value: Any) -> Any:
    """A body with one field."""
    for step in reversed(path):
        value = [value] if step == 0 else {step: value}
    return value


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete") and "telephony" not in path:
                yield method.upper(), path.removeprefix("/v1"), operation


def _address(path: str, operation: dict[str, Any]) -> str:
    """A path whose values look like some."""
    for parameter in operation.get("parameters", ()):
        if parameter.get("in") == "path":
            schema = _whole(parameter["schema"])
            pattern = schema.get("pattern", "")
            prefix = re.match(r"\^(\w+)_\[", pattern)
            value = (
                schema["enum"][0]
                if "enum" in schema
                else f"{prefix[1]}_01ARZ3NDEKTSV4RRFFQ69G5FAV"
                if prefix
                else "10000008"
            )
            path = path.replace(f"{{{parameter['name']}}}", value)
    return path


def _caller(operation: dict[str, Any]) -> Any:
    kinds = {kind for each in operation.get("security", ()) for kind in each}
    return next((who for kind, who in CALLERS.items() if kind in kinds), None)


def _wrong_fields() -> Iterator[tuple[str, str, str, dict[str, Any], Any]]:
    """Operation, pointer, place and schema of each field, and how to ask with a wrong value."""
    for method, path, operation in _operations():
        at, who = _address(path, operation), _caller(operation)
        name = operation["operationId"]
        content = operation.get("requestBody", {}).get("content", {})
        for field, schema in _fields(content["application/json"]["schema"]) if content else ():
            pointer = "/" + "/".join(str(step) for step in field)
            yield name, pointer, "body", schema, (method, at, who, _body(field, WRONG), {})
        for parameter in operation.get("parameters", ()):
            if parameter.get("in") == "query":
                schema, asked = _whole(parameter["schema"]), {parameter["name"]: WRONG}
                yield name, f"/{parameter['name']}", "query", schema, (method, at, who, None, asked)


def _takes(schema: dict[str, Any], value: str) -> bool:
    """Whether the document itself says that a field takes this text."""
    plain = schema.get("type") == "string" and not {"enum", "format", "x-code-list"} & set(schema)
    return plain and bool(re.search(schema.get("pattern", ""), value))


def _ask(client: IntakeClient, asked: Any) -> Answer:
    method, path, who, body, query = asked
    key = None if method == "GET" else "a-key"
    return client.api(who).call(method, path, body, key=key, if_match=1, query=query)


def test_every_field_refuses_a_wrong_value_in_place_and_in_words_that_help(
    client: IntakeClient,
) -> None:
    tried: dict[str, int] = {}
    for operation, pointer, place, schema, asked in _wrong_fields():
        if _takes(schema, WRONG) and not pointer.endswith(CHECKED_IN_CODE):
            continue
        where = f"{operation} {pointer}"

        answer = _ask(client, asked)

        assert answer.status == 422, (where, answer.text)
        found = [each for each in answer.json["errors"] if each["pointer"] == pointer]
        assert [each["in"] for each in found] == [place], (where, answer.text)
        detail = found[0]["detail"]
        assert detail not in EMPTY_WORDS, where
        assert WRONG not in answer.text, where
        listed = schema.get("x-code-list")
        if listed:
            for label in code_lists.choices(listed).values():
                assert label in detail, (where, label)
        assert listed or not schema.get("enum"), f"{where}: values without Russian names"
        kind = listed or schema.get("format") or found[0]["code"]
        tried[kind] = tried.get(kind, 0) + 1
    assert sum(tried.values()) > 200, tried
    assert {"programme", "bad_phone", "bad_month_of_birth", "bad_district_code", "bad_id"} <= set(
        tried
    )


def test_a_way_of_contact_is_refused_with_what_it_needs(client: IntakeClient) -> None:
    for way, field, code in (
        ({"channel": "sms"}, "phone", "way_needs_phone"),
        ({"channel": "phone_task", "address": "a@example.ru"}, "phone", "way_needs_phone"),
        ({"channel": "bot"}, "address", "way_needs_address"),
        ({"channel": "email", "address": "anna.ru"}, "address", "bad_email"),
        ({"channel": "bot", "address": "15"}, "address", "bad_chat"),
        ({"channel": "bot", "address": "@anna"}, "address", "bad_chat"),
        ({"channel": "bot", "address": "max:anna"}, "address", "bad_chat"),
        ({"channel": "bot", "address": "max: 15"}, "address", "bad_chat"),
    ):
        contact = {"name": "Анна"} | way
        errors = client.post(None, "/web-requests", {"contact": contact}).json["errors"]

        (refused,) = [each for each in errors if each["pointer"] == f"/contact/{field}"]
        assert refused["code"] == code
        assert refused["detail"] not in EMPTY_WORDS


def test_what_does_not_exist_is_refused_where_it_is_named(client: IntakeClient) -> None:
    """Also where a rule does not need it: what is named is meant."""
    case, once = client.in_review(), client.in_review(contact=contact("+79160000002"))
    care = client.in_care(contact=contact("+79160000003"))
    client.do(HQ, f"/cases/{once}/triage", {"decision": "one_time"})
    family, triage, aid = client.of_family(case), f"/cases/{case}/triage", f"/cases/{once}/aids"
    provider, need = {"provider_id": "prv" + NOBODY}, "ned" + NOBODY
    given = {"category": "goods_aid", "persons": 1, "legal_basis": "programme"}
    asks = {"purpose": "contact", "evidence": "written"}
    office = asks | {"purpose": "share_with_office", "recipient": "D99"}
    unasked = request(contact=None, consents={"text_version": "9"})
    outcome = {"outcome": "partial_stability", "needs_met": [need]}
    other = {"family_id": "fam" + NOBODY}
    for who, path, body, pointer in (
        (HQ, triage, {"decision": "redirect", **provider}, "/provider_id"),
        (HQ, triage, {"decision": "redirect", "provider_id": "приют"}, "/provider_id"),
        (HQ, triage, {"decision": "one_time", **provider}, "/provider_id"),
        (HQ, triage, {"decision": "one_time", "reason": "duplicate"}, "/reason"),
        (HQ, triage, {"decision": "decline", "reason": "duplicate", **provider}, "/provider_id"),
        (HQ, triage, {"decision": "one_time", "long_term_need": True}, "/long_term_need"),
        (HQ, triage, {"decision": "one_time", "care_reason": "illness"}, "/care_reason"),
        (HQ, aid, given | provider, "/provider_id"),
        (HQ, aid, given | {"funding_project": "nowhere"}, "/funding_project"),
        (HQ, f"{family}/consents", asks | {"given": True, "text_version": "9"}, "/text_version"),
        (HQ, f"{family}/consents", asks | {"given": False, "text_version": "9"}, "/text_version"),
        (HQ, f"{family}/consents", asks | {"given": False, "text_hash": "0" * 64}, "/text_hash"),
        (HQ, f"{family}/consents", office | {"given": False}, "/recipient"),
        (OPERATOR, "/requests", unasked, "/consents/text_version"),
        (None, "/web-requests", unasked, "/consents/text_version"),
        (HQ, f"/cases/{case}/needs", {"confirm": [*client.needs(case), need]}, "/confirm/2"),
        (HQ, f"/cases/{care}/outcomes", outcome, "/needs_met/0"),
        (HQ, f"{family}/merge", other | {"reason": "same_people"}, "/family_id"),
        (HQ, f"{family}/different", other, "/family_id"),
        (OPERATOR, "/requests", request(**other), "/family_id"),
        (OPERATOR, "/hand-overs", {"request_id": "req" + NOBODY, "text": "Да"}, "/request_id"),
        (OPERATOR, "/callers/search", {"call_id": "cll" + NOBODY}, "/call_id"),
        (OPERATOR, "/requests/search", {"number": "10000008"}, "/number"),
    ):
        key = {"key": None} if path.endswith("search") else {}

        answer = client.post(who, path, body, **key)

        assert answer.status in (404, 422), (path, body, answer.text)
        assert [each["pointer"] for each in answer.json["errors"]] == [pointer], (path, body)
        assert answer.json["errors"][0]["detail"] not in EMPTY_WORDS
    assert client.view(case)["status"] == "in_review"


def test_who_chooses_a_foreign_region_is_asked_for_no_number(client: IntakeClient) -> None:
    new = {"region": "YY", "name": "Центр", "sector": "state", "services": ["other"]}
    for answer in (
        client.get(HQ, "/cases", region="YY"),
        client.get(OFFICE_D05, "/shared-families", district_id="D01"),
        client.post(HQ, "/providers", new),
    ):
        (error,) = answer.json["errors"]
        assert (answer.status, answer.code, error["code"]) == (404, "not_found", "not_found")
        said = answer.json["title"] + answer.json["detail"] + error["detail"]
        assert "номер" not in said and "Выберите свой" in error["detail"]

    paths = DOCUMENT["paths"].items()
    lists = [path[3:] for path, each in paths if _has_region(each.get("get", {}))]
    assert (
        [client.get(HQ_Y, path, region="ZR").status for path in lists] == [404] * len(lists) != []
    )
    one = client.get(HQ, "/cases/cas_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert (one.status, one.json["title"]) == (404, "Не найдено")
    assert "из списка" in one.json["detail"]


def _has_region(operation: Any) -> bool:
    """Whether a list of the staff can be asked for a region."""
    names = {each.get("name") for each in operation.get("parameters", ())}
    return "region" in names and bool(operation["security"])
