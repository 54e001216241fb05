"""The committed API documents are OpenAPI; that the code says so is held with all that is made."""

import json
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tools import openapi

DOCUMENTS = sorted(openapi.FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_committed_documents_are_valid_and_name_no_module(path: Path) -> None:
    """Of two models with one name pydantic names the modules; clients are generated from names."""
    document = json.loads(path.read_text(encoding="utf-8"))
    OpenAPIV31SpecValidator(document).validate()
    assert [name for name in document["components"]["schemas"] if "__" in name] == []
