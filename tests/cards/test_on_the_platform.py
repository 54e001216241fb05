"""Tables in, result files and printed sheets out: on the deployed platform, with IAM enforced."""

import csv
import io
import re
import urllib.error
import urllib.request
from typing import Any

import pytest
import urllib3

from infra.local_platform.platform import LocalPlatform
from tests.support.workbooks import workbook

pytestmark = [pytest.mark.platform, pytest.mark.slow]

HEADER = (
    "Номер личного дела",
    "Район",
    "Ребёнок в семье",
    "Номер распоряжения",
    "Дата распоряжения",
)
TITLE = ";".join(HEADER)
GOOD = 11  # cards that take two sheets of paper
LINES = 52  # of a table that takes two steps
PATIENCE = 400.0  # each card is counted and told by functions that share this machine


@pytest.fixture(scope="module", autouse=True)
def programme(platform: LocalPlatform) -> None:
    """The programme of ZR."""
    body = {"region": "ZR", "club_id": "C-00", "authority_id": "RA", "started_on": "2026-09-01"}
    platform.call("RA-1", "POST", "/cards/v1/programmes", body, must=True)


def opened(platform: LocalPlatform, **more: Any) -> Any:
    body = {"region": "ZR"} | more
    return platform.call("CL-0", "POST", "/cards/v1/batches", body, must=True).body


def put(link: str, content: bytes) -> None:
    request = urllib.request.Request(link, content, method="PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def fetched(link: str) -> bytes:
    with urllib.request.urlopen(link, timeout=30) as answer:
        return bytes(answer.read())


def run(platform: LocalPlatform, content: bytes, **more: Any) -> Any:
    """Upload a table, start it, wait; what the leader is shown then."""
    batch = opened(platform, **more)
    put(batch["upload_url"], content)
    path = f"/cards/v1/batches/{batch['id']}"
    platform.call("CL-0", "POST", f"{path}/start", must=True)
    platform.time.settle(PATIENCE)
    return platform.call("CL-0", "GET", path, must=True).body


def result(platform: LocalPlatform, batch: str) -> list[list[str]]:
    path = f"/cards/v1/batches/{batch}/result"
    link = platform.call("CL-0", "GET", path, must=True).body["download_url"]
    text = fetched(link).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def issued(platform: LocalPlatform, ref: str) -> Any:
    page = platform.call("CL-0", "GET", "/cards/v1/cards?limit=100", must=True).body
    return [card for card in page["items"] if card["holder_ref"].startswith(ref)]


def table() -> bytes:
    """Every fifth line gives a card, in the first step and in the second; the others do not."""
    lines = (f"T-{n};D{99 if n % 5 else n // 5 + 1:02d};да;;" for n in range(LINES))
    return ("\r\n".join([TITLE, *lines]) + "\r\n").encode("cp1251")


@pytest.fixture(scope="module")
def worked(platform: LocalPlatform) -> tuple[Any, list[Any], Any]:
    """A table that is tried dry, the cards there are then, and the table as it is worked."""
    return run(platform, table()), issued(platform, "T-"), run(platform, table(), dry_run=False)


def test_a_table_is_tried_dry_and_then_gives_cards_and_a_result_file(
    platform: LocalPlatform, worked: tuple[Any, list[Any], Any]
) -> None:
    dry, cards, real = worked

    assert (dry["status"], dry["accepted"], dry["refused"]) == ("done", GOOD, LINES - GOOD)
    assert (dry["problems"][0]["line"], dry["problems"][0]["column"]) == (3, "Район")
    assert cards == []
    assert (real["status"], real["percent_done"], real["accepted"]) == ("done", 100, GOOD)
    told = result(platform, real["id"])[1:]
    given = [line for line in told if line[3]]
    assert len(told) == LINES and len({line[3] for line in given}) == len(given) == GOOD
    assert all(line[2] == "не выдана" and line[5] for line in told if line not in given)
    again = run(platform, table(), dry_run=False)
    assert (again["accepted"], again["refused"]) == (0, LINES)


def test_a_workbook_gives_cards_too(platform: LocalPlatform) -> None:
    lines: list[list[object]] = [
        ["X-1", "D01", True],
        ["X-2", "D02", None, "17-р", "05.10.2026 г."],
    ]

    shown = run(platform, workbook([HEADER, *lines]), dry_run=False)

    assert (shown["status"], shown["accepted"], shown["refused"]) == ("done", 2, 0)
    assert {card["holder_ref"] for card in issued(platform, "X-")} == {"X-1", "X-2"}


def test_a_table_that_was_not_uploaded_is_asked_for(platform: LocalPlatform) -> None:
    batch = opened(platform)

    refused = platform.call("CL-0", "POST", f"/cards/v1/batches/{batch['id']}/start")

    assert (refused.status, refused.body["code"]) == (409, "file_missing")


@pytest.mark.usefixtures("worked")
def test_a_sheet_of_cards_is_drawn_and_a_link_opens_nothing_else(platform: LocalPlatform) -> None:
    order = {"card_ids": [card["id"] for card in issued(platform, "T-")]}
    assert len(order["card_ids"]) == GOOD
    print_id = platform.call("CL-0", "POST", "/cards/v1/prints", order, must=True).id
    platform.time.settle(PATIENCE)

    shown = platform.call("CL-0", "GET", f"/cards/v1/prints/{print_id}", must=True).body

    assert shown["status"] == "ready"
    assert fetched(shown["download_url"]).startswith(b"%PDF-")


def test_a_holder_signs_in_by_the_phone_of_the_order_and_opens_nothing_else(
    platform: LocalPlatform,
) -> None:
    phone = "+79211230077"
    card = {
        "region": "ZR", "district_id": "D02", "holder_ref": "S-77", "placement_current": True,
        "contact": {"name": "Мария", "channel": "sms", "phone": phone},
    }  # fmt: skip
    platform.call("CL-0", "POST", "/cards/v1/cards", card, must=True)
    asked = platform.call(None, "POST", "/cards/v1/sign-ins", {"contact": phone}, must=True)
    platform.time.settle(PATIENCE)
    (code,) = (
        found[1]
        for message in platform.messages()
        if (found := re.search(r"код для входа: (\d{6})", message["text"]))
    )

    path = f"/cards/v1/sign-ins/{asked.id}/token"
    tokens = platform.call(None, "POST", path, {"code": code}, must=True).body
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}

    mine = platform.call(None, "GET", "/cards/v1/my-cards", headers=bearer, must=True).body
    assert [own["holder_ref"] for own in mine["items"]] == ["S-77"]
    (device,) = platform.call(None, "GET", "/cards/v1/devices", headers=bearer).body["items"]
    assert device["id"] == tokens["device_id"] and device["this_one"]
    foreign = platform.call(None, "GET", "/intake/v1/own-requests", headers=bearer)
    assert (foreign.status, foreign.body["code"]) == (401, "wrong_audience")
    renewed = {"refresh_token": tokens["refresh_token"]}
    platform.call(None, "POST", "/cards/v1/tokens/refresh", renewed, must=True)


# pages ----------------------------------------------------------------------------------------

OURS, OTHERS = "http://localhost:5173", "https://evil.example"


def asked_first(link: str, origin: str, method: str) -> Any:
    """What a browser is told that asks before a page of that origin calls."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return urllib3.request("OPTIONS", link, headers=headers, timeout=30)


@pytest.mark.parametrize(
    "path",
    [
        "/cards/v1/cards", "/till/v1/card-checks", "/intake/v1/requests", "/matching/v1/matches",
        "/notifications/v1/reference", "/cards/v1/public/partners/par_1/page",
    ],
)  # fmt: skip
def test_pages_of_configured_origins_may_call_every_api_and_no_others(
    platform: LocalPlatform, path: str
) -> None:
    ours, others = (asked_first(platform.url + path, each, "GET") for each in (OURS, OTHERS))

    assert (ours.status, ours.headers["Access-Control-Allow-Origin"]) == (204, OURS)
    assert (others.status, others.headers.get("Access-Control-Allow-Origin")) == (403, None)


def test_pages_of_configured_origins_may_put_files_and_no_others(platform: LocalPlatform) -> None:
    link = opened(platform)["upload_url"]

    ours, others = (asked_first(link, each, "PUT") for each in (OURS, OTHERS))

    assert (ours.status, ours.headers["Access-Control-Allow-Origin"]) == (200, OURS)
    assert others.status == 403


def test_a_page_learns_that_its_token_has_run_out(platform: LocalPlatform) -> None:
    link = platform.url + "/cards/v1/cards"
    answer = urllib3.request("GET", link, headers={"Origin": OURS}, timeout=30)

    assert answer.status == 401
    assert answer.headers["Access-Control-Allow-Origin"] in (OURS, "*")


def test_the_qr_of_a_sticker_opens_a_page_for_people(platform: LocalPlatform) -> None:
    lead = {
        "region": "ZR", "title": "Гастроном «Берёзка»", "category": "grocery",
        "district_ids": ["D01"],
    }  # fmt: skip
    made = platform.call("RA-1", "POST", "/cards/v1/partners", lead, must=True).body["id"]
    path = f"/cards/v1/partners/{made}"
    platform.call("CL-0", "POST", f"{path}/take", must=True)
    sticker = platform.call("CL-0", "GET", f"{path}/sticker", must=True).body

    answer = urllib3.request("GET", sticker["link"], timeout=30)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.status == 404, "it takes no part yet"
    assert "Скидки здесь пока нет" in answer.data.decode()
