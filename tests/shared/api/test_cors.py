"""Pages of the configured origins may call; those of any other may not, nor read an answer."""

import pytest

from shared.api import cors
from shared.principal import Principal
from tests.shared.api.sample_app import app
from tests.support.api import Answer, Api

HQ = Principal("HQ-1", "person", "regional_hq", ("regional_hq",), ("54",))
OURS, OTHERS = "https://app.example.org", "https://evil.example"
ORIGINS = f"{OURS},http://localhost:5173"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setenv("ALLOWED_ORIGINS", ORIGINS)
    return Api(app)


def ask(api: Api, origin: str | None, path: str = "/notes/search") -> Answer:
    asked = {"Access-Control-Request-Method": "POST"}
    return api.call("OPTIONS", path, headers=asked | ({} if origin is None else {"Origin": origin}))


@pytest.mark.parametrize("origin", ORIGINS.split(","))
def test_a_page_of_ours_is_told_what_it_may_send(
    api: Api, origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(api, origin)

    assert (answer.status, answer.text) == (204, "")
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Authorization", "Idempotency-Key", "If-Match", "Ryadom-Role"} <= set(allowed)
    assert answer.headers["Access-Control-Max-Age"] == str(cors.SECONDS)
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert '"route":"OPTIONS /v1/notes/search"' in capsys.readouterr().out


@pytest.mark.parametrize(
    "origin",
    [
        OTHERS, "null", "*", "", None, OURS + "/", OURS + ".evil.example", "https://app.example",
        OURS.upper(), "http://app.example.org", ORIGINS, f"{OURS}, {OTHERS}",
    ],
)  # fmt: skip
def test_any_other_origin_is_refused(api: Api, origin: str | None) -> None:
    answer = ask(api, origin)

    assert (answer.status, answer.code) == (403, "origin_not_allowed")
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_a_stage_that_names_no_origin_allows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLOWED_ORIGINS", raising=False)

    for origin in (OURS, "", None):
        assert ask(Api(app), origin).status == 403
    assert "Vary" not in Api(app).get("/nowhere").headers


@pytest.mark.parametrize(("body", "status"), [({"text": "a"}, 200), ({"colur": 1}, 422)])
def test_answers_and_refusals_can_be_read_by_our_pages_only(
    api: Api, body: dict[str, object], status: int
) -> None:
    told = {
        origin: api.as_(HQ).with_(Origin=origin).post("/notes/search", body)
        for origin in (OURS, OTHERS)
    }

    assert {answer.status for answer in told.values()} == {status}
    assert told[OURS].headers["Access-Control-Allow-Origin"] == OURS
    assert "ETag" in told[OURS].headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in told[OTHERS].headers
    assert {answer.headers["Vary"] for answer in told.values()} == {"Origin"}


def test_what_chalice_refuses_itself_can_be_read_too(api: Api) -> None:
    answer = api.with_(Origin=OURS).get("/nowhere")

    assert (answer.status, answer.code) == (404, "not_found")
    assert answer.headers["Access-Control-Allow-Origin"] == OURS


def test_each_path_of_an_app_can_be_asked_for(api: Api) -> None:
    for path in {route.path for route in app.declared}:
        answer = ask(api, OURS, path.replace("{", "").replace("}", ""))
        shown = set(answer.headers["Access-Control-Allow-Methods"].split(", "))
        assert shown == {route.method for route in app.declared if route.path == path}
