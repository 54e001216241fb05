"""Lists of codes: closed ones by the release, open ones as a stage extends and retires them."""

from collections.abc import Mapping
from typing import Annotated

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.matching.organisations.values import LegalForm
from shared.domain import KnownCodes
from shared.errors import Invalid
from shared.reference import code_lists
from shared.reference.code_lists import Code, ListChanges, Listed, StageLists
from tests.support.reference import reference_data

REASON = "match_decline_reason"
SNOW = Code(ru="Дорогу замело снегом", en="The road is under snow")


def stage(
    add: Mapping[str, Code] | None = None, retire: tuple[str, ...] = (), name: str = REASON
) -> StageLists:
    return StageLists(lists={name: ListChanges(add=add or {}, retire=retire)})


class Command(BaseModel):
    reason: Annotated[str, Listed(REASON)]
    forms: list[LegalForm] = []
    once: Annotated[str, Listed(REASON, retired=True)] = "too_far"
    side: Annotated[str, Listed("match_side")] = "family"


def test_an_unknown_code_is_refused_with_the_labels_of_the_others() -> None:
    with pytest.raises(Invalid) as refused:
        code_lists.check("match_side", "neighbour", "/by")

    assert (refused.value.code, refused.value.pointer) == ("unknown_code", "/by")
    assert refused.value.facts == {"list": "match_side", "known": "Семья; Опекун"}


def test_a_stage_adds_a_code_without_a_release() -> None:
    with pytest.raises(Invalid):
        code_lists.check(REASON, "road_closed", "/reason")
    with reference_data(codes=stage({"road_closed": SNOW})):
        code_lists.check(REASON, "road_closed", "/reason")
        assert code_lists.labels(REASON)["road_closed"] == SNOW.ru
        assert [*code_lists.find(REASON).codes][-1] == "road_closed"


def test_a_retired_code_is_no_new_value_and_keeps_its_labels() -> None:
    with reference_data(codes=stage({"road_closed": SNOW}, ("too_far", "road_closed"))):
        for code in ("too_far", "road_closed"):
            with pytest.raises(Invalid) as refused:
                code_lists.check(REASON, code, "/reason")
            assert "Слишком далеко" not in str(refused.value.facts["known"])
        assert code_lists.labels(REASON)["too_far"] == "Слишком далеко"
        assert code_lists.labels(REASON)["road_closed"] == SNOW.ru
    code_lists.check(REASON, "too_far", "/reason")


def test_a_closed_list_is_the_release_and_costs_no_read() -> None:
    with reference_data(codes=stage({"neighbour": SNOW}, ("family",), "match_side")) as provider:
        code_lists.check("match_side", "family", "/by")
        assert [*code_lists.labels("match_side")] == ["family", "guardian"]
        assert provider.reads == []
        assert [*code_lists.all_lists()["match_side"].active] == ["family", "guardian"]


def test_a_code_that_ships_later_keeps_the_labels_it_ships_with() -> None:
    with reference_data(codes=stage({"too_far": SNOW})):
        assert code_lists.labels(REASON)["too_far"] == "Слишком далеко"


def test_what_a_stage_says_about_a_list_that_is_gone_changes_nothing() -> None:
    with reference_data(codes=stage({"road_closed": SNOW}, name="gone")):
        assert code_lists.all_lists() == code_lists.shipped()
    with reference_data(codes=stage(retire=("gone",))):
        assert code_lists.find(REASON) == code_lists.shipped()[REASON]


def test_a_part_of_a_list_has_its_labels() -> None:
    whole, part = code_lists.labels("aid_category"), code_lists.labels("guardian_categories")

    assert len(part) == 7
    assert part.items() <= whole.items()


def test_a_field_takes_a_code_where_it_stands() -> None:
    told = {"reason": "too_far", "forms": ["socially_oriented_ngo"], "side": "guardian"}

    command = Command.model_validate(told)

    assert command.reason == "too_far"
    assert command.forms == [LegalForm.SOCIALLY_ORIENTED_NGO]


def test_a_field_refuses_with_the_place_and_the_labels() -> None:
    with pytest.raises(ValidationError) as refused:
        Command.model_validate_json('{"reason": "no", "forms": ["club"], "side": 5}')

    found = {each["loc"]: each for each in refused.value.errors(include_url=False)}
    assert [each["type"] for each in found.values()] == [
        "unknown_code", "unknown_code", "string_type"
    ]  # fmt: skip
    assert found[("reason",)]["ctx"]["known"].startswith("Слишком далеко; ")
    assert found[("forms", 0)]["ctx"] == {"list": "guardian_legal_form"}


def test_a_retired_code_may_be_searched_for() -> None:
    with reference_data(codes=stage(retire=("too_far",))):
        assert Command(reason="no_time", once="too_far").once == "too_far"
        with pytest.raises(ValidationError):
            Command(reason="too_far")


def test_an_open_list_types_no_field() -> None:
    class Reason(KnownCodes, of=REASON):
        TOO_FAR = "too_far"

    with pytest.raises(TypeError, match="write str"):
        TypeAdapter(Reason)
    assert TypeAdapter(str).validate_python(Reason.TOO_FAR) == "too_far"


def test_a_field_names_its_list_in_the_schema() -> None:
    schema = Command.model_json_schema()
    fields = schema["properties"]

    assert fields["reason"] == {"title": "Reason", "type": "string", "x-code-list": REASON}
    assert fields["side"]["enum"] == ["family", "guardian"]
    assert fields["forms"]["items"] == {"$ref": "#/$defs/LegalForm"}
    assert schema["$defs"]["LegalForm"]["x-code-list"] == "guardian_legal_form"
    assert schema["$defs"]["LegalForm"]["enum"] == [*LegalForm]
