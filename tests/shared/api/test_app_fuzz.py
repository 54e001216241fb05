"""Whatever is sent, the edge answers in words and never with a failure of ours."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.principal import Principal
from tests.shared.api.sample_app import app
from tests.support.api import Api

DOCUMENTED = {200, 400, 404, 413, 422}
HQ = Principal("HQ-1", "person", "regional_hq", ("regional_hq",))

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["text", "kind", "sticker", "red", "2026-01-01", "2026-02-30"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
notes = st.fixed_dictionaries(
    {},
    optional={
        name: values
        for name in ("text", "colour", "weight", "count", "day", "decoration", "anything", "other")
    },
)
fuzzed = settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def sent(method: str, path: str, body: str | None = None, **more: object) -> int:
    answer = Api(app).as_(HQ).call(method, path, body, **more)  # type: ignore[arg-type]
    assert answer.status in DOCUMENTED, answer.text
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = json.loads(answer.text)
        assert problem["title"] and problem["detail"] and problem["code"]
        assert all(each["detail"] for each in problem.get("errors", ()))
    return answer.status


@fuzzed
@given(body=notes | values)
def test_any_json_is_accepted_or_refused(body: object) -> None:
    text = json.dumps(body)
    assert sent("POST", "/notes/search", text) != 400
    assert sent("POST", "/notes/search", json.dumps(body, ensure_ascii=False)) in DOCUMENTED


@fuzzed
@given(text=st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")))
@example(text="\ufeff")
def test_any_text_is_accepted_or_refused(text: str) -> None:
    said = text.removeprefix("\ufeff")  # some editors and clients begin a text by it
    try:
        json.loads(said)
    except ValueError:
        expected = {400} if said else {422}
    else:
        expected = {200, 422}
    assert sent("POST", "/notes/search", text) in expected


@fuzzed
@given(
    query=st.dictionaries(st.text(min_size=1) | st.sampled_from(["limit", "colour"]), st.text()),
    name=st.text(alphabet=st.characters(blacklist_characters="/?#"), min_size=1),
)
def test_any_query_and_path_is_accepted_or_refused(query: dict[str, str], name: str) -> None:
    assert sent("GET", "/notes", query=query) in {200, 422}
    event = Api(app).event("GET", "/notes/x", None, {}, {})
    event["pathParameters"] = {"note_id": name}
    assert app(event, None)["statusCode"] == 404


@pytest.mark.parametrize("encoded", ["!!!", "//8=", "eyJ0ZXh0IjoiYSJ9"])
def test_a_base64_body_is_read_or_refused(encoded: str) -> None:
    event = Api(app).as_(HQ).event("POST", "/notes/search", encoded, {}, {})
    answer = app(event | {"isBase64Encoded": True}, None)
    assert answer["statusCode"] == (200 if encoded.endswith("J9") else 400)
