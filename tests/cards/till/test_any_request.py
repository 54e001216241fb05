"""Whatever a cash desk sends, it gets a documented answer and leaves one line."""

import contextlib
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.cards.till import app as till_app
from tests.cards.till.till_client import Shop, TillClient, proxied
from tests.support.log_lines import log_lines

_TEXT = st.text(max_size=40)
_PATH = st.one_of(
    st.just("/v1/card-checks"),
    st.just("/till/v1/card-checks"),
    st.just("/v1/card-checks/chk_01JABCDEFGHJKMNPQRSTVWXYZ0/purchase"),
    st.just("/v1/card-checks/chk_01JABCDEFGHJKMNPQRSTVWXYZ0/rollback"),
    _TEXT,
)
_BODY = st.one_of(
    st.none(),
    _TEXT,
    st.dictionaries(
        st.sampled_from(["code", "number", "amount_kopecks", "receipt_id", "x"]),
        st.one_of(st.none(), _TEXT, st.integers(), st.floats(), st.lists(st.none(), max_size=2)),
    ).map(json.dumps),
)
DOCUMENTED = {200, 400, 401, 403, 404, 409, 413, 422, 428, 429}


@pytest.fixture
def shop(till_client: TillClient) -> Shop:
    return till_client.shop()


@given(
    method=st.sampled_from(["POST", "GET", "DELETE", ""]),
    path=_PATH,
    body=_BODY,
    encoded=st.booleans(),
    known=st.booleans(),
    headers=st.none() | st.dictionaries(st.sampled_from(["Content-Type", "X-Api-Key"]), _TEXT),
    repeat=st.none() | _TEXT,
)
@example(method="GET", path="/{4}", body=None, encoded=False, known=True, headers=None, repeat=None)
@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_any_request_is_answered_as_the_document_says(
    shop: Shop,
    method: str,
    path: str,
    body: str | None,
    encoded: bool,
    known: bool,
    headers: dict[str, str] | None,
    repeat: str | None,
) -> None:
    sent: dict[str, Any] | None = headers
    if known:
        sent = (headers or {}) | {"x-api-key": shop.api_key}
    if repeat is not None:
        sent = (sent or {}) | {"Idempotency-Key": repeat}
    event = proxied(method, path, sent or {}, body)
    event |= {"headers": sent, "isBase64Encoded": encoded}
    line = io.StringIO()
    with contextlib.redirect_stdout(line):
        answer = till_app.app(event, None)

    told = json.loads(answer["body"])
    assert answer["statusCode"] in DOCUMENTED
    if answer["statusCode"] != 200:
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert told["code"] and told["title"] and told["status"] == answer["statusCode"]
    assert len(log_lines(line.getvalue())) == 1
    assert shop.secret not in line.getvalue()
