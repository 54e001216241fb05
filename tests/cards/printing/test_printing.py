"""Cards on paper and stickers on doors."""

import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import segno
from reportlab.lib.units import mm

from services.cards import qr_codes
from services.cards.printing import pdf, reactions
from services.cards.printing.domain import Print
from shared.messaging import deadlines
from shared.principal import Principal
from tests.cards.api_client import (
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    MANAGER,
    STRANGER,
    CardsClient,
    person,
)
from tests.cards.offices import PHONE_2, issue
from tests.support.memory_s3 import MemoryS3
from tests.support.world import at


@pytest.fixture
def s3(client: CardsClient) -> MemoryS3:
    """The files of the world under test."""
    return client.world.files


def test_a_holder_prints_the_own_card(client: CardsClient, s3: MemoryS3) -> None:
    card = client.active_card()
    ordered = client.post(HOLDER, "/v1/prints", card_ids=[card["id"]])
    assert ordered.status == 201, ordered.text
    assert client.get(HOLDER, f"/v1/prints/{ordered.json['id']}").json["status"] == "drawing"
    client.world.settle()

    shown = client.get(HOLDER, f"/v1/prints/{ordered.json['id']}").json

    assert shown["status"] == "ready" and shown["download_url"]
    (pdf,) = s3.objects.values()
    assert pdf.startswith(b"%PDF-")
    assert client.get(STRANGER, f"/v1/prints/{ordered.json['id']}").status == 404


def ordered(client: CardsClient, who: Principal, *cards: str) -> str:
    answer = client.post(who, "/v1/prints", card_ids=list(cards))
    assert answer.status == 201, answer.text
    client.world.settle()
    return f"/v1/prints/{answer.json['id']}"


def test_a_sheet_is_deleted_after_an_hour(client: CardsClient, s3: MemoryS3) -> None:
    sheet = ordered(client, HOLDER, client.active_card()["id"])

    client.world.advance(at("2026-10-05 11:01"))

    shown = client.get(HOLDER, sheet).json
    assert (shown["status"], shown["download_url"]) == ("deleted", None)
    assert not s3.objects


@pytest.mark.parametrize("end", ["revoke", "replace"])
def test_a_sheet_is_deleted_when_one_of_its_cards_ends(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(reactions, "MOST_PRINTS", 2)
    ending, other, third = (client.issue(f"FP-{n}")["id"] for n in range(3))
    both = [ordered(client, LEADER, ending, other) for _ in range(3)]
    kept = ordered(client, LEADER, third)
    assert len(s3.objects) == 4 and client.get(LEADER, both[-1]).json["download_url"]

    reason = {"revoke": "moved_away", "replace": "lost"}[end]
    assert client.post(LEADER, f"/v1/cards/{ending}/{end}", reason=reason).status < 300
    assert client.get(LEADER, both[-1]).json["download_url"] is None
    client.world.settle()

    assert {client.get(LEADER, sheet).json["download_url"] for sheet in both} == {None}
    assert client.get(LEADER, kept).json["download_url"]
    client.world.advance(at("2026-10-05 10:05"))
    assert len(s3.objects) == 4 - 2
    client.world.advance(at("2026-10-05 10:30"))
    assert len(s3.objects) == 4 - 3, "a second look finds what one commit could not change"


def test_a_card_that_ends_or_is_held_before_the_drawing_is_on_no_sheet(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def draw(faces: Iterable[Any]) -> bytes:
        drawn.extend(face.number for face in faces)
        return b"%PDF-"

    monkeypatch.setattr(pdf, "pdf_of", draw)
    issue(client, "1024", "D05", PHONE_2)
    ending, holding, other = (client.issue(f"FP-{n}") for n in range(3))
    cards = [card["id"] for card in (ending, holding, other)]
    order = client.post(LEADER, "/v1/prints", card_ids=cards).json["id"]
    client.done(LEADER, f"/v1/cards/{ending['id']}/revoke", reason="moved_away")
    phone = CONTACT | {"phone": PHONE_2}
    held = client.activate(holding, STRANGER, contact=phone, district_id="D03").json["status"]

    left_out = [client.get(LEADER, f"/v1/cards/{card}").json["version"] for card in cards[:2]]

    client.world.settle()

    assert (held, drawn) == ("held", [other["number"]])
    after = [client.get(LEADER, f"/v1/cards/{card}").json["version"] for card in cards[:2]]
    assert after == left_out, "what is on no sheet is not printed anew"
    read = {row["pk"]["S"] for row in client.world.rows("cards-audit") if "print_cards" in str(row)}
    assert [any(card in subject for subject in read) for card in cards] == [False, False, True]
    shown = client.get(LEADER, f"/v1/prints/{order}").json
    assert (shown["status"], shown["cards"], shown["left_out"]) == ("ready", 1, cards[:2])
    assert shown["download_url"]


def test_a_sheet_whose_codes_a_later_one_voids_is_handed_out_no_more(client: CardsClient) -> None:
    card, other = client.active_card()["id"], client.issue("FP-2")["id"]
    leaders = ordered(client, LEADER, other, card)
    assert client.get(LEADER, leaders).json["download_url"]

    own = ordered(client, HOLDER, card)

    shown = client.get(LEADER, leaders).json
    assert (shown["status"], shown["download_url"]) == ("deleted", None)
    assert client.get(HOLDER, own).json["download_url"]


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "on a sheet"])
def test_an_order_that_is_drawn_late_voids_no_later_paper(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch, beside: bool
) -> None:
    card, other = client.active_card()["id"], client.issue("FP-2")["id"]
    cards = [card, other] if beside else [card]
    with monkeypatch.context() as broken:
        broken.setattr(Print, "drawn", None)  # a worker that ends before it has noted the file
        late = ordered(client, LEADER, *cards)
    own = ordered(client, HOLDER, card)
    paper = client.get(HOLDER, f"/v1/cards/{card}/page").json["qr_text"]

    client.world.advance(at("2026-10-05 11:30"))

    assert client.get(HOLDER, f"/v1/cards/{card}/page").json["qr_text"] == paper
    shown = client.get(LEADER, late).json
    assert client.get(HOLDER, own).json["status"] == "deleted", "its hour is over"
    if beside:
        assert (shown["cards"], shown["left_out"], shown["failure"]) == (1, [card], None)
    else:
        assert shown["status"] == "failed" and "более новому заказу" in shown["failure"]


def test_an_order_of_which_nothing_is_left_to_draw_says_why(client: CardsClient) -> None:
    card = client.issue()
    order = client.post(LEADER, "/v1/prints", card_ids=[card["id"]]).json["id"]
    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")

    client.world.settle()

    shown = client.get(LEADER, f"/v1/prints/{order}").json
    assert (shown["status"], shown["download_url"]) == ("failed", None)
    assert shown["failure"].startswith("Карту отозвали.")


def test_an_order_that_is_never_drawn_ends_in_words(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(faces: Iterable[Any]) -> bytes:
        raise ZeroDivisionError

    card = client.issue()
    paper = client.get(LEADER, f"/v1/cards/{card['id']}/page").json["qr_text"]
    monkeypatch.setattr(pdf, "pdf_of", broken)
    sheet = ordered(client, LEADER, card["id"])
    for turn in range(deadlines.JOB_TRIES + 1):
        client.world.advance(at("2026-10-05 11:00") + timedelta(minutes=70 * turn))

    shown = client.get(LEADER, sheet).json
    assert (shown["status"], shown["download_url"]) == ("failed", None)
    assert "остановлена" in shown["failure"]
    assert client.get(LEADER, f"/v1/cards/{card['id']}/page").json["qr_text"] == paper


def test_an_order_that_is_given_up_leaves_no_file(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(Print, "drawn", broken)  # the file is written, and not noted
    card = client.issue()
    sheet = ordered(client, LEADER, card["id"])
    assert any(name.startswith("prints/") for name in s3.objects)
    for turn in range(deadlines.JOB_TRIES + 1):
        client.world.advance(at("2026-10-05 11:00") + timedelta(minutes=70 * turn))

    assert client.get(LEADER, sheet).json["status"] == "failed"
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json["version"] == card["version"] + 1
    assert not any(name.startswith("prints/") for name in s3.objects)


def test_sheets_are_listed_for_the_leader_and_for_who_ordered_them(
    client: CardsClient, s3: MemoryS3
) -> None:
    own = ordered(client, HOLDER, client.active_card()["id"]).rpartition("/")[2]
    client.world.set_time(at("2026-10-05 10:01"))
    leaders = ordered(client, LEADER, client.issue("FP-2")["id"]).rpartition("/")[2]

    def listed(who: Principal) -> list[str]:
        return [each["id"] for each in client.get(who, "/v1/prints").json["items"]]

    assert listed(LEADER) == [leaders, own]
    assert listed(HOLDER) == [own]
    assert listed(STRANGER) == listed(LEADER_D05) == listed(LEADER_Y) == []
    assert "download_url" not in client.get(LEADER, "/v1/prints").json["items"][0]
    assert client.get(HOLDER, "/v1/prints", region="YY").status == 422


def test_an_erased_holder_leaves_no_sheet(client: CardsClient, s3: MemoryS3) -> None:
    card = client.active_card()["id"]
    sheet = ordered(client, HOLDER, card)
    client.done(LEADER, f"/v1/cards/{card}/revoke", reason="holder_refused")
    client.done(HOLDER, f"/v1/cards/{card}/erase")
    client.world.settle()

    assert client.get(HOLDER, sheet).json["download_url"] is None
    assert not s3.objects


def test_a_sheet_that_no_index_shows_yet_is_withdrawn_ten_minutes_later(
    client: CardsClient, s3: MemoryS3
) -> None:
    card = client.active_card()["id"]
    with client.world.dynamodb.lagging_indexes():
        sheet = ordered(client, HOLDER, card)
        client.done(LEADER, f"/v1/cards/{card}/revoke", reason="holder_refused")
        client.world.settle()
    client.world.advance(at("2026-10-05 10:11"))

    assert client.get(HOLDER, sheet).json["download_url"] is None
    assert not s3.objects


def test_a_leader_prints_a_sheet_of_the_territory(client: CardsClient, s3: MemoryS3) -> None:
    cards = [client.issue(f"FP-{n}")["id"] for n in range(12)]
    client.done(LEADER, f"/v1/cards/{cards[0]}/revoke", reason="issued_in_error")

    assert client.post(LEADER, "/v1/prints", card_ids=cards[:1]).code == "card_revoked"
    assert client.post(LEADER_Y, "/v1/prints", card_ids=cards[1:]).code == "unknown_card"
    assert client.post(LEADER, "/v1/prints", card_ids=cards[1:2] * 2).code == "card_named_twice"
    shown = client.get(LEADER, ordered(client, LEADER, *cards)).json
    assert (shown["cards"], shown["left_out"]) == (11, cards[:1]), "no need to look for the one"
    (pdf,) = s3.objects.values()
    assert pdf.count(b"/Type /Page\n") == 2 or pdf.count(b"/Type /Page ") == 2


def test_a_sheet_has_cards_of_one_region(client: CardsClient) -> None:
    terms = {"region": "YY", "club_id": "C-Y", "authority_id": "RA-Y", "started_on": "2026-09-01"}
    client.post(person("RA-Y", "regional_authority", region="YY"), "/v1/programmes", **terms)
    far = {"region": "YY", "district_id": "D01", "holder_ref": "FP-93", "placement_current": True}
    cards = [client.issue()["id"], client.post(LEADER_Y, "/v1/cards", **far).json["id"]]
    of_both = replace(LEADER, regions=("ZR", "YY"))

    refused = client.post(of_both, "/v1/prints", card_ids=cards)

    assert (refused.status, refused.code) == (422, "cards_of_two_regions")
    assert refused.json["errors"][0]["pointer"] == "/card_ids/1"
    assert all(client.get(of_both, ordered(client, of_both, each)).json["cards"] for each in cards)


def test_the_same_cards_are_drawn_the_same() -> None:
    faces = [FACE] * 3

    assert pdf.pdf_of(faces) == pdf.pdf_of(faces)
    assert zlib.crc32(pdf.pdf_of(faces)) != zlib.crc32(pdf.pdf_of(faces[:1]))


class Paper:
    """A canvas that remembers, page by page and in millimetres, what is drawn where."""

    def __init__(self, out: Any, pagesize: tuple[float, float], invariant: int) -> None:
        self.size = tuple(round(side / mm, 1) for side in pagesize)
        self.texts: list[list[tuple[float, float, str]]] = [[]]
        self.frames: list[list[tuple[float, float]]] = [[]]
        self.squares: list[list[tuple[float, float]]] = [[]]
        self.drawn.append(self)

    drawn: ClassVar[list["Paper"]] = []

    def drawString(self, x: float, y: float, text: str) -> None:
        self.texts[-1].append((x / mm, y / mm, text))

    def rect(self, x: float, y: float, width: float, height: float, **how: int) -> None:
        assert bool(how) == (width == height)
        (self.squares if how else self.frames)[-1].append((x / mm, y / mm))

    def showPage(self) -> None:
        for kind in (self.texts, self.frames, self.squares):
            kind.append([])

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> list[Paper]:
    """What is drawn on."""
    monkeypatch.setattr("reportlab.pdfgen.canvas.Canvas", Paper)
    Paper.drawn.clear()
    return Paper.drawn


FACE = pdf.Face("2839480981189483", "RS.A.1.B")


def test_a_card_shows_its_words_its_number_and_a_code_that_scans(paper: list[Paper]) -> None:
    pdf.pdf_of([FACE])

    (card,) = paper
    assert (card.size, card.frames) == ((85.6, 54.0), [[]])
    ((title, one, two, *small),) = card.texts
    assert [text for *_, text in (one, two)] == ["2839 4809", "8118 9483"]
    assert [text for *_, text in (title, *small)] == [*pdf.words()["card"].values()]
    assert [(x, round(y)) for x, y, _ in card.texts[0]] == [(5, y) for y in (45, 32, 25, 9, 5)]
    (squares,) = card.squares
    matrix = segno.make_qr(FACE.qr_text, error="m").matrix
    side, right, top = 30 / len(matrix), 85.6 - 5, 42
    assert {(round((x - right + 30) / side), round((top - y) / side) - 1) for x, y in squares} == {
        (column, row) for row, line in enumerate(matrix) for column, dark in enumerate(line) if dark
    }


def test_a_sheet_has_ten_cards_to_cut_out_on_a_page(paper: list[Paper]) -> None:
    pdf.pdf_of([FACE] * 11)

    (sheet,) = paper
    assert sheet.size == (210, 297)
    places = [(19.4 + column * 85.6, 229.5 - row * 54) for row in range(5) for column in range(2)]
    for frames, expected in zip(sheet.frames, (places, places[:1]), strict=True):
        assert frames == [pytest.approx(place) for place in expected]
    for frames, texts in zip(sheet.frames, sheet.texts, strict=True):
        titles = [(x - 5, y - 45) for x, y, text in texts if text == pdf.words()["card"]["title"]]
        assert titles == [pytest.approx(place) for place in frames]


def test_the_page_of_a_card_has_its_qr(client: CardsClient) -> None:
    card = client.active_card()
    page = client.get(HOLDER, f"/v1/cards/{card['id']}/page").json

    scanned = qr_codes.parse(page["qr_text"])
    assert not scanned.rotating
    assert page["qr_svg"].startswith("<svg") and page["number_in_fours"].count(" ") == 3


def test_a_sticker_tells_the_discount_and_where_to_read_more(client: CardsClient) -> None:
    client.world.environment["API_URL"] = "https://ryadom.invalid/"
    partner, _ = client.active_partner()

    sticker = client.get(MANAGER, f"/v1/partners/{partner}/sticker").json

    assert sticker["discount"] == "Скидка 7 %"
    assert sticker["link"] == f"https://ryadom.invalid/cards/v1/public/partners/{partner}/page"
    assert sticker["qr_svg"].startswith("<svg")


def test_a_sticker_promises_what_every_shop_keeps_and_how_long(
    client: CardsClient,
) -> None:
    client.world.environment["API_URL"] = "https://ryadom.invalid/"
    partner, shop = client.active_partner(until="2026-11-30")
    client.outlet(partner, "D02")

    def promised() -> Any:
        return client.get(MANAGER, f"/v1/partners/{partner}/sticker").json["discount"]

    def agreed(percent: int, since: str, **more: Any) -> None:
        offer = client.offer(partner, percent, since, **more).json["number"]
        client.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/publish")

    assert promised() == "Скидка 7 % до 30.11.2026 включительно"
    agreed(8, "2026-11-11")
    assert promised() == "Скидка 7 % до 10.11.2026 включительно"
    agreed(9, "2026-11-01", valid_to="2026-11-10", outlet_ids=[shop])
    assert promised() is None, "a shop keeps it longer than the other"
    client.world.set_time(at("2026-11-01 10:00"))
    assert promised() is None, "two shops, two discounts"
    client.world.set_time(at("2026-11-11 10:00"))
    assert promised() == "Скидка 8 %"
    agreed(9, "2026-12-01")
    assert promised() == "Скидка 8 % до 30.11.2026 включительно"
    client.done(MANAGER, f"/v1/partners/{partner}/end", reason="other")
    assert promised() is None
