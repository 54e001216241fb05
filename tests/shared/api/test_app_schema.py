"""What the generated document promises, the edge keeps: schemathesis over the sample app."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks

from shared import budget
from shared.storage import connection
from tests.shared.api.callers import HQ
from tests.shared.api.sample_app import Shelf, app
from tests.support.api import Api
from tests.support.store_fixtures import moto_store, use_secrets
from tests.support.wsgi import Wsgi
from tools import openapi

# These three fail or wait on purpose, whatever is sent.
ON_PURPOSE = ["break_down", "be_busy", "be_away"]
DOCUMENT = openapi.document(app)
WSGI = Wsgi(Api(app).as_(HQ), DOCUMENT)

load_all_checks()
RETENTION: Any = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "missing_required_header",
    ]
)
# Nobody vouches for a device: a missing key gets its 428, which schemathesis never expects.
UNVOUCHED = ["read_text"]
schema = schemathesis.openapi.from_wsgi("/openapi.json", WSGI).exclude(
    operation_id=[*ON_PURPOSE, *UNVOUCHED]
)


@pytest.fixture(scope="module", autouse=True)
def shelf() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_secrets(monkeypatch)
        monkeypatch.setattr(budget, "give_way", lambda _: None)
        with moto_store() as store:
            monkeypatch.setattr(connection, "store", lambda: store)
            Shelf.store, Shelf.runs, Shelf.losing = store, 0, 0
            yield


@schema.parametrize()
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_the_edge_keeps_its_document(case: Case[Any]) -> None:
    case.call_and_validate(checks=RETENTION)
