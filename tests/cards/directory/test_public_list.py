"""The public list: outlets by district, page by page, and chains that are large."""

from datetime import timedelta
from typing import Any

import pytest

from services.cards import till_read_model
from tests.cards.api_client import LEADER, MANAGER, CardsClient, person
from tests.support.world import at

LIST = "/v1/public/partners"


def chain(client: CardsClient, outlets: int, districts: tuple[str, ...] = ("D01", "D02")) -> str:
    """A published chain whose outlets are spread over its districts."""
    partner, _ = client.active_partner(title="Сеть", district_ids=list(districts))
    for number in range(1, outlets):
        client.key(partner, client.outlet(partner, districts[number % len(districts)]))
    return partner


def ids_of(page: Any) -> list[str]:
    return [outlet["id"] for item in page["items"] for outlet in item["outlets"]]


def test_a_district_shows_its_own_outlets_of_a_chain_only(client: CardsClient) -> None:
    chain(client, 5)

    (first,) = client.get(None, LIST, region="ZR", district_id="D01").json["items"]
    (second,) = client.get(None, LIST, region="ZR", district_id="D02").json["items"]

    assert {outlet["district_id"] for outlet in first["outlets"]} == {"D01"}
    assert (len(first["outlets"]), len(second["outlets"])) == (3, 2)
    assert client.get(None, LIST, region="QQ").code == "unknown_region", "no region without shops"


def test_pages_show_each_outlet_once_and_leave_out_who_takes_no_part(client: CardsClient) -> None:
    chain(client, 7)
    paused, _ = client.active_partner()
    client.done(MANAGER, f"/v1/partners/{paused}/pause")
    client.partner(title="Ещё не готов")

    found: list[str] = []
    page = client.get(None, LIST, region="ZR", limit="2").json
    while True:
        found += ids_of(page)
        if page["next_after"] is None:
            break
        page = client.get(None, LIST, region="ZR", limit="2", after=page["next_after"]).json

    assert len(found) == len(set(found)) == 7
    assert client.get(None, LIST, region="ZR", after="D01.par_1.out_2").status == 422
    # Who looks at another district goes on from nowhere.
    first = client.get(None, LIST, region="ZR", limit="1").json["next_after"]
    elsewhere = client.get(None, LIST, region="ZR", district_id="D02", after=first)
    assert (elsewhere.status, elsewhere.code) == (422, "bad_cursor")
    assert client.get(None, LIST, region="ZR", district_id="D01", after=first).status == 200


def test_partners_of_one_category_are_listed_by_their_names(client: CardsClient) -> None:
    for title, category in (("Яблоко", "grocery"), ("Аптека", "pharmacy"), ("Арбуз", "grocery")):
        client.active_partner(title=title, category=category)

    def titles(**query: str) -> list[str]:
        found = client.get(None, LIST, region="ZR", district_id="D01", **query).json["items"]
        return [each["title"] for each in found]

    assert titles() == ["Аптека", "Арбуз", "Яблоко"]
    assert titles(category="grocery") == ["Арбуз", "Яблоко"]
    assert titles(category="pharmacy") == ["Аптека"]
    assert client.get(None, LIST, region="ZR", district_id="D99").code == "unknown_district"


def test_a_closed_outlet_is_listed_no_more(client: CardsClient) -> None:
    partner = chain(client, 2)
    (open_one,) = ids_of(client.get(None, LIST, region="ZR", district_id="D02").json)
    shop = f"/v1/partners/{partner}/outlets/{open_one}"
    key = f"/v1/partners/{partner}/keys/{client.key(partner, open_one).json['key_id']}"
    client.done(MANAGER, f"{shop}/close")
    refused = client.post(MANAGER, f"{key}/replace")
    assert refused.code == "outlet_closed"
    assert refused.json["next_steps"][0]["action"] == "revoke_key"
    client.done(MANAGER, f"{key}/revoke")
    assert client.post(MANAGER, f"{shop}/close").code == "outlet_closed"
    assert client.key(partner, open_one).code == "outlet_closed"

    assert ids_of(client.get(None, LIST, region="ZR", district_id="D02").json) == []
    assert open_one not in ids_of({"items": [client.get(None, f"{LIST}/{partner}").json]})
    assert client.offer_at_till(partner, "2026-10-05 12:00", number=2) is None
    assert client.offer_at_till(partner, "2026-10-05 12:00", number=1) == 7


def test_a_shop_is_listed_while_its_till_can_check_a_card(client: CardsClient) -> None:
    partner = chain(client, 1)
    new = client.outlet(partner, "D02")

    def seen() -> bool:
        listed = ids_of(client.get(None, LIST, region="ZR", district_id="D02").json)
        own = ids_of({"items": [client.get(None, f"{LIST}/{partner}").json]})
        assert (new in listed) == (new in own)
        return new in listed

    assert not seen(), "no card could be checked there"
    key = client.key(partner, new).json["key_id"]
    assert seen()
    client.done(MANAGER, f"/v1/partners/{partner}/keys/{key}/revoke")
    assert not seen()
    client.world.set_time(at("2027-10-06 10:00"))
    assert client.get(None, f"{LIST}/{partner}/page").status == 404, "all keys have ended"
    shops = client.get(MANAGER, f"/v1/partners/{partner}/outlets").json["items"]
    known = [[each["status"] for each in shop["keys"]] for shop in shops]
    assert known == [["expired"], ["revoked"]], "and the manager sees why"


def test_a_partner_s_outlets_are_shown_page_by_page(client: CardsClient) -> None:
    partner = chain(client, 5)

    first = client.get(None, f"{LIST}/{partner}", limit="3").json
    second = client.get(None, f"{LIST}/{partner}", limit="3", after=first["next_after"]).json

    assert (len(first["outlets"]), len(second["outlets"])) == (3, 2)
    assert second["next_after"] is None


def test_no_page_is_short_because_of_shops_that_take_no_part(client: CardsClient) -> None:
    partner = chain(client, 1)
    closed, _, connected = (client.outlet(partner) for _ in range(3))
    client.key(partner, connected)
    client.done(MANAGER, f"/v1/partners/{partner}/outlets/{closed}/close")

    first = client.get(None, f"{LIST}/{partner}", limit="2").json
    assert (len(first["outlets"]), first["next_after"]) == (2, None)
    start = client.get(None, f"{LIST}/{partner}", limit="1").json["next_after"]
    (rest,) = client.get(None, f"{LIST}/{partner}", limit="1", after=str(start)).json["outlets"]
    assert rest["id"] == connected


def test_a_chain_of_a_thousand_outlets_has_one_till_row_of_eight_kilobytes(
    client: CardsClient,
) -> None:
    partner, first = client.active_partner()
    with client.world.service("cards"):
        grow(client, partner, 1000)
    ids = [
        row["id"] for row in client.all_of(MANAGER, f"/v1/partners/{partner}/outlets", limit="100")
    ]
    for day in range(1, 24):
        number = client.offer(
            partner, 9, f"2026-11-{day:02d}", valid_to=f"2026-11-{day:02d}",
            outlet_ids=[first, *ids[day::2]],
        ).json["number"]  # fmt: skip
        client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")

    row = client.world.dynamodb.rows("cards-data")[till_read_model.partner_key(partner)]
    till = client.till_of(partner)

    assert len(ids) == 1000 and len(till.offers) == 24
    assert size_of(row) < 8 * 1024
    assert max(map(size_of, client.world.dynamodb.rows("cards-data").values())) < 200 * 1024
    assert client.offer_at_till(partner, "2026-11-01 12:00", number=1) == 9
    assert client.offer_at_till(partner, "2026-11-01 12:00", number=1000) == 9
    assert client.offer_at_till(partner, "2026-11-01 12:00", number=999) == 7
    assert client.offer_at_till(partner, "2026-12-01 12:00", number=1000) == 7


def test_a_chain_may_have_any_number_of_offers_in_its_life(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    manager = person("PM-01", "partner_manager", org="shop-01")
    for number in range(52):
        offer = client.offer(partner, 9, "2026-11-01").json["number"]
        step = "publish" if number == 51 else "withdraw"
        client.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/{step}")

    shown = client.get(LEADER, f"/v1/partners/{partner}").json["offers"]
    versions = [
        each["version"] for each in client.all_of(manager, f"/v1/partners/{partner}/offers")
    ]

    assert [each["version"] for each in shown] == [1, 53]
    assert versions == list(range(53, 0, -1))


def grow(client: CardsClient, partner_id: str, outlets: int) -> None:
    """Add outlets without a call for each."""
    from services.cards.outlets.domain import Outlet
    from services.cards.outlets.repository import Outlets
    from services.cards.partners.repository import Partners
    from shared import clock, ids
    from shared.storage.command_context import CommandContext

    partners = Partners.connect()
    shops, partner = Outlets(partners.store), partners.get(partner_id)
    for number in range(len(partner.shops.places) + 1, outlets + 1):
        outlet = Outlet(
            id=ids.new("out"), partner_id=partner_id, region="ZR", place=number, title="Магазин",
            district_id="D01", address="Труда, 1", latitude=53.2, longitude=50.1,
        )  # fmt: skip
        shops.save(CommandContext(LEADER, "grow", "cor_1"), outlet)
        partner = partner.add_outlet(outlet.id, "D01", clock.now())
    partners.save_partner(CommandContext(LEADER, "grow", "cor_1"), partner)


def size_of(row: dict[str, Any]) -> int:
    """Return the size of a row as DynamoDB counts it, near enough."""
    return sum(len(name) + len(str(value).encode()) for name, value in row.items())


@pytest.mark.parametrize(
    "path", [LIST + "?region=ZR", LIST + "/{partner}", LIST + "/{partner}/page"]
)
def test_who_has_the_answer_already_is_not_sent_it_again(client: CardsClient, path: str) -> None:
    partner, _ = client.active_partner()
    where, _, query = path.replace("{partner}", partner).partition("?")
    asked = dict(pair.split("=") for pair in query.split("&") if pair)
    api = client.api(None)

    first = api.get(where, query=asked)
    known = {"If-None-Match": f'W/{first.headers["ETag"]}, "other"'}
    again = api.get(where, query=asked, headers=known)

    assert first.headers["Cache-Control"] == "public, max-age=30"
    assert (again.status, again.text) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"]
    seen = client.get(MANAGER, f"/v1/partners/{partner}").json
    edited = {"title": "Иначе", "category": "grocery", "district_ids": ["D01", "D02"]}
    assert client.put(MANAGER, f"/v1/partners/{partner}", seen["version"], **edited).status == 200
    assert api.get(where, query=asked, headers=known).status == 200


def test_what_is_read_for_a_page_does_not_grow_with_the_region(client: CardsClient) -> None:
    client.active_partner(district_ids=["D02"])
    many = [client.active_partner()[0] for _ in range(6)]
    client.done(MANAGER, f"/v1/partners/{many[0]}/pause")
    table, read = client.world.dynamodb, list[int]()
    for name in ("get_item", "query", "batch_get_item"):
        read_rows = getattr(table, name)

        def counted(inner: Any = read_rows, **request: Any) -> Any:
            answer = inner(**request)
            found = answer.get("Items") or [*answer.get("Responses", {}).values()] or [[]]
            read.append(len(found if "Items" in answer else found[0]))
            return answer

        table.__dict__[name] = counted

    (only,) = client.get(None, LIST, region="ZR", district_id="D02").json["items"]

    assert only["district_ids"] == ["D02"]
    assert read == [1, 1]  # an outlet of the district, and its partner
    read.clear()
    page = client.get(None, LIST, region="ZR", district_id="D01", limit="3").json
    assert len(ids_of(page)) == 3 and page["next_after"]
    assert len(read) <= 7 and sum(read) <= 10


def test_no_cache_shows_a_discount_after_its_end(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    number = client.offer(partner, 9, "2026-11-01", valid_to="2026-11-01").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")
    api = client.api(None)

    for moment, seconds in (
        ("2026-10-31 23:50", 30), ("2026-10-31 23:59", 10), ("2026-11-01 23:59", 10),
        ("2026-11-02 00:00", 30),
    ):  # fmt: skip
        client.world.set_time(at(moment) + timedelta(seconds=50 if seconds < 30 else 0))
        for path in (LIST, f"{LIST}/{partner}", f"{LIST}/{partner}/page"):
            shown = api.get(path, query={"region": "ZR"} if path == LIST else {})
            age = int(shown.headers["Cache-Control"].removeprefix("public, max-age="))
            assert age in (seconds, seconds - 1)  # a part of a second is gone
