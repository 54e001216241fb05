"""Partners stored before their outlets and offers had rows of their own."""

import json
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from services.cards import till_read_model
from services.cards.till_read_model import KeyTill
from tests.cards.api_client import LEADER, MANAGER, CardsClient

PARTNER = "par_01JABCDEFGHJKMNPQRSTVWXYZ0"
OUTLETS = [f"out_01JABCDEFGHJKMNPQRSTVWXYZ{number}" for number in range(2)]
KEYS = [f"key_01JABCDEFGHJKMNPQRSTVWXYZ{number}" for number in range(2)]
OFFERS = [f"ofr_01JABCDEFGHJKMNPQRSTVWXYZ{number}" for number in range(3)]


def offer(number: int, percent: int, since: str, starts: str | None, *where: str) -> dict[str, Any]:
    status = "withdrawn" if starts is None else "published"
    found = {
        "id": OFFERS[number], "version": number + 1, "percent": percent, "goods_scope": "Хлеб",
        "outlets": list(where), "valid_from": since, "status": status, "proposed_by": "PM-01",
    }  # fmt: skip
    return found if starts is None else found | {"confirmed_by": "CL-0", "starts_at": starts}


DOCUMENT = {
    "fired": [], "id": PARTNER, "region": "ZR", "title": "Старый друг", "category": "grocery",
    "district_ids": ["D01", "D02"], "source": "authority", "proposed_by": "RA", "org": "shop-01",
    "has_contact": False, "status": "active", "agreement_ref": "14/2026", "confirmed_by": "CL-0",
    "outlets": [
        {
            "id": outlet, "title": "На площади", "district_id": district, "address": "Труда, 1",
            "latitude": 53.2, "longitude": 50.1, "closed": False,
            "hours": [{"day": "mon", "opens": "09:00", "closes": "21:00"}],
        }
        for outlet, district in zip(OUTLETS, ("D01", "D02"), strict=True)
    ],
    "offers": [
        offer(0, 7, "2026-09-01", "2026-08-31T20:00:00Z"),
        offer(1, 9, "2026-11-01", "2026-10-31T20:00:00Z", OUTLETS[1])
        | {"valid_to": "2026-11-30", "ends_at": "2026-11-30T20:00:00Z"},
        offer(2, 11, "2026-12-01", None),
    ],
    "keys": [
        {
            "id": key, "outlet_id": outlet, "secret_hash": "h", "sandbox": False, "status": "live",
            "issued_at": "2026-09-01T06:00:00Z", "expires_at": "2027-09-01T06:00:00Z",
        }
        for key, outlet in zip(KEYS, OUTLETS, strict=True)
    ],
    "active_since": "2026-09-01T06:00:00Z",
}  # fmt: skip


def store(client: CardsClient) -> None:
    """Store the partner as it was stored, with the till's rows of its keys."""
    row = {
        "pk": f"PARTNER#{PARTNER}", "sk": "PARTNER", "type": "PARTNER", "version": 9,
        "doc": json.dumps(DOCUMENT), "commit_id": "cmt_1", "region_pk": "REGION#ZR",
        "region_sk": f"PARTNER#active#grocery#{PARTNER}", "owner_pk": "ORG#shop-01",
        "owner_sk": PARTNER,
    }  # fmt: skip
    pk, sk = till_read_model.partner_key(PARTNER)
    till = {
        "pk": pk, "sk": sk, "partner_id": PARTNER, "status": "active", "region": "ZR",
        "zone": "Europe/Samara", "commit_id": "cmt_1",
        "outlets": json.dumps({
            OUTLETS[0]: [[OFFERS[0], 7, 1788206400, 0]],
            # The temporary discount has ended the standing one for good, as it did then.
            OUTLETS[1]: [
                [OFFERS[0], 7, 1788206400, 1793476800], [OFFERS[1], 9, 1793476800, 1796068800],
            ],
        }),
    }  # fmt: skip
    rows: list[dict[str, Any]] = [row, till]
    for key, outlet in zip(KEYS, OUTLETS, strict=True):
        pk, sk = till_read_model.store_key(PARTNER, key)
        rows.append(
            {
                "pk": pk, "sk": sk, "partner_id": PARTNER, "key_id": key, "outlet_id": outlet,
                "secret_hash": "h", "status": "live", "expires": 1819000000, "sandbox": 0,
            }
        )  # fmt: skip
    serialise = TypeSerializer().serialize
    for each in rows:
        item = {name: serialise(value) for name, value in each.items()}
        client.world.dynamodb.put_item(TableName="cards-data", Item=item)


def test_the_public_list_and_the_manager_see_an_older_partner(client: CardsClient) -> None:
    store(client)

    (listed,) = client.get(None, "/v1/public/partners", region="ZR", district="D02").json["items"]
    outlets = client.all_of(MANAGER, f"/v1/partners/{PARTNER}/outlets")
    seen = client.get(MANAGER, f"/v1/partners/{PARTNER}")

    assert [outlet["id"] for outlet in listed["outlets"]] == [OUTLETS[1]]
    assert listed["outlets"][0]["next_offer"]["discount_percent"] == 9
    assert [(each["id"], each["keys"][0]["id"]) for each in outlets] == list(
        zip(OUTLETS, KEYS, strict=True)
    )
    assert (seen.json["version"], [o["id"] for o in seen.json["offers"]]) == (9, OFFERS[:2])
    assert seen.json["offers"][1]["outlet_ids"] == [OUTLETS[1]]
    statuses = [o["status"] for o in client.all_of(MANAGER, f"/v1/partners/{PARTNER}/offers")]
    assert statuses == ["withdrawn", "published", "published"]


def test_an_older_partner_goes_on_and_its_older_keys_find_their_discount(
    client: CardsClient,
) -> None:
    store(client)
    client.done(MANAGER, f"/v1/partners/{PARTNER}/keys/{KEYS[0]}/revoke")
    number = client.offer(PARTNER, 15, "2026-10-10", valid_to="2026-10-20").json["number"]
    client.done(LEADER, f"/v1/partners/{PARTNER}/offers/{number}/publish")

    till, later = client.till_of(PARTNER), 1795000000
    rows = client.world.dynamodb.rows("cards-data")
    first, second = (
        till_read_model.read(KeyTill, rows[till_read_model.store_key(PARTNER, key)]) for key in KEYS
    )
    offers = [till.offer_at(k.outlet_id, later, k.outlet_number) for k in (first, second)]

    assert (first.status, second.outlet_title) == ("revoked", "На площади")
    assert [offer and offer.percent for offer in offers] == [7, 9]
    assert client.get(MANAGER, f"/v1/partners/{PARTNER}").json["version"] == 12


def test_tills_go_by_an_older_row_until_it_is_renewed_and_then_resume_the_standing_discount(
    client: CardsClient,
) -> None:
    store(client)
    november, december = 1795000000, 1797000000

    def percents() -> list[int | None]:
        found = [
            client.till_of(PARTNER).offer_at(OUTLETS[1], moment, number)
            for moment, number in ((november, 2), (december, 2))
        ]
        return [None if each is None else each.percent for each in found]

    assert percents() == [9, None]
    assert client.get(None, f"/v1/public/partners/{PARTNER}").status == 200
    assert percents() == [9, 7]
    assert client.till_of(PARTNER).status == "active"


def test_what_was_changed_meanwhile_is_not_overwritten_by_renewing(client: CardsClient) -> None:
    store(client)
    rows = client.world.dynamodb.rows("cards-data")
    older = rows[f"PARTNER#{PARTNER}", "PARTNER"]
    number = client.offer(PARTNER, 15, "2026-10-10", valid_to="2026-10-20").json["number"]
    client.done(LEADER, f"/v1/partners/{PARTNER}/offers/{number}/publish")

    client.world.dynamodb.put_item(TableName="cards-data", Item=older)
    client.get(MANAGER, f"/v1/partners/{PARTNER}")

    assert [offer.percent for offer in client.till_of(PARTNER).offers] == [7, 15, 9]
