"""The committed API documents are what the code says; `python -m tools.openapi` writes them."""

import json
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared.message_catalogue import ROOT
from tools import openapi

DOCUMENTS = sorted(openapi.FOLDER.glob("*.json"))


def test_committed_documents_equal_the_code() -> None:
    assert [str(path.relative_to(ROOT)) for path in openapi.stale()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_committed_documents_are_valid(path: Path) -> None:
    OpenAPIV31SpecValidator(json.loads(path.read_text(encoding="utf-8"))).validate()
