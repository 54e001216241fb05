"""Regions as a container knows them: read seldom, kept through failures."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from infra.configuration.reference_table import publish
from infra.configuration.regions import read_stage
from shared import aws, observability
from shared.errors import Invalid, Unavailable
from shared.parameters import ReferenceProvider
from shared.reference import code_lists, district_names, regions, table
from shared.reference.code_lists import ListChanges, StageLists
from tests.support.log_lines import log_lines

TABLE = "t-reference"
REGIONS = read_stage("local")


class Place:
    """The reference table, as a container reads it: counted, and broken at will."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dynamodb = boto3.client("dynamodb")
        self.dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.provider = ReferenceProvider(TABLE)
        self.reads: list[str] = []
        self.down = False
        events = aws.client("dynamodb").meta.events
        events.register("provide-client-params.dynamodb.GetItem", self._reading)
        monkeypatch.setattr(table, "provider", lambda: self.provider)

    def _reading(self, params: dict[str, Any], **_: Any) -> None:
        self.reads.append(params["Key"]["id"]["S"])
        if self.down:
            raise EndpointConnectionError(endpoint_url="dynamodb")

    def write(self, wanted: dict[str, regions.Region]) -> None:
        publish(self.dynamodb, TABLE, wanted, lambda _: None)

    def grow_old(self, seconds: int) -> None:
        """Everything read so far was read so many seconds earlier."""
        for key, kept in self.provider.store.items():
            self.provider.store[key] = kept._replace(ttl=kept.ttl - timedelta(seconds=seconds))


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    _forget_clients()
    with mock_aws():
        yield Place(monkeypatch)
    _forget_clients()


def _forget_clients() -> None:
    aws.session.cache_clear()
    aws.client.cache_clear()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    from shared import parameters

    names: list[str] = []
    monkeypatch.setattr(parameters, "count", names.append)
    return names


def test_what_was_written_is_what_is_read(place: Place) -> None:
    place.write(REGIONS)

    assert {code: regions.region(code) for code in regions.regions()} == REGIONS
    assert regions.zone("YY").key == "Asia/Vladivostok"


def test_a_container_reads_each_item_once_in_five_minutes(place: Place) -> None:
    place.write(REGIONS)

    for _ in range(20):
        regions.zone("ZR")
        regions.zone("YY")
    assert place.reads == ["regions"], "a zone asks for the list of regions only"
    for _ in range(20):
        regions.check_district("ZR", "D01")
        regions.district_meant("ZR", "D02")
    assert place.reads == ["regions", "regions/ZR"]
    place.grow_old(299)
    regions.region("ZR")
    assert len(place.reads) == 2
    place.grow_old(2)
    regions.region("ZR")
    assert place.reads == ["regions", "regions/ZR"] * 2


def test_a_region_is_added_without_a_release(place: Place) -> None:
    place.write({"ZR": REGIONS["ZR"]})
    with pytest.raises(Invalid, match="unknown_region"):
        regions.region("YN")

    place.write({"ZR": REGIONS["ZR"], "YN": REGIONS["YN"]})
    place.grow_old(301)

    assert regions.region("YN").title == REGIONS["YN"].title


def test_what_was_read_last_outlives_the_table(place: Place, counted: list[str]) -> None:
    place.write(REGIONS)
    regions.region("ZR")
    place.grow_old(301)
    place.down = True

    for _ in range(20):
        assert regions.region("ZR") == REGIONS["ZR"]
        assert regions.zone("ZR") == REGIONS["ZR"].zone

    assert counted == ["reference_stale"] * 2
    assert len(place.reads) == 4, "a table that is down is asked once in five minutes too"


@pytest.mark.parametrize(
    ("broken", "why"), [("{", "ValidationError"), (None, "EndpointConnectionError")]
)
def test_why_what_was_read_last_serves_is_in_the_log(
    place: Place, broken: str | None, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place.write(REGIONS)
    regions.region("ZR")
    place.grow_old(301)
    place.down = broken is None
    if broken is not None:
        item = {"id": {"S": "regions/ZR"}, "value": {"S": broken}}
        place.dynamodb.put_item(TableName=TABLE, Item=item)

    with observability.invocation("ledger", "work", None):
        regions.region("ZR")

    (line,) = log_lines(capsys.readouterr().out)
    assert (line["outcome"], line["error"]["type"]) == ("ok", why)


def test_a_stage_that_never_wrote_its_lists_of_codes_has_those_that_ship(place: Place) -> None:
    place.write(REGIONS)

    for _ in range(20):
        assert code_lists.all_lists() == code_lists.shipped()
    assert place.reads == ["code_lists"]


def test_lists_of_codes_that_no_stage_wrote_outlive_the_table(
    place: Place, counted: list[str]
) -> None:
    place.write(REGIONS)
    for _ in range(2):
        assert code_lists.all_lists() == code_lists.shipped()
        place.grow_old(301)
    assert counted == []
    place.down = True

    assert code_lists.all_lists() == code_lists.shipped()
    assert counted == ["reference_stale"]


def test_lists_of_codes_that_were_read_outlive_the_table(place: Place, counted: list[str]) -> None:
    codes = StageLists(lists={"match_decline_reason": ListChanges(retire=("too_far",))})
    publish(place.dynamodb, TABLE, REGIONS, lambda _: None, codes=codes)
    assert "too_far" not in code_lists.find("match_decline_reason").active
    place.grow_old(301)
    place.down = True

    assert "too_far" not in code_lists.find("match_decline_reason").active
    assert counted == ["reference_stale"]


def test_an_item_that_cannot_be_understood_changes_nothing(
    place: Place, counted: list[str]
) -> None:
    place.write(REGIONS)
    regions.region("ZR")
    place.grow_old(301)
    for broken in ("{", '{"code": "ZR"}'):
        item = {"id": {"S": "regions/ZR"}, "value": {"S": broken}}
        place.dynamodb.put_item(TableName=TABLE, Item=item)
        assert regions.region("ZR") == REGIONS["ZR"]
        place.grow_old(301)
    place.dynamodb.delete_item(TableName=TABLE, Key={"id": {"S": "regions/ZR"}})

    assert regions.region("ZR") == REGIONS["ZR"]
    assert counted == ["reference_stale"] * 3


def test_what_a_newer_release_has_added_to_an_item_is_passed_over(place: Place) -> None:
    """So it is when a release is taken back, and what it wrote stays."""
    place.write(REGIONS)
    added = {"new_reason": {"ru": "новая", "en": "new", "since": "2027-01-01"}}
    lists = {"match_decline_reason": {"add": added, "retire": ["too_far"], "order": []}}
    item = {"id": {"S": "code_lists"}, "value": {"S": json.dumps({"lists": lists, "more": 1})}}
    place.dynamodb.put_item(TableName=TABLE, Item=item)

    active = code_lists.find("match_decline_reason").active

    assert active["new_reason"].ru == "новая"
    assert "too_far" not in active


def test_a_container_that_never_read_says_come_again(place: Place, counted: list[str]) -> None:
    for ask in (regions.regions, lambda: regions.region("ZR")):
        with pytest.raises(Unavailable):
            ask()
    place.down = True
    with pytest.raises(Unavailable) as refusal:
        regions.zone("ZR")
    assert refusal.value.__suppress_context__
    assert counted == ["reference_stale"] * 3


# what it means ------------------------------------------------------------------------------


def test_an_unknown_region_or_district_is_refused_at_its_place() -> None:
    with pytest.raises(Invalid) as region:
        regions.region("QQ", "/regions/3")
    with pytest.raises(Invalid) as district:
        regions.check_district("YY", "D03")

    assert (region.value.code, region.value.pointer) == ("unknown_region", "/regions/3")
    assert (district.value.code, district.value.pointer) == ("unknown_district", "/district_id")
    offered = str(district.value.facts["known"])
    assert [part.split(" (")[1] for part in offered.split(", ")] == ["D01)", "D02)"]
    known = str(region.value.facts["known"])
    assert "QQ" not in known and "(ZR)" in known


@pytest.mark.parametrize(
    "written",
    [
        "D02", "d02", " D02 ", "Берёзовский район", "БЕРЕЗОВСКИЙ РАЙОН", "берёзовский\u00a0р-н",
        "Березовский  р-он.", "Бepeзoвcкий paйoн", "Берёзовка", "«Берёзовка»", "БEPEЗOBKA",
        "Берёзовский", "берёзовский мун. район", "муниципальный район «Берёзовский»",
        "Заречная обл., Берёзовский р-н", "Берёзовский район (D02)", "D02 - Берёзовский район",
        "Берёзовский р/н", "Берёзовский р\u2011н", "Берёзовский р–н",
        "D02 Берёзовский район", "Берёзовского района", "Берёзовском районе",
        "Берёзовский район, с. Ивановка", "с. Ивановка (Берёзовский р-н)",
    ],
)  # fmt: skip
def test_a_district_is_found_however_an_office_writes_it(written: str) -> None:
    assert regions.district_meant("ZR", written) == "D02"


@pytest.mark.parametrize(
    "written",
    ["", "район", "D2", "D99", "г. Берёзовский", "Первый район", "Берёзовский, Еловский",
     "Берёзовский, Ивановка", "D01 Берёзовский район", "Берёзовский район (Ивовка)"],
)  # fmt: skip
def test_a_district_is_not_guessed(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        regions.district_meant("ZR", written)

    assert (refused.value.code, refused.value.pointer) == ("unknown_district", "/district_id")
    assert "Берёзовский район (D02)" in str(refused.value.facts["known"])


NAMES = {"D1": ["Центральный район", "Ц"], "D2": ["Центральный муниципальный округ"],
         "D3": ["Город Лесной"], "D4": ["Лесной район"], "D5": ["Ям"],
         "D6": ["Речной"], "D7": ["Речной район"], "D8": ["Ям-на-Реке"]}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("Центральный", ["D1", "D2"]), ("МО Центральный", ["D1", "D2"]), ("ц", ["D1"]),
        ("Центральный мун. район", ["D1"]), ("городской округ Центральный", ["D2"]),
        ("Лесной", ["D3", "D4"]), ("г. Лесной", ["D3"]), ("Лесной р-н, Южный край", ["D4"]),
        ("р-н Ям", ["D5"]), ("Лесной район (Ям)", []), ("Речной р-н", ["D7"]),
        ("Ям - на - Реке", ["D8"]), ("Ям, Южный край", ["D5"]), ("Ям, Ивановка, Южный край", []),
    ],
)  # fmt: skip
def test_of_two_places_of_one_name_the_kind_decides(written: str, codes: list[str]) -> None:
    assert district_names.meant(written, NAMES, "Южный край") == codes


def test_a_name_that_two_districts_have_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(district_names, "meant", lambda *_: ["D01", "D02"])
    with pytest.raises(Invalid) as refused:
        regions.district_meant("ZR", "Центральный")

    assert refused.value.code == "district_unclear"
    assert refused.value.facts == {"known": "Центральный район (D01), Берёзовский район (D02)"}
