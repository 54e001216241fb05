"""The issuer that the authorizer is configured for."""

from collections.abc import Iterator

import pytest

from shared.identity import authorizer
from tests.shared.identity.staff_issuer import AUDIENCE, ISSUER, Provider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider()
    for name, value in {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS_URL": made.url}.items():
        monkeypatch.setenv(name, value)
    for name in ("CLAIMS", "USER_POOL_ID"):
        monkeypatch.delenv(name, raising=False)
    authorizer._issuer_keys.cache_clear()
    authorizer._claims_map.cache_clear()
    yield made
    made.stop()
