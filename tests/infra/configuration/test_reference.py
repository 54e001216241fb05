"""Reference data reaches its table whole: what would change is shown, and nothing is lost."""

import sys
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from infra import reference
from infra.configuration import reference_table
from infra.configuration.reference_table import ReferenceTable, Refusal, changes, led_by, publish
from infra.configuration.regions import read_stage
from infra.deployment import cloud
from shared.reference.code_lists import ListChanges, StageLists
from shared.reference.regions import Centre, District, Region
from tests.infra.conftest import TABLE

REGIONS = read_stage("local")
ZR = REGIONS["ZR"]


def written(dynamodb: Any, regions: dict[str, Region], **more: Any) -> list[str]:
    """What a publication says."""
    said: list[str] = []
    publish(dynamodb, TABLE, regions, said.append, **more)
    return [line.strip() for line in said]


def ids(dynamodb: Any) -> list[str]:
    return sorted(each["id"]["S"] for each in dynamodb.scan(TableName=TABLE)["Items"])


def renamed(region: Region, **districts: District | None) -> Region:
    found = {**region.districts, **districts}
    kept = {code: each for code, each in found.items() if each is not None}
    return region.model_copy(update={"districts": kept})


def test_what_would_change_is_told_line_by_line() -> None:
    d13 = District(code="D13", name="Новый район", centre=Centre(latitude=53, longitude=50))
    d02 = ZR.districts["D02"].model_copy(update={"name": "Другой район"})
    after = renamed(ZR, D02=d02, D03=None, D13=d13).model_copy(update={"lead": ("usr_1",)})

    told = list(changes(REGIONS, {"ZR": after, "AA": REGIONS["YN"]}))

    assert told == [
        "+ region AA Янтарная область: Europe/Kaliningrad, 3 districts",
        "- region YN",
        "- region YY",
        "~ region ZR: lead",
        "  ~ district D02: name",
        "  - district D03: what is kept of it stays, without a name to show",
        "  + district D13 Новый район",
    ]
    assert list(changes(REGIONS, dict(REGIONS))) == []


@pytest.mark.parametrize("spoilt", ["regions", "regions/YY"])
@pytest.mark.parametrize("value", [{"S": "{}"}, {"S": "rubbish"}, None])
def test_what_somebody_has_spoilt_is_written_again(
    dynamodb: Any, spoilt: str, value: dict[str, str] | None
) -> None:
    written(dynamodb, REGIONS)
    item = {"id": {"S": spoilt}, "version": {"N": "1"}}
    dynamodb.put_item(TableName=TABLE, Item=item if value is None else item | {"value": value})

    assert written(dynamodb, REGIONS)[-1] == "reference data written, version 2"
    assert ReferenceTable(dynamodb, TABLE).kept().regions == REGIONS


def test_an_item_that_a_hand_has_written_without_a_version_is_written_over(dynamodb: Any) -> None:
    written(dynamodb, REGIONS)
    item = {"id": {"S": "regions/YY"}, "value": {"S": ZR.model_dump_json()}}
    dynamodb.put_item(TableName=TABLE, Item=item)

    assert written(dynamodb, REGIONS)[-1] == "reference data written, version 2"
    assert ReferenceTable(dynamodb, TABLE).kept().regions == REGIONS


def test_only_what_changed_is_written_and_the_version_grows(dynamodb: Any) -> None:
    assert written(dynamodb, REGIONS)[-1] == "reference data written, version 1"
    assert ids(dynamodb) == ["regions", "regions/YN", "regions/YY", "regions/ZR"]

    assert written(dynamodb, REGIONS) == ["reference data unchanged"]
    moved = REGIONS | {"YY": REGIONS["YY"].model_copy(update={"zone": ZR.zone})}
    assert written(dynamodb, moved) == ["~ region YY: zone", "reference data written, version 2"]

    versions = {
        each["id"]["S"]: each["version"]["N"] for each in dynamodb.scan(TableName=TABLE)["Items"]
    }
    assert versions == {"regions": "2", "regions/YN": "1", "regions/YY": "2", "regions/ZR": "1"}
    assert ReferenceTable(dynamodb, TABLE).kept().regions == moved


def test_a_region_goes_only_when_it_is_named(dynamodb: Any) -> None:
    written(dynamodb, REGIONS)
    rest = {code: REGIONS[code] for code in ("YN", "ZR")}

    # A deploy comes here too, and has no such option.
    with pytest.raises(Refusal, match=r"python -m infra\.reference STAGE --remove YY$"):
        written(dynamodb, rest)
    assert "regions/YY" in ids(dynamodb)

    for stays in ("YN", "XX"):  # its file is there; or there is none of that name
        with pytest.raises(Refusal, match=f"--remove {stays}: no such region would be gone"):
            written(dynamodb, rest, removed=["YY", stays])

    assert written(dynamodb, rest, removed=["YY"])[0] == "- region YY"
    assert ids(dynamodb) == ["regions", "regions/YN", "regions/ZR"]


def test_nothing_is_written_without_agreement(dynamodb: Any) -> None:
    with pytest.raises(Refusal, match="Nothing was written"):
        written(dynamodb, REGIONS, agreed=lambda: False)

    assert ids(dynamodb) == []


def test_two_people_cannot_overwrite_each_other(dynamodb: Any) -> None:
    written(dynamodb, REGIONS)
    place = ReferenceTable(dynamodb, TABLE)
    seen = place.kept()
    written(dynamodb, REGIONS | {"QQ": ZR.model_copy(update={"code": "QQ"})})

    with pytest.raises(Refusal, match="Somebody else"):
        place.write(seen, REGIONS | {"WW": ZR.model_copy(update={"code": "WW"})})

    assert set(place.kept().regions) == {"YN", "YY", "ZR", "QQ"}


def test_what_may_not_be_written_is_not_taken_for_somebody_else_s_change(dynamodb: Any) -> None:
    place = ReferenceTable(dynamodb, TABLE)
    seen = place.kept()
    refused = ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutItem")
    dynamodb.put_item = Mock(side_effect=refused)

    with pytest.raises(ClientError, match="AccessDenied"):
        place.write(seen, REGIONS)


def test_who_is_refused_has_changed_no_region_and_no_list_either(dynamodb: Any) -> None:
    """Both renamed one region: the one that was told of the other's change had undone it."""
    codes = StageLists(lists={"need_category": ListChanges(retire=("pets",))})
    written(dynamodb, REGIONS, codes=StageLists())
    place = ReferenceTable(dynamodb, TABLE)
    seen = place.kept()
    ours = ZR.model_copy(update={"lead": ("ours",)})
    written(dynamodb, REGIONS | {"ZR": ours}, codes=codes)

    for regions, lists in (
        (REGIONS | {"ZR": ZR.model_copy(update={"lead": ("theirs",)})}, None),
        (REGIONS, StageLists(lists={"need_category": ListChanges(retire=("food_aid",))})),
    ):
        with pytest.raises(Refusal, match="Somebody else"):
            place.write(seen, regions, lists)

        assert (place.kept().regions["ZR"], place.kept().codes) == (ours, codes)


def test_a_publication_that_breaks_off_leaves_only_what_can_be_read(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of regions is written last: before it, new regions are not known at all."""
    place = ReferenceTable(dynamodb, TABLE)
    put = place._put

    def until_the_list(identifier: str, *more: Any, **condition: Any) -> None:
        if identifier == "regions":
            raise KeyboardInterrupt
        put(identifier, *more, **condition)

    monkeypatch.setattr(place, "_put", until_the_list)
    with pytest.raises(KeyboardInterrupt):
        place.write(place.kept(), REGIONS)

    assert place.kept().regions == {}
    assert written(dynamodb, REGIONS)[-1] == "reference data written, version 1"


def test_a_region_that_does_not_fit_is_refused_before_anything_is_written(dynamodb: Any) -> None:
    long = {
        f"D{n}": District(code=f"D{n}", name="я" * 200, centre=Centre(latitude=53, longitude=50))
        for n in range(900)
    }
    with pytest.raises(Refusal, match="regions/ZR does not fit"):
        written(dynamodb, {"ZR": ZR.model_copy(update={"districts": long})})

    assert ids(dynamodb) == []


def test_a_region_of_146_districts_is_a_tenth_of_an_item() -> None:
    many = {
        f"D{n:03}": ZR.districts["D12"].model_copy(update={"code": f"D{n:03}"}) for n in range(146)
    }
    region = ZR.model_copy(update={"districts": many})

    size = len(reference_table.items({"ZR": region})["regions/ZR"].encode())

    assert 8_192 < size < reference_table.LARGEST / 8, "more than a parameter of SSM holds"


def test_leads_are_written_as_the_ids_of_their_accounts() -> None:
    assert led_by(REGIONS, str.lower)["ZR"].lead == ("hq-1",)


def test_files_can_be_checked_without_a_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["infra.reference", "local", "--check"])
    reference.main()
    assert "+ region ZR Заречная область: Europe/Samara, 12 districts" in capsys.readouterr().out

    monkeypatch.setattr(sys, "argv", ["infra.reference", "nowhere", "--check"])
    with pytest.raises(SystemExit, match="holds no region"):
        reference.main()


def test_the_command_asks_before_it_writes_to_a_stage_and_removes_what_is_named(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lists = StageLists(lists={"match_decline_reason": ListChanges(retire=("no_trust",))})
    asked = Mock(return_value="n")
    monkeypatch.setattr("builtins.input", asked)
    monkeypatch.setattr(cloud, "platform_outputs", {"prod": {"ReferenceTableName": TABLE}}.get)
    monkeypatch.setattr(reference, "read_code_lists", {"prod": lists}.get)

    def said(regions: dict[str, Region], *options: str) -> str:
        monkeypatch.setattr(reference, "read_stage", {"prod": regions}.get)
        monkeypatch.setattr(sys, "argv", ["infra.reference", "prod", *options])
        reference.main()
        return capsys.readouterr().out

    with pytest.raises(SystemExit, match="Nothing was written"):
        said(REGIONS)
    assert "+ region ZR" in capsys.readouterr().out
    assert ids(dynamodb) == []
    asked.return_value = "y"
    assert "written, version 1" in said(REGIONS)
    assert ReferenceTable(dynamodb, TABLE).kept().codes == lists

    asked.side_effect = AssertionError("it was asked")
    rest = {code: REGIONS[code] for code in ("YN", "ZR")}
    with pytest.raises(SystemExit, match="YY would be gone"):
        said(rest, "--yes")
    assert "- region YY" in said(rest, "--yes", "--remove", "YY")
    assert "regions/YY" not in ids(dynamodb)
