"""Who calls what in intake: requests, cases and families at every stage of their way."""

import json
from typing import Any

import pytest

from services.intake.telephony.repository import id_of
from shared.identity.devices import Devices, holder_of
from shared.principal import Principal
from tests.fuzz.callers import Caller
from tests.intake.api_client import (
    ASSISTANT,
    BOT,
    HQ,
    HQ_2,
    OFFICE_D05,
    OPERATOR,
    IntakeClient,
    request,
    staff,
)
from tests.intake.telephony import signed
from tests.support.world import World, at

PLACE = ("region", "district_id")
MARKER = {"long_term_need": True, "reason": "alone_with_children"}
CONTACT = {"name": "Анна", "channel": "sms", "phone": "+79167654321"}
FIRST_CALL = CONTACT | {"phone": "+79160000001"}
PROVIDER = {"region": "ZR", "name": "Центр «Семья»", "sector": "state", "services": ["other"]}
CORRECTED = {name: PROVIDER[name] for name in ("name", "sector", "services")}
SIGNED_IN = "+79160000031"
START = at("2026-09-14 10:00")


def callers(world: World, _: pytest.MonkeyPatch) -> dict[str, Caller]:
    """Seed intake and return a caller for every operation."""
    client = IntakeClient(world)
    received = client.received(contact=FIRST_CALL)
    review = client.in_review(contact=CONTACT | {"phone": "+79160000002"})
    waiting = client.waiting(contact=CONTACT | {"phone": "+79160000003"})
    once = client.in_review(contact=CONTACT | {"phone": "+79160000004"})
    client.do(HQ, f"/cases/{once}/triage", {"decision": "one_time"})
    given: dict[str, Any] = {"category": "goods_aid", "persons": 3, "legal_basis": "programme"}
    for persons in (3, 4):
        more = {"last": False, "again": True, "persons": persons}
        client.do(HQ, f"/cases/{once}/aids", given | more)
    aids = [aid["aid_id"] for aid in client.view(once)["aids"]]
    care = client.in_care(contact=CONTACT | {"phone": "+79160000005"})
    closed = client.received(contact=CONTACT | {"phone": "+79160000006"})
    by_phone = {"evidence": "spoken_by_phone"}
    client.do(HQ, f"/cases/{closed}/withdraw", by_phone)
    shown = {"purpose": "share_with_office", "given": True, "recipient": "D05"} | by_phone
    client.do(HQ, f"{client.of_family(review)}/consents", shown)
    provider, retiring = (str(client.do(HQ, "/providers", PROVIDER)["id"]) for _ in range(2))
    number = str(client.view(received)["number"])
    followed = client.asked(contact=CONTACT | {"phone": "+79160000007"})
    wrong = client.asked(contact=CONTACT | {"phone": "+79160000007"})
    note = {"request_id": followed["id"], "text": "Перезвонить"}
    added_to = f"/requests/{followed['id']}"
    client.do(OPERATOR, f"{added_to}/additions", {"text": "Ещё"})
    added = str(client.get(HQ, f"{added_to}/words").json["added"][0]["id"])
    notes = [str(client.do(OPERATOR, "/hand-overs", note)["id"]) for _ in range(2)]
    filing = str(client.do(ASSISTANT, "/filings", request(contact=FIRST_CALL))["id"])
    signed.connect(client)
    for call in range(2):
        signed.say(client, "ended", f"c-{call}", phone=f"+7916000100{call}")
    shown = client.get(OPERATOR, "/call-backs").json["items"]
    waiting_calls = [str(each["id"]) for each in shown]
    for each in waiting_calls:
        client.do(OPERATOR, f"/call-backs/{each}/claim")
    event = {"type": "hold", "call_id": "c-1", "at": "2026-09-14T06:00:00Z"}
    signature = signed.headers(json.dumps(event))
    named = {"number": followed["number"], "code": followed["code"]}
    link = str(client.do(HQ, f"/cases/{review}/links")["link"])
    new = {"add": [{"category": "animal_care", "text": "Собака болеет", "urgency": "urgent"}]}

    for person in range(2):
        theirs = client.received(contact=CONTACT | {"phone": f"+7916000004{person}"})
        client.do(HQ_2, f"/cases/{theirs}/take")
    one = client.received(contact=CONTACT | {"phone": "+79160000043"})
    client.do(staff("HQ-3", "regional_hq"), f"/cases/{one}/take")
    go = {"region": "ZR", "taken_from": "HQ-3", "taken_by": "HQ-1", "reason": "agreed"}
    transfer = str(client.do(HQ, "/caseload-transfers", go)["id"])
    asked = [
        str(
            client.asked(purpose="information", contact=CONTACT | {"phone": f"+7916000002{n}"})[
                "id"
            ]
        )
        for n in range(2)
    ]
    shown = {"recipient": "D07", "reason": "child_in_danger"}
    client.do(HQ, f"{client.of_family(care)}/disclosures", shown)
    asks = {"kind": "export"} | by_phone
    client.do(HQ, f"{client.of_family(care)}/person-requests", asks)
    families = {case: client.family(case) for case in (received, review, waiting, care, closed)}
    pair = client.asked(contact=CONTACT | {"phone": "+79160000031"}, programme="family_care")
    merged = {"family_id": pair["family_id"], "reason": "same_people"}
    client.do(HQ, f"/families/{families[review]}/merge", merged)
    version = client.get(HQ, f"/families/{families[waiting]}").json["version"]
    seen = {"If-Match": f'"{version}"'}

    def for_case(case: str, who: Principal = HQ, **more: Any) -> Caller:
        return Caller(who, {"case_id": case}, **more)

    def for_family(case: str, who: Principal = HQ, **more: Any) -> Caller:
        return Caller(who, {"family_id": families[case]}, **more)

    phones = {review: "+79160000002", care: "+79160000005"}
    people = {case: _signed_in(client, client.sign_in(phone)) for case, phone in phones.items()}

    def itself(case: str) -> dict[str, Any]:
        return {"who": people[case]}

    return _of_sign_ins(client) | {
        "show_reference": Caller(query={"region": "ZR"}),
        "submit_request": Caller(OPERATOR, body=request(), keep=PLACE),
        "submit_web_request": Caller(body=request(contact=FIRST_CALL), keep=PLACE),
        "register_ended_request": Caller(
            OPERATOR,
            body={"region": "ZR", "reason": "spam", "initiated_by": "self", "text": "Реклама"},
            keep=("region",),
        ),
        "list_requests": Caller(HQ, query={"region": "ZR"}),
        "list_cases": Caller(HQ, query={"region": "ZR"}),
        "count_cases": Caller(HQ, query={"region": "ZR"}),
        "view_figures": Caller(HQ, query={"region": "ZR", "year": "2026"}),
        "list_own_requests": Caller(OPERATOR),
        "list_providers": Caller(OPERATOR, query={"region": "ZR"}),
        "register_provider": Caller(HQ, body=PROVIDER, keep=("region",)),
        "get_provider": Caller(HQ, {"provider_id": provider}),
        "edit_provider": Caller(
            HQ, {"provider_id": provider}, body=CORRECTED, headers={"If-Match": '"1"'}
        ),
        "retire_provider": Caller(HQ, {"provider_id": retiring}),
        "get_request": Caller(HQ, {"request_id": asked[0]}),
        "get_request_words": Caller(HQ, {"request_id": asked[0]}),
        "open_case": Caller(HQ, {"request_id": asked[0]}),
        "transfer_caseload": Caller(
            HQ,
            body={
                "region": "ZR",
                "taken_from": "HQ-2",
                "taken_by": "HQ-1",
                "reason": "colleague_left",
            },
            keep=("region", "taken_from", "taken_by"),
        ),
        "list_transfers": Caller(HQ, query={"region": "ZR"}),
        "get_transfer": Caller(HQ, {"transfer_id": transfer}),
        "end_request": Caller(HQ, {"request_id": asked[1]}, body={"reason": "information_given"}),
        "get_case": for_case(received),
        "get_family": for_family(received),
        "get_timeline": for_family(care),
        "join_card_holder": for_family(received, body={"holder_ref": "A-17"}),
        "get_request_status": Caller(body=named, keep=("number", "code")),
        "renew_request_code": Caller(HQ, {"request_id": asked[0]}, body=by_phone),
        "find_caller": Caller(OPERATOR, body={"region": "ZR", "phone": FIRST_CALL["phone"]}),
        "find_requests": Caller(
            OPERATOR, body={"region": "ZR", "number": followed["number"]}, keep=("number",)
        ),
        "read_back": Caller(OPERATOR, {"request_id": followed["id"]}),
        "add_to_request": Caller(
            OPERATOR, {"request_id": followed["id"]}, body={"needs": new["add"], "text": "Ещё"}
        ),
        "withdraw_addition": Caller(
            OPERATOR,
            {"request_id": followed["id"], "addition_id": added},
            body={"reason": "other_family"},
        ),
        "mend_request": Caller(
            OPERATOR,
            {"request_id": followed["id"]},
            body={"urgency": "urgent", "district_id": "D02", "contact": CONTACT},
            keep=("district_id",),
        ),
        "disown_request": Caller(HQ, {"request_id": wrong["id"]}),
        "leave_note": Caller(
            OPERATOR,
            body={"request_id": followed["id"], "text": "Перезвонить", "urgency": "urgent"},
            keep=("request_id",),
        ),
        "list_notes": Caller(OPERATOR, query={"region": "ZR"}),
        "get_note": Caller(OPERATOR, {"hand_over_id": notes[0]}),
        "take_note": Caller(OPERATOR, {"hand_over_id": notes[0]}),
        "finish_note": Caller(OPERATOR, {"hand_over_id": notes[1]}),
        "file_request": Caller(
            ASSISTANT, body=request(contact=CONTACT | {"phone": "+79160000008"}), keep=PLACE
        ),
        "list_filings": Caller(ASSISTANT),
        "get_filing": Caller(ASSISTANT, {"request_id": filing}),
        "list_shared_families": Caller(OFFICE_D05, query={"region": "ZR", "district_id": "D05"}),
        "take_telephony_event": Caller(
            signed=True, path={"provider": "pbx"}, body=event, headers=signature
        ),
        "take_named_event": Caller(
            signed=True, path={"provider": "pbx", "kind": "call"}, body=event, headers=signature
        ),
        "take_event_of_part": Caller(
            signed=True,
            path={"provider": "pbx", "kind": "record", "part": "added"},
            body=event,
            headers=signature,
        ),
        "list_live_calls": Caller(OPERATOR, query={"region": "ZR"}),
        "list_call_backs": Caller(OPERATOR, query={"region": "ZR"}),
        "get_call_back": Caller(OPERATOR, {"call_back_id": waiting_calls[0]}),
        "get_call_back_phone": Caller(OPERATOR, {"call_back_id": waiting_calls[0]}),
        "report_broken_call": Caller(OPERATOR, {"call_id": id_of("pbx", "c-0")}),
        "claim_call_back": Caller(OPERATOR, {"call_back_id": waiting_calls[0]}),
        "record_attempt": Caller(
            OPERATOR, {"call_back_id": waiting_calls[1]}, body={"result": "reached"}
        ),
        "get_request_by_number": Caller(OPERATOR, {"number": number}),
        "get_history": for_case(care),
        "get_contact": for_case(received),
        "get_office_view": for_case(review, OFFICE_D05),
        "take_case": for_case(received),
        "take_over_case": for_case(
            waiting, HQ_2, body={"taken_from": HQ.id, "reason": "agreed"}, keep=("taken_from",)
        ),
        "clarify_needs": for_case(review, body=new | {"confirm": client.needs(review)}),
        "triage_case": for_case(review, body={"decision": "redirect", "provider_id": provider}),
        "require_care": for_case(review, body=MARKER),
        "lift_care": for_case(waiting, body={"reason": "not_needed"}),
        "record_aid": for_case(
            once,
            body={
                "category": "goods_aid", "persons": 3, "legal_basis": "programme",
                "provider_id": provider, "last": True,
            },
            keep=("provider_id",),
        ),
        "correct_aid": Caller(
            HQ,
            {"case_id": once, "aid_id": aids[0]},
            body=given | {"persons": 2, "reason": "written_down_wrong", "provider_id": provider},
            keep=("provider_id",),
        ),
        "withdraw_aid": Caller(
            HQ, {"case_id": once, "aid_id": aids[1]}, body={"reason": "recorded_twice"}
        ),
        "record_outcome": for_case(
            care,
            body={
                "outcome": "partial_stability", "needs_met": client.needs(care)[:1],
                "note": "Стало легче",
            },
        ),
        "get_own_case": for_case(care, **itself(care)),
        "ask_as_person": for_family(
            received, body={"kind": "objection"} | by_phone, keep=("evidence",)
        ),
        "answer_person": Caller(
            HQ, {"family_id": families[care], "kind": "export"}, body={"answer": "done"}
        ),
        "list_consent_texts": Caller(),
        "disclose_to_office": for_family(
            care, body={"recipient": "D05", "reason": "required_by_law"}
        ),
        "end_disclosure": for_family(care, body={"recipient": "D07", "reason": "by_mistake"}),
        "list_own_cases": Caller(people[care]),
        "correct_needs": for_case(review, body=new, **itself(review)),
        "change_consent": for_family(
            care,
            body={"purpose": "contact", "given": False, "form": "spoken"} | by_phone,
            keep=("evidence",),
        ),
        "replace_contact": for_family(
            care, body={"contact": CONTACT} | by_phone, keep=("evidence",)
        ),
        "get_overview": for_family(care),
        "list_taken_cases": Caller(staff("CM-1", "case_manager"), query={"region": "ZR"}),
        "list_own_consultations": Caller(staff("SP-1", "specialist")),
        "list_own_measures": Caller(staff("PR-1", "provider_rep", org=provider)),
        "list_alike_families": Caller(HQ, query={"region": "ZR"}),
        "list_duplicates": for_family(received),
        "merge_families": for_family(
            received, body={"family_id": families[closed], "reason": "same_people"},
            keep=("family_id",),
        ),
        "undo_merge": for_family(
            review, body={"family_id": pair["family_id"], "reason": "merged_by_mistake"},
            keep=("family_id",),
        ),
        "mark_different": for_family(
            received, body={"family_id": families[care]}, keep=("family_id",)
        ),
        "correct_family": for_family(
            waiting, body={"groups": ["large"], "reason": "learnt_later"}, keep=("reason",),
            headers=seen,
        ),
        "correct_own_family": Caller(body={"motivated": True, "link": link}, keep=("link",)),
        "withdraw_case": for_case(
            received, body={"reason": "found_help"} | by_phone, keep=("evidence",)
        ),
        "reopen_case": for_case(
            closed, body={"reason": "needs_returned"} | by_phone, keep=("evidence",)
        ),
        "export_person": for_family(care, **itself(care)),
        "list_readings": for_family(care, **itself(care)),
        "erase_person": for_family(
            closed, body={"reason": "person_asked"} | by_phone, keep=("evidence",)
        ),
        "issue_family_link": for_case(review),
        "open_own_case": Caller(body={"link": link}, keep=("link",)),
        "export_own_case": Caller(body={"link": link}, keep=("link",)),
        "list_own_readings": Caller(body={"link": link, "limit": 2}, keep=("link",)),
        "correct_own_needs": Caller(body=new | {"link": link}, keep=("link",)),
        "change_own_consent": Caller(
            body={"purpose": "contact", "given": False, "link": link}, keep=("link",)
        ),
        "withdraw_own_case": Caller(
            body={"reason": "found_help", "link": link}, keep=("link",)
        ),
    }  # fmt: skip


def _signed_in(client: IntakeClient, tokens: dict[str, Any]) -> Principal:
    """Whoever holds these tokens; the time of the world stands still, so no token is good."""
    with client.world.service("intake"):
        return holder_of(Devices.connect().get(tokens["device_id"]))


def _of_sign_ins(client: IntakeClient) -> dict[str, Caller]:
    number = client.asked(contact=CONTACT | {"phone": SIGNED_IN})["number"]
    tokens, chat = client.sign_in(SIGNED_IN), client.bind(phone=SIGNED_IN).json
    asked = str(client.ask_for_code(SIGNED_IN).json["id"])
    client.received(contact=CONTACT | {"phone": "+79160000032"})
    binding = client.do_asked(BOT, "chat-3", "+79160000032")
    family = _signed_in(client, tokens)
    return {
        "request_code": Caller(body={"contact": "+79160000033"}, keep=("contact",)),
        "exchange_code": Caller(
            path={"sign_in_id": asked},
            body={"code": client.code_of(asked), "device": "phone", "number": number},
            keep=("code", "number"),
        ),
        "renew_tokens": Caller(
            body={"refresh_token": tokens["refresh_token"]}, keep=("refresh_token",)
        ),
        "request_binding": Caller(
            BOT, body={"contact": "+79160000033", "chat": "chat-2"}, keep=("contact", "chat")
        ),
        "bind_chat": Caller(
            BOT, {"sign_in_id": binding}, body={"code": client.code_of(binding)}, keep=("code",)
        ),
        "renew_chat": Caller(BOT, {"device_id": str(chat["device_id"])}),
        "list_devices": Caller(family),
        "revoke_device": Caller(family, {"device_id": tokens["device_id"]}),
    }
