"""A stage's changes of the lists of codes: checked as a file, shown as a plan, never forgotten."""

from pathlib import Path
from typing import Any

import pytest

from infra.configuration.code_lists import changed_codes, lost_codes, read_code_lists
from infra.configuration.reference_table import ReferenceTable, Refusal, publish
from infra.configuration.regions import Unfit, read_stage
from shared.reference.code_lists import Code, ListChanges, StageLists
from tests.infra.conftest import TABLE

REGIONS = read_stage("local")
FILE = """
[match_decline_reason]
retire = ["no_trust"]
[match_decline_reason.add]
road_closed = {ru = "Дорогу замело снегом", en = "The road is under snow"}
"""
CODES = StageLists(
    lists={
        "match_decline_reason": ListChanges(
            add={"road_closed": Code(ru="Дорогу замело снегом", en="The road is under snow")},
            retire=("no_trust",),
        )
    }
)
RETIRED = StageLists(
    lists={
        "match_decline_reason": CODES.lists["match_decline_reason"].model_copy(
            update={"retire": ("road_closed",)}
        )
    }
)


def read(folder: Path, text: str) -> StageLists:
    (folder / "test").mkdir(exist_ok=True)
    (folder / "test" / "code_lists.toml").write_text(text, "utf-8")
    return read_code_lists("test", folder)


def written(dynamodb: Any, codes: StageLists | None) -> list[str]:
    said: list[str] = []
    publish(dynamodb, TABLE, REGIONS, said.append, codes=codes)
    return [line.strip() for line in said if "region" not in line]


def kept(dynamodb: Any) -> StageLists | None:
    return ReferenceTable(dynamodb, TABLE).kept().codes


def test_the_file_says_what_services_read(tmp_path: Path) -> None:
    assert read(tmp_path, FILE) == CODES
    assert read(tmp_path, f"\ufeff{FILE}") == CODES  # as some editors on Windows save it
    assert read_code_lists("nowhere", tmp_path) == StageLists()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[nothing]", "nothing: no such list"),
        ("[match_side]\nretire = ['family']", "match_side: the list is closed"),
        ("[legal_basis]\nretire = ['x']", "legal_basis.retire: x is no code"),
        ("[legal_basis]\nretire = ['law_442fz', 'programme']", "no code would be left"),
        ("[legal_basis.add]\nprogramme = {ru = 'Да', en = 'Yes'}", "has this code already"),
        ("[legal_basis.add]\nlaw = {ru = 'Law', en = 'Law'}", "legal_basis.add.law.ru"),
        ("[legal_basis.add]\nlaw = {ru = 'Закон'}", "legal_basis.add.law.en"),
        ("[legal_basis.add]\nLaw = {ru = 'Закон', en = 'Law'}", "legal_basis.add.Law"),
        ("[legal_basis]\nclosed = true", "legal_basis.closed"),
        ("[legal_basis", "code_lists.toml: "),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(Unfit) as unfit:
        read(tmp_path, text)

    assert fault in str(unfit.value)


def test_a_file_that_is_not_utf_8_is_refused_by_name(tmp_path: Path) -> None:
    read(tmp_path, "")
    (tmp_path / "test" / "code_lists.toml").write_bytes("# по-русски".encode("cp1251"))

    with pytest.raises(Unfit, match=r"^code_lists\.toml: .*save it as UTF-8"):
        read_code_lists("test", tmp_path)


def test_what_would_change_is_told_line_by_line() -> None:
    assert list(changed_codes(StageLists(), CODES)) == [
        "+ code match_decline_reason.road_closed Дорогу замело снегом",
        "~ code match_decline_reason.no_trust: retired",
    ]
    assert list(changed_codes(CODES, RETIRED)) == [
        "~ code match_decline_reason.no_trust: active again",
        "~ code match_decline_reason.road_closed: retired",
    ]
    snow = Code(ru="Дорогу замело", en="The road is under snow")
    reworded = CODES.lists["match_decline_reason"].model_copy(update={"add": {"road_closed": snow}})
    after = StageLists(lists={"match_decline_reason": reworded})
    assert list(changed_codes(CODES, after)) == ["~ code match_decline_reason.road_closed: labels"]


def test_lists_are_written_with_the_regions_and_left_alone_without(dynamodb: Any) -> None:
    assert written(dynamodb, CODES) == [
        "+ code match_decline_reason.road_closed Дорогу замело снегом",
        "~ code match_decline_reason.no_trust: retired",
        "reference data written, version 1",
    ]
    assert kept(dynamodb) == CODES
    assert written(dynamodb, CODES) == ["reference data unchanged"]
    assert written(dynamodb, None) == ["reference data unchanged"]
    assert kept(dynamodb) == CODES


def test_the_labels_of_a_stage_s_code_are_never_forgotten(dynamodb: Any) -> None:
    written(dynamodb, CODES)

    with pytest.raises(Refusal, match=r"match_decline_reason\.road_closed would be gone"):
        written(dynamodb, StageLists())
    written(dynamodb, RETIRED)
    assert kept(dynamodb) == RETIRED


def test_a_code_that_ships_by_now_may_leave_the_stage() -> None:
    early = StageLists(
        lists={"legal_basis": ListChanges(add={"programme": Code(ru="Программа", en="Programme")})}
    )

    assert lost_codes(early, StageLists()) == []
    assert list(changed_codes(early, StageLists())) == []


@pytest.mark.parametrize("codes", [CODES, StageLists()])
def test_lists_that_somebody_has_spoilt_are_written_again(dynamodb: Any, codes: StageLists) -> None:
    written(dynamodb, CODES)
    item = {"id": {"S": "code_lists"}, "value": {"S": "rubbish"}, "version": {"N": "1"}}
    dynamodb.put_item(TableName=TABLE, Item=item)

    assert written(dynamodb, codes)[-1] == "reference data written, version 2"
    assert kept(dynamodb) == codes
