"""The page that the QR code of a sticker opens."""

import re
from html.parser import HTMLParser
from typing import Any

from tests.cards.api_client import LEADER, MANAGER, CardsClient
from tests.support.world import at

LIST = "/v1/public/partners"
VOID = {"meta"}


class Outline(HTMLParser):
    """The tags and texts of a page; it fails on tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.links: list[str | None] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] != "style":
            self.texts.append(data.strip())


def shown(client: CardsClient, partner: str, **query: Any) -> Outline:
    answer = client.get(None, f"{LIST}/{partner}/page", **query)
    assert answer.status == 200
    return Outline(answer.text)


def test_the_sticker_leads_to_a_page_with_the_shops_and_the_discount(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    client.world.environment["API_URL"] = "https://ryadom.invalid"
    link = client.get(MANAGER, f"/v1/partners/{partner}/sticker").json["link"]

    path = link.removeprefix("https://ryadom.invalid/cards")
    answer = client.get(None, path)
    page = Outline(answer.text)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text.startswith('<!doctype html>\n<html lang="ru">')
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("title") == 1
    assert "Гастроном «Берёзка»" in page.texts
    assert "Скидка 7 %" in page.texts
    assert "На что: Все товары" in page.texts
    assert "пн: 09:00–21:00" in page.texts
    assert "площадь Труда, 1" in " ".join(page.texts)


def test_days_in_a_row_with_the_same_hours_are_named_together(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    week = {"mon tue thu fri": "14:00-18:00 09:00-13:00", "sat wed": "10:00-18:00"}
    hours = [
        {"day": day, "opens": span[:5], "closes": span[6:]}
        for days, spans in week.items() for day in days.split() for span in spans.split()
    ]  # fmt: skip
    shop = {"title": "Рынок", "district_id": "D01", "address": "Мира, 2"}
    place = {"latitude": 53.2, "longitude": 50.1, "hours": hours}
    path = f"/v1/partners/{partner}/outlets/{outlet}"
    assert client.put(MANAGER, path, 2, **shop | place).status == 200

    long, short = "09:00–13:00, 14:00–18:00", "10:00–18:00"
    said = f"пн–вт: {long}; ср: {short}; чт–пт: {long}; сб: {short}"
    assert said in shown(client, partner).texts


def test_the_page_runs_and_loads_nothing(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    answer = client.get(None, f"{LIST}/{partner}/page")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Outline(answer.text).links == []
    assert "script" not in answer.text


def test_whatever_a_partner_writes_is_text(client: CardsClient) -> None:
    evil = "<script>alert(1)</script>\"'&$title ${title}"
    partner, _ = client.active_partner(title=evil)

    answer = client.get(None, f"{LIST}/{partner}/page")

    assert evil in Outline(answer.text).texts
    assert "script" not in Outline(answer.text).tags


def test_a_temporary_discount_and_what_comes_after_it_are_told(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    number = client.post(
        MANAGER, f"/v1/partners/{partner}/offers",
        discount_kopecks=30000, minimum_purchase_kopecks=200050, goods_scope="Всё",
        valid_from="2026-11-01", valid_to="2026-11-30",
    ).json["number"]  # fmt: skip
    client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")
    size = "Скидка 300 ₽ при покупке от 2\u00a0000,50 ₽"
    whole = f"С 01.11.2026: {size}, до 30.11.2026 включительно. На что: Всё"
    assert shown(client, partner).texts[-1] == whole

    client.world.set_time(at("2026-11-05 10:00"))
    told = [size, "На что: Всё", "До 30.11.2026 включительно"]
    texts = shown(client, partner).texts
    assert texts[-4:] == [*told, "Потом: Скидка 7 %. На что: Все товары"]

    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-11-20")
    assert shown(client, partner).texts[-1] == "До 20.11.2026 включительно", "and not the 30th"


def test_a_partner_without_a_shop_gives_no_discount(client: CardsClient) -> None:
    partner, shop = client.active_partner()
    client.done(MANAGER, f"/v1/partners/{partner}/outlets/{shop}/close")

    assert client.get(None, f"{LIST}/{partner}/page").status == 404
    assert client.get(None, f"{LIST}/{partner}").status == 404


def test_a_partner_that_takes_no_part_has_a_kind_page_and_no_error(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    client.done(MANAGER, f"/v1/partners/{partner}/pause")

    answer = client.get(None, f"{LIST}/{partner}/page")

    assert answer.status == 404
    assert Outline(answer.text).texts[1] == "Скидки здесь пока нет"
    assert re.search("лидеру сообщества", answer.text)


def test_a_code_that_was_read_badly_leads_to_words_too(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    for path, status, words in (
        (f"{LIST}/zzz/page", 404, "Скидки здесь пока нет"),
        (f"{LIST}/{partner[:-2]}/page", 404, "Скидки здесь пока нет"),
        (f"{LIST}/{partner}/page?after=x", 422, "Сейчас не получилось"),
        (f"{LIST}/{partner}/page?utm_source=vk&fbclid=1", 200, "Скидка 7 %"),
    ):
        answer = client.get(None, path)
        assert (answer.status, words in Outline(answer.text).texts) == (status, True), path


def test_a_large_partner_is_shown_page_by_page(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    for _ in range(2):
        client.key(partner, client.outlet(partner))

    first = shown(client, partner, limit="2")
    assert (first.tags.count("li"), first.links) == (2, ["?after=2"])
    assert shown(client, partner, after="2").tags.count("li") == 1
