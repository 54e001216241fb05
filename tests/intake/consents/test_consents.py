"""What a family allows, on which evidence; who may see it otherwise; and what it learns of that."""

from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any

import pytest

from services.intake.codes.values import ConsentPurpose
from services.intake.consents import repository
from services.intake.consents.repository import consent_texts
from services.intake.rights import queries
from shared import clock
from shared.reference.regions import WORDS_KEPT_DAYS
from tests.intake.api_client import (
    BOT,
    HQ,
    HQ_Y,
    OFFICE_D05,
    OPERATOR,
    IntakeClient,
    request,
    staff,
)
from tests.support.world import at

OFFICE = {"purpose": "share_with_office", "recipient": "D05", "evidence": "written"}
DISCLOSURE = {"recipient": "D05", "reason": "child_in_danger"}


def texts(client: IntakeClient) -> dict[str, Any]:
    """The texts in force by purpose."""
    return {each["purpose"]: each for each in client.get(None, "/consent-texts").json["items"]}


def test_each_consent_says_by_its_hash_which_text_was_shown(client: IntakeClient) -> None:
    shown = texts(client)
    for each in shown.values():
        said = "\n".join((each["text"], each["if_given"], each["if_not"]))
        assert each["hash"] == sha256(said.encode()).hexdigest()
        assert all(len(each[part]) > 40 for part in ("text", "if_given", "if_not"))
    assert f"Через {WORDS_KEPT_DAYS} дней" in shown["processing"]["if_given"]
    asked = client.asked()
    path = f"/families/{asked['family_id']}"
    old = {"purpose": "contact", "given": True, "evidence": "written"}

    for wrong, code in (
        ({"text_version": "0"}, "unknown_consent_text"),
        ({"text_hash": "0" * 64}, "consent_text_differs"),
    ):
        answer = client.post(HQ, f"{path}/consents", old | wrong)
        assert (answer.status, answer.code) == (422, code)
    unread = request(consents={"processing": True, "text_version": "0"}, contact=None)
    refused = client.post(OPERATOR, "/requests", unread)
    assert refused.code == "unknown_consent_text"
    assert "прочитали семье: 1." in refused.json["errors"][0]["detail"]
    given = {"given": True, "text_hash": shown["share_with_office"]["hash"]}
    client.do(HQ, f"{path}/consents", OFFICE | given)

    kept = client.get(HQ, f"{path}/export").json["consents"]
    assert {each["purpose"] for each in kept} == {*shown}
    for each in kept:
        text = shown[each["purpose"]]
        assert (each["text_hash"], each["text"]) == (text["hash"], text["text"])
        assert each["text_version"] == text["version"]


@pytest.mark.requirement("S1-04")
def test_an_office_sees_only_what_and_while_the_family_allows(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = client.asked(district_id="D05")
    case, family = asked["case_id"], f"/families/{asked['family_id']}"
    path = f"/cases/{case}/office-view"

    def sees() -> int:
        for hidden in (f"/cases/{case}", f"/cases/{case}/contact", family, f"{family}/timeline",
                       f"/requests/{asked['id']}", f"/requests/{asked['id']}/words"):  # fmt: skip
            assert client.get(OFFICE_D05, hidden).status == 404
        for listed in ("/cases", "/requests"):
            assert client.get(OFFICE_D05, listed, region="ZR").status == 403
        return client.get(OFFICE_D05, path).status

    assert sees() == 404
    client.do(HQ, f"{family}/consents", OFFICE | {"given": True})
    assert sees() == 200
    seen = client.get(OFFICE_D05, path).json
    assert set(seen) == {"id", "status", "district_id", "categories"}
    assert client.get(replace(OFFICE_D05, districts=("D06",)), path).status == 404
    client.do(HQ, f"{family}/consents", OFFICE | {"given": False})
    assert sees() == 404

    exported = client.get(HQ, f"{family}/export").json
    read = [each for each in exported["access_log"] if each["role"] == "district_office"]
    assert [(each["record"], each["purpose"]) for each in read] == [(case, "office_by_consent")] * 2
    assert set(read[0]["fields"]) == set(seen)
    (office,) = (each for each in exported["consents"] if each["recipient"])
    assert office["withdrawn_at"] is not None
    client.do(HQ, f"{family}/erase", {"reason": "person_asked", "evidence": "written"})
    whole = client.get(HQ, f"{family}/export").json
    assert (len(whole["access_log"]) > len(read), whole["access_log_more"]) == (True, False)
    monkeypatch.setattr(queries, "MOST_READINGS", 2)
    part = client.get(HQ, f"{family}/export").json
    assert (len(part["access_log"]), part["access_log_more"]) == (2, True)
    assert part["access_log"][-1]["purpose"] == "export"


def listed_to_office(client: IntakeClient) -> list[str]:
    """The families that the office of a district finds in its list."""
    return [each["id"] for each in client.get(OFFICE_D05, "/shared-families").json["items"]]


def test_an_office_is_shown_a_family_that_has_only_asked_a_question(client: IntakeClient) -> None:
    asked = client.asked(district_id="D05", purpose="information", needs=[])

    answer = client.post(HQ, f"/families/{asked['family_id']}/disclosures", DISCLOSURE)

    assert answer.status == 200, answer.text
    assert listed_to_office(client) == [asked["family_id"]]


def test_headquarters_overrules_a_consent_with_a_reason_for_a_time(client: IntakeClient) -> None:
    asked = client.asked(district_id="D05")
    family = f"/families/{asked['family_id']}"
    view, path = f"/cases/{asked['case_id']}/office-view", f"{family}/disclosures"

    for other in (OPERATOR, HQ_Y, OFFICE_D05, staff("CM-1", "case_manager"), BOT):
        assert client.post(other, path, DISCLOSURE).status in (403, 404)
    assert client.post(HQ, path, DISCLOSURE | {"reason": "curious"}).code == "invalid_input"
    assert client.post(HQ, path, DISCLOSURE | {"recipient": "D99"}).code == "unknown_district"
    assert client.get(OFFICE_D05, view).status == 404
    assert listed_to_office(client) == []
    client.do(HQ, path, DISCLOSURE)
    assert client.get(OFFICE_D05, view).status == 200
    assert listed_to_office(client) == listed_to_office(client) == [asked["family_id"]]
    (row,) = client.get(OFFICE_D05, "/shared-families").json["items"]
    (opened,) = row["open_cases"]
    assert opened == {"case_id": asked["case_id"], "programme": "service_member_care"}
    looks = client.get(HQ, f"{family}/export").json["access_log"]
    by_office = [each for each in looks if each["role"] == "district_office"]
    # The list says that the family is helped: once a day that is a look, too.
    assert sorted((each["record"], each["purpose"]) for each in by_office) == [
        (asked["case_id"], "office_by_disclosure"),
        ("shared_families", "office_by_disclosure"),
    ]
    assert client.post(HQ, path, DISCLOSURE).code == "office_sees_already"
    other = request()["contact"] | {"phone": "+79161234599"}
    # Whom another office is told of as well stays in the list of the one that it allowed.
    client.asked(district_id="D05", confidentiality="shareable", contact=other)
    (allowed,) = {*listed_to_office(client)} - {asked["family_id"]}
    for recipient in ("D07", "D01", "D02"):
        told = DISCLOSURE | {"recipient": recipient}
        client.do(HQ, f"/families/{allowed}/disclosures", told)
        assert listed_to_office(client) == [asked["family_id"], allowed]
        office = staff("DO-X", "district_office", districts=(recipient,))
        assert client.get(office, "/shared-families").json["items"][0]["id"] == allowed

    told, *_ = client.published("DisclosedToOffice")
    assert (told["district_id"], told["reason"]) == ("D05", "child_in_danger")
    audited = [row for row in client.world.rows("intake-audit") if "reason" in row]
    assert {row["reason"]["S"] for row in audited} == {"child_in_danger"}
    exported = client.get(client.signed_in(), f"{family}/export").json
    (disclosed,) = exported["disclosures"]
    assert (disclosed["recipient"], disclosed["role"]) == ("D05", "regional_hq")
    assert exported["access_log"][-1]["purpose"] == "export"
    assert "office_by_disclosure" in {each["purpose"] for each in exported["access_log"]}
    assert not {"HQ-1", "OP-1", "DO-5"} & set(str(exported).replace("'", " ").split())
    client.wait(14)
    assert client.get(OFFICE_D05, view).status == 404
    assert listed_to_office(client) == [allowed]


def test_each_day_of_the_region_on_which_an_office_looks_is_in_the_journal(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By UTC's days a look before four in the morning was one of the day before."""
    asked = client.asked(district_id="D05")
    family = f"/families/{asked['family_id']}"
    client.do(HQ, f"{family}/disclosures", DISCLOSURE)

    def looks(*moments: str) -> int:
        for moment in moments:
            # The machine's clock goes with business time, as on AWS.
            monkeypatch.setattr(clock, "wall", partial(at, moment))
            client.world.set_time(at(moment))
            assert listed_to_office(client) == [asked["family_id"]]
        journal = client.get(HQ, f"{family}/export").json["access_log"]
        return len([each for each in journal if each["record"] == "shared_families"])

    assert looks("2026-09-15 03:00", "2026-09-15 05:00", "2026-09-15 23:59") == 1
    assert looks("2026-09-16 03:00") == 2


def test_what_an_office_was_shown_by_mistake_is_shown_no_more(client: IntakeClient) -> None:
    first, second = (
        client.asked(contact=request()["contact"] | {"phone": f"+7916000000{n}"}, programme=each)
        for n, each in enumerate(("service_member_care", "family_care"))
    )
    whole, part = first["family_id"], second["family_id"]
    client.do(HQ, f"/families/{part}/disclosures", DISCLOSURE)
    client.do(HQ, f"/families/{whole}/disclosures", DISCLOSURE | {"recipient": "D07"})
    client.do(HQ, f"/families/{whole}/merge", {"family_id": part, "reason": "same_people"})
    assert listed_to_office(client) == [whole]
    path, wrong = f"/families/{whole}/disclosures/end", {"recipient": "D05", "reason": "by_mistake"}
    for other in (OPERATOR, HQ_Y, OFFICE_D05, staff("CM-1", "case_manager"), BOT):
        assert client.post(other, path, wrong).status in (403, 404)

    client.wait(1)
    client.do(HQ, path, wrong)

    assert listed_to_office(client) == []
    assert client.get(OFFICE_D05, f"/cases/{second['case_id']}/office-view").status == 404
    (told,) = client.published("DisclosureEnded")
    assert (told["family_id"], told["district_id"]) == (whole, "D05")
    assert len(client.published("DisclosedToOffice")) == 2
    assert client.post(HQ, path, wrong).code == "office_is_shown_nothing"
    shown = client.get(HQ, f"/families/{whole}").json["disclosures"]
    now = client.world.events("intake.DisclosureEnded")[0]["time"]
    assert [(each["recipient"], each["until"] > now) for each in shown] == [
        ("D05", False),
        ("D07", True),
    ]
    client.do(HQ, f"/families/{whole}/disclosures", DISCLOSURE)
    assert listed_to_office(client) == [whole]


def test_an_office_sees_for_its_days_a_family_whose_case_is_closed(client: IntakeClient) -> None:
    """Who is sent to the office is shown to it, and its case is closed by that very decision."""
    asked = client.asked(district_id="D05")
    client.wait(1)
    later = client.asked(district_id="D05", programme="family_care")
    family = f"/families/{asked['family_id']}"
    client.do(HQ, f"{family}/disclosures", DISCLOSURE)

    def row() -> Any:
        (found,) = client.get(OFFICE_D05, "/shared-families").json["items"]
        return len(found["open_cases"]), (found["last_case"] or {}).get("case_id")

    assert row() == (2, None)
    for each in (later, asked):
        client.do(HQ, f"/cases/{each['case_id']}/withdraw", {"evidence": "written"})
    assert row() == (0, later["case_id"])
    assert client.get(OFFICE_D05, f"/cases/{later['case_id']}/office-view").status == 200
    # Another office may be told even so.
    client.wait(1)
    client.do(HQ, f"{family}/disclosures", DISCLOSURE | {"recipient": "D07"})
    other = staff("DO-7", "district_office", districts=("D07",))
    (seen,) = client.get(other, "/shared-families").json["items"]
    assert seen["last_case"]["programme"] == "family_care"
    client.wait(13.2)
    assert listed_to_office(client) == []
    assert len(client.get(other, "/shared-families").json["items"]) == 1
    client.do(HQ, f"{family}/erase", {"reason": "person_asked", "evidence": "written"})
    assert client.get(other, "/shared-families").json["items"] == []


def test_an_anonymous_family_may_say_later_who_it_is(client: IntakeClient) -> None:
    asked = client.asked(confidentiality="anonymous", contact=None, consents={})
    family = f"/families/{asked['family_id']}"
    contact = {"contact": request()["contact"], "evidence": "spoken_by_phone"}

    assert client.post(HQ, f"{family}/contact", contact).code == "no_consent_to_processing"
    for purpose in ("processing", "contact"):
        wish = {"purpose": purpose, "given": True, "evidence": "spoken_by_phone"}
        client.do(HQ, f"{family}/consents", wish)
    client.do(HQ, f"{family}/contact", contact)

    assert client.get(HQ, family).json["anonymous"] is False
    assert client.signed_in().id == asked["family_id"]


def test_a_family_whom_no_news_reaches_is_said_to_be_out_of_reach(client: IntakeClient) -> None:
    agreed = {"processing": True, "share_need_categories": True}
    silent = client.asked(consents=agreed)
    without = client.asked(consents=agreed, contact=None)
    client.asked(confidentiality="anonymous", contact=None, consents={})
    question = {"name": "Олег", "channel": "sms", "phone": "+79161234500"}
    client.asked(purpose="information", consents=agreed, contact=question)
    client.asked(consents=agreed)
    found = [(each["family_id"], each["forbidden"]) for each in published(client, "Unreachable")]
    assert found == [(silent["family_id"], True), (without["family_id"], False)]

    by_hand = {"evidence": "spoken_by_phone"}
    given = {"purpose": "contact", "given": True, **by_hand}
    moved = {"contact": question | {"phone": "+79161234511"}, **by_hand}
    for family in (silent, without):
        path = f"/families/{family['family_id']}"
        client.do(HQ, f"{path}/consents", given)
        client.do(HQ, f"{path}/contact", moved)
    assert [each["family_id"] for each in published(client, "Reachable")] == [
        silent["family_id"],
        without["family_id"],
    ]

    client.do(HQ, f"/families/{silent['family_id']}/consents", given | {"given": False})
    client.do(HQ, f"/cases/{silent['case_id']}/withdraw", by_hand)
    client.do(HQ, f"/cases/{silent['case_id']}/reopen", {"reason": "needs_returned", **by_hand})
    assert [each["family_id"] for each in published(client, "Unreachable")][2:] == [
        silent["family_id"]
    ] * 2


def published(client: IntakeClient, end: str) -> list[dict[str, Any]]:
    """What was published of being in reach."""
    return client.published(f"Family{end}")


def test_the_last_version_of_a_text_is_the_one_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    purpose = ConsentPurpose.CONTACT
    (first, *_) = consent_texts()[purpose]
    later = first.model_copy(update={"version": "2", "text": "Я разрешаю писать мне."})
    monkeypatch.setattr(repository, "consent_texts", lambda: {purpose: (first, later)})

    assert repository.text_in_force(purpose) == later
    assert repository.find_text(purpose, "1", "/text_version") == first
    assert first.hash != later.hash


def test_an_office_looks_at_no_case_of_who_is_forgotten(client: IntakeClient) -> None:
    asked = client.asked()
    view, family = f"/cases/{asked['case_id']}/office-view", f"/families/{asked['family_id']}"
    shown = {"recipient": "D05", "reason": "child_in_danger"}
    client.do(HQ, f"{family}/disclosures", shown)
    assert client.get(OFFICE_D05, view).status == 200

    client.do(HQ, f"{family}/erase", {"reason": "person_asked", "evidence": "written"})

    assert client.get(OFFICE_D05, view).status == 404
    assert client.get(OFFICE_D05, "/shared-families").json["items"] == []
