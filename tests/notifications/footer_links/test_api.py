"""Links and phones at the end of messages: the region's own, overruled by operations."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.configuration.regions import read_stage
from services.notifications.channels.sms.segments import LONGEST_SMS
from services.notifications.footer_links.ways_out import with_way_out
from services.notifications.templates.repository import Templates
from shared.message_catalogue import ROOT
from tests.notifications.channels.conftest import message
from tests.notifications.fakes import OPERATIONS, NotificationsHarness
from tests.notifications.news import RECEIVED
from tests.support.api import Api
from tests.support.reference import reference_data

ADDRESS = re.compile(r"https?://[\w.-]+\w|[\w.]+@[\w-]+\.[a-z]+|8 800 [\d-]+|\+7 \d[\d -]+\d")
# Where providers of messages answer, by their own pages, and made-up numbers of examples.
NOT_OF_THE_PROGRAMME = {
    "anna@example.ru",  # how an address looks, in a refusal
    "https://platform-api2.max.ru", "https://api.telegram.org", "https://api.vk.com",
    "https://gate.smsaero.ru", "https://smsc.ru",
    "8 800 000-00-00", "+7 916 123-45-67",
}  # fmt: skip


def addresses_of_the_source() -> Iterator[str]:
    """Every link, mailbox and phone in the code, the data and the texts of the services."""
    for folder in ("services", "shared"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".toml", ".json", ".cedar"):
                yield from ADDRESS.findall(path.read_text(encoding="utf-8"))


@pytest.mark.requirement("S4-55")
def test_a_changed_link_is_in_the_next_message_and_in_no_source(
    harness: NotificationsHarness, api: Api
) -> None:
    operations = api.as_(OPERATIONS)
    values = {"values": {"hq_phone": "8 800 111-11-11"}}
    assert operations.put("/programme-lines/ALL", values).status == 428
    assert operations.put("/programme-lines/ALL", values, if_match=0).status == 200
    regional = {"values": {"hq_phone": "8 800 222-22-22"}}
    assert operations.put("/programme-lines/ZR", regional, if_match=0).status == 200
    assert operations.put("/programme-lines/ZR", regional, if_match=0).status == 412

    harness.tell(RECEIVED)
    changed = {"values": {"hq_phone": "8 800 333-33-33"}}
    assert operations.put("/programme-lines/ZR", changed, if_match=1).status == 200
    harness.tell(RECEIVED)

    before, after = (each.text for each in harness.gateway.to("family"))
    assert "8 800 222-22-22" in before
    assert "8 800 333-33-33" in after and "222-22-22" not in after
    assert api.get("/programme-lines/ZR").json["values"] == changed["values"]
    assert api.get("/programme-lines/YY").status == 404
    assert api.put("/programme-lines/ZR", regional, if_match=2).status == 403
    assert set(addresses_of_the_source()) <= NOT_OF_THE_PROGRAMME


def test_a_region_brings_its_links_and_operations_overrule_them(
    harness: NotificationsHarness, api: Api
) -> None:
    at_first = {"links": {"hq_phone": "8 800 333-33-33"}}
    regions = read_stage("local")
    with reference_data(regions | {"ZR": regions["ZR"].model_copy(update=at_first)}):
        harness.tell(RECEIVED)
        set_since = {"values": {"hq_phone": "8 800 222-22-22"}}
        api.as_(OPERATIONS).put("/programme-lines/ALL", set_since, if_match=0)
        harness.tell(RECEIVED)

    first, second = harness.gateway.to("family")
    assert "8 800 333-33-33" in first.text
    assert "8 800 222-22-22" in second.text and "333-33-33" not in second.text


def test_a_link_that_no_message_uses_is_refused(api: Api) -> None:
    wrong = {"values": {"my_site": "https://example.org"}}

    refused = api.as_(OPERATIONS).put("/programme-lines/ZR", wrong, if_match=0)

    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/values/my_site")
    assert api.as_(OPERATIONS).put("/programme-lines/QQ", wrong, if_match=0).status == 422
    empty: dict[str, object] = {"values": {}}
    unknown = api.as_(OPERATIONS).put("/programme-lines/QQ", empty, if_match=0)
    assert (unknown.status, unknown.json["title"]) == (404, "Этого региона нет среди ваших")
    assert api.get("/programme-lines/ALL").json == {"region": "ALL", "version": 0, "values": {}}


def test_a_message_that_ends_without_its_link_is_counted(
    harness: NotificationsHarness, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    def counted() -> bool:
        return "footer_link_missing" in capsys.readouterr().out

    harness.tell(RECEIVED)
    assert counted()
    phone = {"values": {"hq_phone": "8 800 111-11-11"}}
    api.as_(OPERATIONS).put("/programme-lines/ALL", phone, if_match=0)
    capsys.readouterr()
    harness.tell(RECEIVED)
    assert not counted()


@pytest.mark.parametrize(
    ("channel", "letters", "shown"),
    [("sms", 100, True), ("sms", LONGEST_SMS, False), ("email", 2000, True), ("bot", 2000, True)],
)
def test_a_way_out_makes_no_text_message_too_long(channel: str, letters: int, shown: bool) -> None:
    outgoing = replace(message("w1", channel), text="а" * letters)

    phrases = Templates.connect().phrases
    said = with_way_out(
        outgoing, "https://ryadom.test/p", phrases, optional=True, first_of_day=True
    )

    assert (said.text != outgoing.text) is shown
    assert bool(said.declined_at) is (channel == "email")


@pytest.mark.parametrize("page", ["x", "javascript:alert(1)", "http://a.example/", "https://a b"])
def test_a_page_to_which_no_link_may_lead_is_refused(api: Api, page: str) -> None:
    operations = api.as_(OPERATIONS)
    values = {"hq_phone": "8 800 222-22-22", "feedback_page": page}

    refused = operations.put("/programme-lines/ZR", {"values": values}, if_match=0)
    assert (refused.status, refused.code) == (422, "page_not_https")
    right = {"values": values | {"feedback_page": "https://a.example/#"}}
    assert operations.put("/programme-lines/ZR", right, if_match=0).status == 200
