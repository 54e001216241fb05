"""What the fuzz has found, each as a test of its own, so that it stays found."""

import json
from pathlib import Path

import pytest

from shared.message_catalogue import ROOT
from tests.fuzz.documents import Document
from tests.fuzz.seeded_services import seeded_service
from tests.intake.api_client import OPERATOR, request
from tests.notifications.fakes import OPERATIONS


def test_what_nobody_has_written_yet_has_a_version_to_write_it_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`get_lines` promised an ETag and left it out at version 0."""
    with seeded_service("notifications", monkeypatch) as service:
        api = service.world.api("notifications", OPERATIONS)

        seen = api.get("/programme-lines/ZR")

        assert (seen.json["version"], seen.etag) == (0, '"0"')
        written = api.put("/programme-lines/ZR", {"values": {}}, if_match=seen.etag)
        assert (written.status, written.etag) == (200, '"1"')


def test_the_same_import_again_is_answered_as_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeated request is a 200 with the first number; the document knew of 201 only."""
    outside = request(external_ref={"system": "onf", "id": "1"})
    with seeded_service("intake", monkeypatch) as service:
        api = service.world.api("intake", OPERATOR)

        answers = [api.post("/requests", outside, key=f"again-{turn}") for turn in range(2)]

        assert [answer.status for answer in answers] == [201, 200]
        assert len({answer.json["number"] for answer in answers}) == 1
        promised = Document("intake").plain["paths"]["/v1/requests"]["post"]["responses"]
        assert {"200", "201"} <= set(promised)
        assert promised["200"]["content"] == promised["201"]["content"]


def test_the_document_tells_the_bounds_of_a_discount() -> None:
    """`ge` and `le` are no words of JSON Schema: no generated client knew 1 … 100."""
    schema = Document("cards").plain["components"]["schemas"]["ProposeOffer"]
    percent, _ = schema["properties"]["discount_percent"]["anyOf"]

    assert (percent["minimum"], percent["maximum"]) == (1, 100)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs" / "api").glob("*.json")), ids=lambda p: p.stem
)
def test_no_document_uses_words_that_json_schema_does_not_have(path: Path) -> None:
    """Pydantic passes limits on as they are when another validator stands before them."""
    foreign = {'"ge"', '"le"', '"gt"', '"lt"', '"min_length"', '"max_length"', '"multiple_of"'}

    text = json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=0)

    assert not {word for word in foreign if f"{word}: " in text}
