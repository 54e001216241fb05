"""The committed API documents are OpenAPI; that the code says so is held with all that is made."""

import json
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tools import openapi

DOCUMENTS = sorted(openapi.FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_committed_documents_are_valid(path: Path) -> None:
    OpenAPIV31SpecValidator(json.loads(path.read_text(encoding="utf-8"))).validate()
