"""A fixed sum instead of percents, from the proposal to the statistics."""

from typing import Any

import pytest

from tests.cards.api_client import LEADER, MANAGER, CardsClient, person
from tests.support.till_api import TillApi
from tests.support.world import at

SUM: dict[str, Any] = {
    "discount_kopecks": 30_000, "minimum_purchase_kopecks": 200_000, "goods_scope": "Всё",
    "valid_from": "2026-11-01",
}  # fmt: skip


def proposed(client: CardsClient, partner: str, **more: Any) -> Any:
    return client.post(MANAGER, f"/v1/partners/{partner}/offers", **(SUM | more))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"discount_percent": 7}, "one_discount_only"),
        ({"discount_kopecks": None, "minimum_purchase_kopecks": None}, "discount_missing"),
        ({"minimum_purchase_kopecks": 29_999}, "minimum_not_fitting"),
        ({"discount_kopecks": None, "discount_percent": 7}, "minimum_not_fitting"),
        ({"discount_kopecks": 0}, "invalid_input"),
        ({"discount_kopecks": "300"}, "invalid_input"),
    ],
)
def test_a_discount_is_of_one_kind_and_no_larger_than_what_it_asks_for(
    client: CardsClient, more: dict[str, Any], code: str
) -> None:
    partner = client.partner()

    refused = proposed(client, partner, **more)

    assert (refused.status, refused.code) == (422, code)


def test_a_fixed_sum_goes_all_the_way(client: CardsClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.world.environment["API_URL"] = "https://ryadom.invalid"
    partner, outlet = client.active_partner()
    key = client.key(partner, outlet).json["store_key"]
    number = client.active_card()["number"]
    offer = proposed(client, partner).json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/publish")
    (published,) = client.events("PartnerOfferChanged")
    client.world.set_time(at("2026-11-02 12:00"))

    till = TillApi(client.world, monkeypatch)
    headers = {"X-API-Key": key, "Idempotency-Key": "1"}
    check = till.post("/v1/card-checks", {"number": number}, headers).json
    bought = {"amount_kopecks": 250_000, "receipt_id": "1"}
    till.post(f"/v1/card-checks/{check['check_id']}/purchase", bought, headers)
    (checked,) = client.events("CardChecked")
    month = client.get(MANAGER, f"/v1/partners/{partner}/statistics", month="2026-11").json

    sizes = ("discount_percent", "discount_kopecks", "minimum_purchase_kopecks")
    expected = {name: SUM.get(name, 0) for name in sizes}
    listed = client.get(None, f"/v1/public/partners/{partner}").json["outlets"][0]["offer"]
    managed = client.get(MANAGER, f"/v1/partners/{partner}/outlets").json["items"][0]["offer"]
    for told in (published, check, listed, managed):
        assert {name: told[name] for name in sizes} == expected
    assert (checked["discount_percent"], checked["discount_kopecks"]) == (0, 30_000)
    assert (month["purchases"], month["amount"], month["saved_amount"]) == (1, 250_000, 30_000)
    sticker = client.get(MANAGER, f"/v1/partners/{partner}/sticker").json
    assert sticker["discount"] == "Скидка 300 ₽ при покупке от 2\u00a0000 ₽"
    assert "Скидка 300 ₽" in client.get(None, f"/v1/public/partners/{partner}/page").text


def test_holders_hear_of_a_fixed_sum(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    card = client.issue("FP-1", district_id="D01")
    client.activate(card, person("FP-1", "foster_parent"), district_id="D01")
    offer = proposed(client, partner, discount_kopecks=30_050).json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/publish")

    told = client.events("PartnerNewsDue")[-1]
    item = {
        "reference": told["reference"], "event_id": "evt_1", "template": "partner_news_due_holder"
    }  # fmt: skip
    (answer,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]

    assert answer["variables"]["discount"] == "300,50 ₽ при покупке от 2\u00a0000 ₽"
