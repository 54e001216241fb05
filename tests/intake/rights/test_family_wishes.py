"""A family's own hand on its case: through a bot, a link, or headquarters with evidence."""

from dataclasses import replace
from typing import Any

import pytest

from shared.messaging.template_variables import declared
from shared.principal import Principal
from tests.intake.api_client import (
    BOT,
    HQ,
    HQ_Y,
    NAME,
    OFFICE_D05,
    OPERATOR,
    PHONE,
    REP,
    WORDS,
    IntakeClient,
    request,
    staff,
)

PETS: dict[str, Any] = {"add": [{"category": "animal_care", "text": "Две козы"}]}


def bot_for(client: IntakeClient, case: str) -> Any:
    """A bot that has proved the family of a case."""
    client.bind()
    return client.api(BOT).with_(Ryadom_On_Behalf_Of=client.family(case))


def test_a_bot_that_proved_the_family_acts_for_it_and_for_no_other(client: IntakeClient) -> None:
    mine, other = client.received(), client.received(contact=None)
    bot = bot_for(client, mine)

    assert bot.post(f"/cases/{mine}/corrections", PETS, key="b1").status == 200
    own = bot.get(f"/cases/{mine}/own").json
    assert {words["text"] for words in own["words"]} == {WORDS, "Две козы"}
    assert bot.get(f"/cases/{other}/own").status == 404
    assert bot.post(f"/cases/{other}/corrections", PETS, key="b2").status == 404
    assert bot.get(f"/cases/{mine}/contact").status == 403
    entry = client.get(HQ, f"/cases/{mine}/history").json["items"][-1]
    assert (entry["by"], entry["role"], entry["for_whom"]) == (
        "bot-1",
        "family",
        client.family(mine),
    )


@pytest.mark.requirement("X-05")
def test_a_bot_that_is_not_bound_or_of_another_region_does_nothing(client: IntakeClient) -> None:
    case = client.received()
    family = client.family(case)
    deeds: tuple[tuple[str, dict[str, Any]], ...] = (
        (f"/cases/{case}/corrections", PETS),
        (f"/cases/{case}/withdraw", {}),
        (f"/families/{family}/consents", {"purpose": "contact", "given": False}),
        (f"/families/{family}/erase", {"reason": "person_asked"}),
    )

    def refused(bot: Principal) -> None:
        api = client.api(bot).with_(Ryadom_On_Behalf_Of=family)
        reads = [api.get(f"/families/{family}/export"), api.get(f"/cases/{case}/own")]
        done = [api.post(path, body, key=f"f-{bot.regions}-{path}") for path, body in deeds]
        assert {answer.status for answer in (*reads, *done)} == {403}

    refused(BOT)
    client.bind()
    for regions in (("YY",), ()):
        refused(replace(BOT, regions=regions))
    assert client.view(case)["status"] == "received"
    assert client.published("FamilyErased") == []


def test_headquarters_says_how_it_knows_the_familys_wish(client: IntakeClient) -> None:
    case = client.received()

    bare = client.post(HQ, f"/cases/{case}/corrections", PETS)
    assert (bare.status, bare.code) == (422, "evidence_required")

    client.do(HQ, f"/cases/{case}/corrections", PETS | {"evidence": "spoken_by_phone"})
    entries = [row for row in client.world.rows("intake-audit") if "evidence" in row]
    assert entries[-1]["evidence"]["S"] == "spoken_by_phone"
    assert entries[-1]["on_behalf_of"]["S"] == client.family(case)
    assert entries[-1]["actor"]["S"] == "HQ-1"


def test_a_link_shows_the_own_case_and_is_used_up_by_one_change(client: IntakeClient) -> None:
    case = client.received()
    link = client.link(case)

    own = client.post(None, "/own-case", {"link": link})
    assert own.status == 200
    assert own.json["id"] == case
    assert own.json["words"][0]["text"] == WORDS
    client.do(None, "/own-case/corrections", PETS | {"link": link})
    again = client.post(None, "/own-case/corrections", PETS | {"link": link})
    assert (again.status, again.code) == (410, "link_already_used")
    for path in ("/own-case", "/own-case/export"):
        read = client.post(None, path, {"link": link})
        assert (read.status, read.code) == (410, "link_already_used")
    assert len(client.view(case)["needs"]) == 3

    allowed = {"purpose": "contact", "given": False}
    for path, body in (("/consents", allowed), ("/family", {"motivated": True}), ("/withdraw", {})):
        used = {"link": client.link(case)}
        client.do(None, f"/own-case{path}", {**body, **used})
        assert client.post(None, "/own-case", used).code == "link_already_used"
    assert client.view(case)["status"] == "closed"
    # Whoever finds a used link learns nothing by it, not even that the case is over.
    for path, body in (("/withdraw", {}), ("/corrections", PETS), ("/consents", allowed)):
        found = client.post(None, f"/own-case{path}", {**body, **used})
        assert (found.status, found.code) == (410, "link_already_used"), path
    key, fresh = "the-same", {"link": client.link(client.received())}
    first, again = (client.post(None, "/own-case/withdraw", fresh, key=key) for _ in range(2))
    assert (first.status, again.status, again.json) == (200, 200, first.json)


def test_a_spoilt_foreign_or_old_link_opens_nothing(client: IntakeClient) -> None:
    case = client.received()

    copied_with_its_sentence = {"link": f" {client.link(case)}.\n"}
    assert client.post(None, "/own-case", copied_with_its_sentence).status == 200
    for link in (client.link(case)[:-2] + "xx", "ryl_nothing", client.old_link(case)[:-2] + "xx"):
        answer = client.post(None, "/own-case", {"link": link})
        assert (answer.status, answer.code) == (422, "bad_link")
    deeds: dict[str, dict[str, Any]] = {
        "": {}, "/export": {}, "/access-log": {}, "/corrections": PETS, "/withdraw": {},
        "/consents": {"purpose": "contact", "given": False}, "/family": {"motivated": True},
    }  # fmt: skip
    for path, body in deeds.items():
        old = client.post(None, f"/own-case{path}", {"link": client.old_link(case)} | body)
        assert (old.status, old.code) == (410, "link_expired")
        assert [step["action"] for step in old.json["next_steps"]] == ["ask_for_new_link"]


def test_a_consent_is_given_and_taken_back_through_a_link(client: IntakeClient) -> None:
    case = client.received(consents={"processing": True})

    wish = {"purpose": "contact", "given": True}
    client.do(None, "/own-case/consents", wish | {"link": client.link(case)})
    held = {
        c["purpose"]: c for c in client.view(case)["family"]["consents"] if not c["withdrawn_at"]
    }
    assert held["contact"]["form"] == "online"

    wish["given"] = False
    client.do(None, "/own-case/consents", wish | {"link": client.link(case)})
    assert [
        c["purpose"] for c in client.view(case)["family"]["consents"] if not c["withdrawn_at"]
    ] == ["processing"]


@pytest.mark.parametrize(
    ("consent", "code"),
    [
        ({"purpose": "share_with_office", "given": True}, "recipient_required"),
        ({"purpose": "contact", "given": True, "recipient": "D05"}, "recipient_not_expected"),
        (
            {"purpose": "share_with_office", "given": True, "recipient": "D99"},
            "unknown_district",
        ),
    ],
)
def test_only_a_consent_for_an_office_names_a_recipient(
    client: IntakeClient, consent: dict[str, Any], code: str
) -> None:
    case = client.received()

    answer = client.post(
        HQ, f"{client.of_family(case)}/consents", consent | {"evidence": "written"}
    )

    assert (answer.status, answer.code) == (422, code)


@pytest.mark.requirement("X-13")
def test_consent_to_share_taken_back_ends_the_search(client: IntakeClient) -> None:
    case = client.waiting()

    wish = {"purpose": "share_need_categories", "given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"{client.of_family(case)}/consents", wish)

    assert client.view(case)["status"] == "in_review"
    assert [event["reason"] for event in client.published("CareRequirementLifted")] == [
        "consent_withdrawn"
    ]


@pytest.mark.requirement("X-13")
def test_consent_to_share_taken_back_ends_an_open_proposal_too(client: IntakeClient) -> None:
    case = client.introduced()

    wish = {"purpose": "share_need_categories", "given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"{client.of_family(case)}/consents", wish)

    view = client.view(case)
    assert (view["status"], view["match"], view["care"]) == ("in_review", None, None)
    (lifted,) = client.published("CareRequirementLifted")
    assert (lifted["case_id"], lifted["reason"]) == (case, "consent_withdrawn")
    assert client.get(REP, f"/cases/{case}/contact").status == 404
    client.hear(client.started(case))
    assert client.view(case)["status"] == "in_review"


@pytest.mark.requirement("X-13")
def test_consent_to_share_taken_back_in_care_leaves_the_care(client: IntakeClient) -> None:
    case = client.in_care()

    wish = {"purpose": "share_need_categories", "given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"{client.of_family(case)}/consents", wish)

    assert client.view(case)["status"] == "in_care"
    assert client.published("CareRequirementLifted") == []


@pytest.mark.requirement("X-13")
def test_a_person_gets_everything_and_can_be_forgotten_for_good(client: IntakeClient) -> None:
    case = client.in_care()
    family = client.of_family(case)
    exported = client.get(HQ, f"{family}/export").json
    assert [each["phone"] for each in exported["contacts"]] == [PHONE]
    assert [each["text"] for each in exported["requests"]] == ["Муж далеко, одной тяжело"]
    (kept,) = exported["cases"]
    assert kept["needs"][0]["text"] == WORDS
    assert len(kept["history"]) > 5
    assert exported["timeline"][0]["kind"] == "request"
    vault = [row for row in client.world.rows("intake-data") if row["pk"]["S"].startswith("VAULT")]
    assert vault

    wish = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"{family}/erase", wish)

    assert client.get(HQ, f"/cases/{case}/contact").json["contact"] is None
    (key,) = client.world.rows("intake-keys")
    assert "wrapped" not in key
    left = [row["pk"]["S"] for row in client.world.rows("intake-data")]
    assert not [key for key in left if key.startswith("CONTACT#")]
    view = client.view(case)
    assert view["status"] == "closed"
    assert [need["category"] for need in view["needs"]] == ["household_help", "repair_work"]
    assert [event["reason"] for event in client.published("CaseClosed")] == ["erased"]
    assert [event["family_id"] for event in client.published("FamilyErased")] == [
        family.removeprefix("/families/")
    ]
    again = client.post(HQ, f"{family}/erase", wish)
    assert (again.status, again.json["status"]) == (200, "erased")
    reopened = client.post(
        HQ, f"/cases/{case}/reopen", {"reason": "new_request", "evidence": "written"}
    )
    assert (reopened.status, reopened.code) == (409, "person_was_erased")
    assert client.post(HQ, f"/cases/{case}/links").code == "person_was_erased"
    assert client.received() != case
    assert len(client.published("FamilyErased")) == 1


@pytest.mark.requirement("X-13")
def test_a_person_is_forgotten_everywhere_also_long_after_the_case_was_closed(
    client: IntakeClient,
) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    client.do(
        HQ, f"{client.of_family(case)}/erase", {"reason": "person_asked", "evidence": "written"}
    )

    assert len(client.published("CaseClosed")) == 1
    (forgotten,) = client.published("FamilyErased")
    assert set(forgotten) == {"region", "programme", "family_id"}


@pytest.mark.requirement("X-13")
def test_processing_taken_back_forgets_the_person(client: IntakeClient) -> None:
    case = client.received()

    wish = {"purpose": "processing", "given": False, "link": client.link(case)}
    client.do(None, "/own-case/consents", wish)

    assert client.get(HQ, f"/cases/{case}/contact").json["contact"] is None
    assert client.published("CaseClosed")[0]["reason"] == "consent_withdrawn"


@pytest.mark.requirement("X-13")
def test_every_reading_of_a_contact_is_recorded_before_it_happens(client: IntakeClient) -> None:
    case = client.received()
    before = len(readings(client, case))

    client.get(HQ, f"/cases/{case}/contact")

    entries = readings(client, case)[before:]
    assert {entry["actor"]["S"] for entry in entries} == {"HQ-1"}
    assert {entry["purpose"]["S"] for entry in entries} == {"help_family"}
    assert any(entry["record"]["S"].startswith("cnt_") for entry in entries)


def test_who_has_read_what_is_shown_page_by_page_to_the_family_and_its_headquarters(
    client: IntakeClient,
) -> None:
    case = client.received()
    second = {"name": "Пётр", "channel": "sms", "phone": "+79161234568"}
    other = client.received(contact=second, programme="family_care")
    family, link = client.of_family(case), client.link(case)
    path, cursor = f"{family}/access-log", dict[str, str]()
    for each in (case, other, case, other):
        client.get(HQ, f"/cases/{each}/contact")
    merge = {"family_id": client.family(other), "reason": "papers_agree"}
    client.do(HQ, f"{family}/merge", merge)
    exported = client.get(HQ, f"{family}/export").json["access_log"]
    assert [each["at"] for each in exported] == sorted(each["at"] for each in exported)

    seen = list[Any]()
    while not seen or cursor:
        page = client.get(HQ, path, limit="3", **cursor).json
        seen += page["items"]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
    looks = [each for each in seen if each["purpose"] == "show_access_log"]
    assert len(looks) == 1
    told = [each for each in reversed(seen) if each not in looks]
    assert sorted(map(str, told)) == sorted(map(str, exported))
    for stranger in (OPERATOR, REP, OFFICE_D05):
        assert client.get(stranger, path).status == 404
    assert client.get(HQ_Y, path).status == 404

    client.wait(1)
    me = client.signed_in()
    client.wait(1)
    client.get(HQ, path)
    first = client.get(me, path, limit="1").json
    assert first["items"][0]["purpose"] == "show_access_log"
    second = client.get(me, path, limit="1", cursor=first["next_cursor"]).json["items"]
    assert second != first["items"]
    foreign = client.get(HQ, path, cursor=first["next_cursor"])
    assert foreign.code == "bad_cursor"
    assert (foreign.json["errors"][0]["in"], foreign.json["errors"][0]["pointer"]) == (
        "query", "/cursor",
    )  # fmt: skip
    by_link = client.post(None, "/own-case/access-log", {"link": link, "limit": 1}, key=None).json
    more = {"link": link, "limit": 1, "cursor": by_link["next_cursor"]}
    rest = client.post(None, "/own-case/access-log", more, key=None).json
    assert by_link["items"] != rest["items"] and rest["next_cursor"]
    client.do(None, "/own-case/withdraw", {"link": link})
    assert client.post(None, "/own-case/access-log", {"link": link}, key=None).status == 410


def readings(client: IntakeClient, case: str) -> list[Any]:
    """The audit entries of reading the data of a case's family."""
    rows, family = client.world.rows("intake-audit"), client.family(case)
    return [row for row in rows if row["pk"]["S"] == family and row["sk"]["S"].startswith("READ#")]


def test_an_anonymous_family_may_say_later_who_it_is(client: IntakeClient) -> None:
    case = client.in_review(confidentiality="anonymous", contact=None, consents={})
    family, by_phone = client.of_family(case), {"evidence": "spoken_by_phone"}
    marker = {"long_term_need": True, "reason": "illness"}
    for purpose in ("processing", "share_need_categories"):
        consent = {"purpose": purpose, "given": True} | by_phone
        client.do(HQ, f"{family}/consents", consent)
    refused = client.post(HQ, f"/cases/{case}/care-requirement", marker)
    assert (refused.status, refused.code) == (409, "family_is_anonymous")

    contact = {"name": NAME, "channel": "sms", "phone": PHONE}
    client.do(HQ, f"{family}/contact", {"contact": contact} | by_phone)

    assert client.do(HQ, f"/cases/{case}/care-requirement", marker)["status"] == "care_required"
    assert client.received() == case


def test_a_closed_case_is_reopened_with_the_request_that_caused_it(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    question = client.asked(purpose="information")["id"]
    foreign = client.asked(contact=None)["id"]

    for linked in (foreign, "req_01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        body = {"reason": "new_request", "linked_request": linked, "evidence": "written"}
        refused = client.post(HQ, f"/cases/{case}/reopen", body)
        assert (refused.status, refused.code) == (422, "unknown_request")
    body = {"reason": "new_request", "linked_request": question, "evidence": "written"}
    assert client.post(OPERATOR, f"/cases/{case}/reopen", body).status == 403
    assert client.do(HQ, f"/cases/{case}/reopen", body)["status"] == "in_review"
    assert [event["reason"] for event in client.published("CaseReopened")] == ["new_request"]


def test_a_closed_case_stays_closed_while_another_of_its_programme_is_open(
    client: IntakeClient,
) -> None:
    closed = client.received()
    client.do(HQ, f"/cases/{closed}/withdraw", {"evidence": "written"})
    client.received()

    refused = client.post(HQ, f"/cases/{closed}/reopen", {"reason": "closed_by_mistake"})

    assert (refused.status, refused.code) == (409, "family_has_open_case")
    client.received(programme="family_care")
    assert client.view(closed)["status"] == "closed"


def audit(client: IntakeClient, case: str, action: str) -> Any:
    """The audit entry of one command on a case."""
    rows = client.world.rows("intake-audit")
    (found,) = [
        {name: value["S"] for name, value in row.items() if "S" in value}
        for row in rows
        if case in row["pk"]["S"] and row.get("action", {}).get("S") == action
    ]
    return found


def test_headquarters_reopens_by_itself_or_by_the_familys_wish(client: IntakeClient) -> None:
    own, wished = client.received(), client.received(contact=None)
    for case in (own, wished):
        client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    bare = client.post(HQ, f"/cases/{own}/reopen", {"reason": "needs_returned"})
    assert (bare.status, bare.code) == (422, "evidence_required")
    client.do(HQ, f"/cases/{own}/reopen", {"reason": "closed_by_mistake"})
    wish = {"reason": "needs_returned", "evidence": "spoken_by_phone"}
    client.do(HQ, f"/cases/{wished}/reopen", wish)
    told = client.received(contact=None)
    client.do(HQ, f"/cases/{told}/withdraw", {"evidence": "written"})
    mistake = {"reason": "closed_by_mistake", "evidence": "written"}
    client.do(HQ, f"/cases/{told}/reopen", mistake)
    assert audit(client, told, "reopen_case")["evidence"] == "written"

    by_itself, for_family = (audit(client, case, "reopen_case") for case in (own, wished))
    assert "evidence" not in by_itself
    assert "on_behalf_of" not in by_itself
    family = client.family(wished)
    assert (for_family["evidence"], for_family["on_behalf_of"]) == ("spoken_by_phone", family)
    assert (by_itself["reason"], for_family["reason"]) == ("closed_by_mistake", "needs_returned")
    for case, for_whom in ((own, None), (wished, family)):
        entry = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
        assert (entry["what"], entry["for_whom"]) == ("reopened", for_whom)


def test_a_family_reopens_its_case_through_a_bot(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    wish = {"reason": "needs_returned"}
    assert bot_for(client, case).post(f"/cases/{case}/reopen", wish, key="b1").status == 200

    assert audit(client, case, "reopen_case")["actor"] == "bot-1"


@pytest.mark.requirement("X-13")
def test_the_audit_keeps_why_a_person_was_forgotten(client: IntakeClient) -> None:
    asked, withdrawn = client.received(), client.received(contact=None)

    for case, reason in ((asked, "person_asked"), (withdrawn, "consent_withdrawn")):
        client.do(HQ, f"{client.of_family(case)}/erase", {"reason": reason, "evidence": "written"})
        assert audit(client, client.family(case), "erase_person")["reason"] == reason

    reasons = [event["reason"] for event in client.published("CaseClosed")]
    assert reasons == ["erased", "erased"]


def ask(
    client: IntakeClient, case: str, template: str = "request_received_family", **more: Any
) -> Any:
    """What notifications asks before it sends."""
    item = {"reference": case, "event_id": "evt_1", "template": template} | more
    (found,) = client.world.call("intake", "resolve_recipients", {"items": [item]})["recipients"]
    return found


def test_a_message_gets_the_contact_and_exactly_its_variables(client: IntakeClient) -> None:
    case = client.received()

    found = ask(client, case)

    assert (found["channel"], found["address"]) == ("sms", PHONE)
    assert found["variables"] == {"first_name": NAME, "number": client.view(case)["number"]}
    assert ask(client, case, "care_started_family")["variables"] == {"first_name": NAME}
    assert ask(client, case, avoid=["sms"])["channel"] == "phone_task"
    assert len(readings(client, case)) == 3


def test_a_message_names_the_number_of_what_it_is_about(client: IntakeClient) -> None:
    first = client.asked()
    second = client.asked()

    for asked in (first, second):
        assert ask(client, asked["id"])["variables"]["number"] == asked["number"]
        assert ask(client, asked["case_id"])["variables"]["number"] == first["number"]
    assert ask(client, first["family_id"], "care_started_family")["address"] == PHONE
    assert ask(client, first["family_id"])["refused"] == "undeclared_variables"


def test_a_family_has_a_value_for_all_that_any_template_names(client: IntakeClient) -> None:
    case = client.received()

    for template, named in declared("intake").items():
        if template != "sign_in_requested_family":  # a code has a reference of its own
            assert ask(client, case, template)["variables"].keys() == named


def test_whoever_may_not_be_reached_is_refused_with_a_reason(client: IntakeClient) -> None:
    silent = client.received(consents={"processing": True})
    anonymous = client.received(confidentiality="anonymous", contact=None, consents={})
    reached = client.received(contact={"name": NAME, "channel": "sms", "phone": "+79161234568"})
    client.do(
        HQ, f"{client.of_family(reached)}/erase", {"reason": "person_asked", "evidence": "written"}
    )

    assert ask(client, silent)["refused"] == "no_consent"
    assert ask(client, anonymous)["refused"] == "no_channel"
    assert ask(client, reached)["refused"] == "erased"
    assert ask(client, "cas_unknown")["refused"] == "not_found"
    assert ask(client, silent, "unheard_of")["refused"] == "unknown_template"


def test_federal_headquarters_never_sees_a_family(client: IntakeClient) -> None:
    case = client.waiting()
    federal = staff("FH-1", "federal_hq", "*")

    for path in ("", "/contact", "/history"):
        assert client.get(federal, f"/cases/{case}{path}").status == 404
    for path in ("", "/timeline", "/export"):
        assert client.get(federal, f"{client.of_family(case)}{path}").status == 404
    assert client.get(federal, "/requests", region="ZR").status == 403
    assert client.get(federal, "/cases", region="ZR").status == 403


def test_no_command_is_larger_than_a_transaction_may_be(client: IntakeClient) -> None:
    words = "Слово " * 80
    most = [{"category": "other", "text": words} for _ in range(10)]
    sizes: list[int] = []
    write = client.world.dynamodb.transact_write_items

    def measured(**call: Any) -> Any:
        sizes.append(len(call["TransactItems"]))
        return write(**call)

    client.world.dynamodb.transact_write_items = measured  # type: ignore[method-assign]
    groups = {"groups_sensitive": ["parental_dependency"]}
    everything = {"needs": most, "external_ref": {"system": "onf", "id": "1"}, "family": groups}
    case = client.received(**everything)
    registration = max(sizes)
    client.do(HQ, f"/cases/{case}/take")
    needs = client.needs(case)
    rewritten = [{"need_id": need, "text": words} for need in needs]
    client.do(HQ, f"/cases/{case}/needs", {"add": most, "change": rewritten})
    marker = {"long_term_need": True, "reason": "illness"}
    client.do(HQ, f"/cases/{case}/care-requirement", marker)
    client.do(None, "/own-case/corrections", {"add": most, "link": client.link(case)})
    client.get(HQ, f"/cases/{case}/contact")
    client.do(
        HQ, f"{client.of_family(case)}/erase", {"reason": "person_asked", "evidence": "written"}
    )

    assert registration == 15
    assert max(sizes) == 15


def test_a_call_is_repeated_safely_while_the_case_moves_on(client: IntakeClient) -> None:
    case = client.received()
    first = client.post(HQ, f"/cases/{case}/take", key="once")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})

    again = client.post(HQ, f"/cases/{case}/take", key="once")

    assert again.json == first.json
    client.post(OPERATOR, "/requests", request(), key="call")
    assert client.post(OPERATOR, "/requests", request(text="x"), key="call").status == 422
