"""What the register of partners writes is what the till goes by."""

from typing import Any

import pytest

from tests.cards.api_client import MANAGER, CardsClient
from tests.support.till_api import TillApi


@pytest.fixture
def till(client: CardsClient, monkeypatch: pytest.MonkeyPatch) -> TillApi:
    return TillApi(client.world, monkeypatch)


def _post(till: TillApi, key: str, path: str, repeat: str, **body: Any) -> Any:
    headers = {"X-API-Key": key, "Idempotency-Key": repeat}
    return till.post(f"/v1/card-checks{path}", body, headers)


def test_a_sandbox_key_works_at_the_till_before_publication(
    client: CardsClient, till: TillApi
) -> None:
    partner, outlet = client.ready_partner()
    sandbox = client.key(partner, outlet, sandbox=True).json["store_key"]
    live = client.key(partner, outlet).json["store_key"]

    tried = _post(till, sandbox, "", "1", number="0000 0000 0000 0000")
    refused = _post(till, live, "", "2", number="0000 0000 0000 0000")

    assert tried.json["valid"] and tried.json["discount_percent"] == 7
    assert (refused.status, refused.code) == (403, "partner_not_published")


def test_the_till_reads_the_name_of_its_outlet(client: CardsClient, till: TillApi) -> None:
    partner, outlet = client.active_partner()
    key = client.key(partner, outlet).json["store_key"]

    shown = till.get("/v1/outlet", {"X-API-Key": key}).json

    items = client.get(MANAGER, f"/v1/partners/{partner}/outlets").json["items"]
    titles = [each["title"] for each in items]
    assert (shown["outlet_id"], shown["title"]) == (outlet, titles[0])
    assert shown["discount_percent"] == 7


def test_a_renamed_outlet_is_renamed_at_its_tills_whose_tries_stay_counted(
    client: CardsClient, till: TillApi
) -> None:
    partner, outlet = client.active_partner()
    key = client.key(partner, outlet).json["store_key"]
    for place in range(10):
        _post(till, key, "", f"bad-{place}", number=f"40000000000000{place:02d}")
    path = f"/v1/partners/{partner}/outlets"
    (seen,) = client.get(MANAGER, path).json["items"]
    names = ("district_id", "address", "latitude", "longitude", "hours")
    facts = {name: seen[name] for name in names} | {"title": "У вокзала"}

    assert client.put(MANAGER, f"{path}/{outlet}", seen["version"], **facts).status == 200

    assert till.get("/v1/outlet", {"X-API-Key": key}).json["title"] == "У вокзала"
    locked = _post(till, key, "", "more", number="4000000000000001")
    assert (locked.status, locked.code) == (429, "key_locked")


def test_goods_are_taken_back_after_the_partner_has_ended(
    client: CardsClient, till: TillApi
) -> None:
    partner, outlet = client.active_partner()
    key = client.key(partner, outlet).json["store_key"]
    number = client.active_card()["number"]
    check = _post(till, key, "", "1", number=number).json["check_id"]
    bought = {"amount_kopecks": 200_000, "receipt_id": "1"}
    assert _post(till, key, f"/{check}/purchase", "2", **bought).status == 200
    client.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")

    part = _post(till, key, f"/{check}/rollback", "3", amount_kopecks=50_000)
    refused = _post(till, key, "", "4", number=number)

    assert (part.json["status"], part.json["left_kopecks"]) == ("partly_rolled_back", 150_000)
    assert (refused.status, refused.code) == (403, "partner_ended")
