"""The cards part of the demo region: 200 cards, six partners, their checks."""

from typing import Any

import pytest

from services.cards import till_read_model
from services.cards.till.repository import TillRepository
from shared import keyring
from tests.cards.api_client import AUTHORITY, LEADER, MANAGER, CardsClient, contact_of, person
from tests.cards.imports.test_imports import run, text, upload
from tests.cards.till.till_client import Shop, TillAnswer, TillClient
from tests.support.world import at


class Region:
    """The demo region's cards and stores, played through the API."""

    def __init__(self, client: CardsClient, till_client: TillClient) -> None:
        self.client, self.till_client = client, till_client
        self.cards: dict[str, dict[str, Any]] = {}
        self.shops: dict[str, tuple[str, Shop]] = {}

    def on(self, moment: str) -> None:
        self.client.world.advance(at(moment))

    def partner(self, name: str, percent: int, since: str, **facts: Any) -> None:
        """A store from lead to its first till."""
        client = self.client
        partner = client.partner(title=name, **facts)
        outlet = client.outlet(partner, facts["district_ids"][0])
        assert client.offer(partner, percent, since).status == 201
        key = till_read_model.parse_store_key(client.key(partner, outlet).json["store_key"])
        assert key is not None
        client.done(LEADER, f"/v1/partners/{partner}/agreement", agreement_ref="1")
        client.done(LEADER, f"/v1/partners/{partner}/publish")
        self.shops[name] = partner, Shop(partner, outlet, key.key_id, key.secret)

    def on_order(self, name: str, day: str) -> None:
        """An order of the office of D02 and the card of the same day."""
        self.on(f"{day} 10:00")
        order = {"order_ref": name, "ordered_on": day}
        office = person("DO-02", "district_office", districts=("D02",))
        issued = self.client.post(
            office, "/v1/cards", region="ZR", district_id="D02", holder_ref=name, order=order,
            contact=contact_of(person(name, "foster_parent")),
        )  # fmt: skip
        assert issued.status == 201, issued.text
        self.cards[name] = issued.json

    def activate(self, name: str, *, community: bool = True) -> None:
        answer = self.client.activate(
            self.cards[name], person(name, "foster_parent"), consent_community=community
        )
        assert answer.status == 200, answer.text

    def check(self, name: str, store: str) -> TillAnswer:
        """The store checks the typed number of a card."""
        return self.till_client.check(self.shops[store][1], number=self.cards[name]["number"])

    def bulk(self) -> None:
        """The other cards, from a table; most are activated with a leader's help."""
        rows = [f"B-{n:03d};D{n % 12 + 1:02d};да;;;;" for n in range(188)]
        batch = upload(self.client, self.client.world.files, text(*rows), dry_run=False)
        assert run(self.client, batch)["accepted"] == len(rows)
        listed: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.client.get(LEADER, "/v1/cards", limit=100, **cursor).json
            listed += page["items"]
            if not page.get("next_cursor"):
                break
            cursor = {"cursor": page["next_cursor"]}
        for card in listed:
            if card["holder_ref"].startswith("B-"):
                page = self.client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")
                self.cards[card["holder_ref"]] = page


@pytest.fixture
def region(client: CardsClient, monkeypatch: pytest.MonkeyPatch) -> Region:
    with client.world.service("cards"):
        till_client = TillClient(client.world.dynamodb, keyring.from_env())
    monkeypatch.setattr(TillRepository, "connect", lambda: till_client.till)
    inner = till_client.post

    def within(*arguments: Any, **more: Any) -> TillAnswer:
        with client.world.service("cards"):
            return inner(*arguments, **more)

    monkeypatch.setattr(till_client, "post", within)
    return Region(client, till_client)


def test_the_cards_of_the_demo_region_end_with_the_expected_figures(region: Region) -> None:
    client = region.client
    region.on("2026-09-01 10:00")
    region.partner("PT-01", 7, "2026-09-01", district_ids=["D01", "D02"])
    region.partner("PT-02", 10, "2026-09-01", district_ids=["D01"], category="clothing")
    region.partner("PT-03", 5, "2026-09-01", district_ids=["D03", "D04", "D05"],
                   category="building")  # fmt: skip
    region.partner("PT-05", 5, "2026-09-01", district_ids=["D01"], category="pharmacy")
    lead = client.partner(title="PT-04", district_ids=["D06"])
    variable = client.partner(title="PT-06", district_ids=["D07"])
    assert client.offer(variable, "up to 15 %").json["errors"][0]["code"] == "discount_not_fixed"
    client.done(LEADER, f"/v1/partners/{variable}/decline", reason="variable_discount")
    first, _ = region.shops["PT-01"]
    nine = client.offer(first, 9, "2026-11-01").json["number"]
    client.done(LEADER, f"/v1/partners/{first}/offers/{nine}/publish")

    # 11 active cards and FP-04, which nobody activates; the table brings the rest
    for name in ("FP-01", "FP-04", "FP-05", "FP-06", "FP-07"):
        region.cards[name] = client.issue(name, district_id="D01")
    for name in ("FP-01", "FP-05", "FP-06", "FP-07"):
        region.activate(name)
    candidate = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-08"}
    assert client.post(LEADER, "/v1/cards", **candidate).code == "placement_missing"
    region.bulk()
    for number in range(140):
        region.activate(f"B-{number:03d}", community=number % 2 == 0)

    # orders of October and November
    region.on_order("FP-02", "2026-10-05")
    region.on("2026-10-07 12:00")
    region.activate("FP-02")
    region.on_order("FP-03", "2026-10-12")
    region.activate("FP-03", community=False)
    buyers = ["FP-01", "FP-02", "FP-03", *[f"B-{n:03d}" for n in range(8)]]
    region.on("2026-10-15 12:00")
    answers = [region.check(buyers[n % 11], "PT-01") for n in range(25)]
    assert {a.status for a in answers} <= {200, 201}, answers[0].body
    assert all(a.body["valid"] and a.body["discount_percent"] == 7 for a in answers)

    # the last day of the old discount, and the first of the new one
    region.on("2026-10-31 23:59")
    client.done(MANAGER, f"/v1/partners/{region.shops['PT-05'][0]}/end", reason="agreement_over")
    assert region.check("FP-01", "PT-05").status == 403
    region.on("2026-11-01 00:00")
    assert region.check("FP-01", "PT-01").body["discount_percent"] == 9

    # refusals: not activated, lost and replaced, revoked
    assert region.check("FP-04", "PT-01").body["reason"] == "not_activated"
    region.on("2026-11-03 09:00")
    lost = region.cards["FP-05"]
    holder = person("FP-05", "foster_parent")
    client.done(holder, f"/v1/cards/{lost['id']}/block", reason="lost")
    assert region.check("FP-05", "PT-01").body["reason"] == "not_valid"
    new = client.post(LEADER, f"/v1/cards/{lost['id']}/replace", reason="lost").json
    assert region.check("FP-05", "PT-01").body["reason"] == "not_valid"
    region.cards["FP-05"] = new
    region.activate("FP-05")
    assert region.check("FP-05", "PT-02").body["valid"]
    region.on("2026-11-10 09:00")
    client.done(LEADER, f"/v1/cards/{region.cards['FP-06']['id']}/revoke", reason="placement_ended")
    assert region.check("FP-06", "PT-02").body["reason"] == "not_valid"
    for name, day in (("N-1", "2026-11-11"), ("N-2", "2026-11-12"), ("N-3", "2026-11-13"),
                      ("N-4", "2026-11-14")):  # fmt: skip
        region.on_order(name, day)
        if name != "N-4":
            region.activate(name)
    region.on("2026-11-30 18:00")

    report = client.get(AUTHORITY, "/v1/report", region="ZR", quarter="2026-Q4").json
    assert report["k32"] == {"issued": 200, "activated": 150, "percent": 75.0}
    assert report["k33"] == {
        "issued": 6, "activated": 5, "activated_percent": 83.3, "community_consent": 4,
        "community_consent_percent": 66.7,
    }  # fmt: skip
    assert (report["k34"]["active"], report["k34"]["districts_with"]) == (3, 5)
    assert len(report["k34"]["districts_without"]) == 7
    october = client.get(MANAGER, f"/v1/partners/{first}/statistics", month="2026-10").json
    assert (october["checks"], october["distinct_cards"]) == (25, 11)
    public = client.get(None, "/v1/public/partners", region="ZR").json["items"]
    assert [p["title"] for p in public] == ["PT-01", "PT-02", "PT-03"]
    assert lead not in str(public)
    told = str(client.world.bus.log)
    assert all(card["number"] not in told for card in region.cards.values())
    assert "79211234567" not in told and "Мария" not in told
