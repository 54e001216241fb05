"""Requests, cases, families, call-backs and notes offer each caller what succeeds."""

from collections.abc import Callable
from typing import Any

import pytest

from services.intake.families.values import MAX_CARD_HOLDERS, MAX_JOINED
from shared import ids
from shared.principal import Principal
from tests.intake.api_client import (
    BOT,
    HQ,
    HQ_2,
    HQ_Y,
    OPERATOR,
    IntakeClient,
    request,
    staff,
)
from tests.intake.call_backs.test_api import missed
from tests.intake.telephony import signed
from tests.support.offered_steps import Trial

COLLEAGUE = staff("OP-2", "hotline_operator")
CM, CM_2 = staff("CM-1", "case_manager"), staff("CM-2", "case_manager")
LEAD = staff("HQ-L", "regional_hq")
WRITTEN = {"evidence": "written"}
FOOD = {"add": [{"category": "food_aid"}]}
ERASED = {"reason": "person_asked"} | WRITTEN
OTHER_PHONE = dict(request()["contact"]) | {"phone": "+79160000003"}


def check(client: IntakeClient, callers: tuple[Principal, ...], *about: Any, **more: Any) -> int:
    """Try each step as each caller; return who sees the thing."""
    return Trial(client.world, *about, **more).check(*(client.api(each) for each in callers))


# Requests ---------------------------------------------------------------------------------

QUESTION = {"purpose": "information", "needs": []}


def long_one(client: IntakeClient) -> str:
    """One with more records of words than one commit forgets."""
    client.asked()
    asked = str(client.asked(text="Это Ольга")["id"])
    for number in range(8):
        client.do(OPERATOR, f"/requests/{asked}/additions", {"text": f"Ещё {number}"})
    return asked


def full(client: IntakeClient) -> str:
    asked = str(client.asked(**QUESTION)["id"])
    for number in range(10):
        client.do(OPERATOR, f"/requests/{asked}/additions", {"text": f"Ещё {number}"})
    return asked


def of_forgotten(client: IntakeClient) -> str:
    asked = client.asked()
    client.do(HQ, f"/families/{asked['family_id']}/erase", ERASED)
    return str(asked["id"])


def ended(client: IntakeClient) -> str:
    asked = str(client.asked(**QUESTION)["id"])
    client.do(OPERATOR, f"/requests/{asked}/end", {"reason": "information_given"})
    return asked


def of_merged(client: IntakeClient) -> str:
    """The one by which a family is known that is part of another record now."""
    first = client.asked()
    second = client.asked(contact=OTHER_PHONE, **QUESTION)
    body = {"family_id": second["family_id"], "reason": "same_people"}
    client.do(HQ, f"/families/{first['family_id']}/merge", body)
    return str(second["id"])


def seen_by_hq(client: IntakeClient, asked: Any) -> str:
    client.do(HQ, f"/cases/{asked['case_id']}/take")
    return str(asked["id"])


def taken_of(client: IntakeClient, asked: str, who: Principal) -> str:
    case = client.get(OPERATOR, f"/requests/{asked}").json["case_id"]
    client.do(who, f"/cases/{case}/take")
    return asked


def late(client: IntakeClient, asked: str) -> str:
    client.wait(1 / 24)
    return asked


def disowned(client: IntakeClient) -> str:
    client.asked()
    asked = str(client.asked()["id"])
    client.do(OPERATOR, f"/requests/{asked}/disown")
    return asked


def of_closed(client: IntakeClient) -> str:
    asked = client.asked()
    client.do(HQ, f"/cases/{asked['case_id']}/withdraw", WRITTEN)
    return str(asked["id"])


def searched(client: IntakeClient, *categories: str) -> str:
    """The second request of a case for which a guardian is searched."""
    case = client.received(needs=[{"category": "household_help"}])
    needs = [{"category": each} for each in categories]
    second = str(client.asked(needs=needs)["id"])
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    marker = {"long_term_need": True, "reason": "illness"}
    client.do(HQ, f"/cases/{case}/care-requirement", marker)
    return second


def late_and_forgotten(client: IntakeClient) -> str:
    return late(client, of_forgotten(client))


def full_and_taken(client: IntakeClient) -> str:
    asked = client.asked()
    for number in range(10):
        client.do(OPERATOR, f"/requests/{asked['id']}/additions", {"text": f"Ещё {number}"})
    return seen_by_hq(client, asked)


def alone_of_known(client: IntakeClient) -> str:
    """The one by which a family that was known before has a case."""
    known = client.asked()
    client.do(HQ, f"/cases/{known['case_id']}/withdraw", WRITTEN)
    client.wait(1)
    return str(client.asked()["id"])


def searched_for_it_alone(client: IntakeClient) -> str:
    """The one that asks for all that a guardian is searched for."""
    second = searched(client, "animal_care")
    case = client.get(OPERATOR, f"/requests/{second}").json["case_id"]
    client.do(HQ, f"/cases/{case}/needs", {"met": client.needs(case)[:1]})
    return second


REQUESTS: dict[str, Callable[[IntakeClient], str]] = {
    "first": lambda client: str(client.asked()["id"]),
    "question": lambda client: str(client.asked(**QUESTION)["id"]),
    "question_of_known": lambda client: str((client.asked(), client.asked(**QUESTION))[1]["id"]),
    "nameless": lambda client: str(client.asked(**QUESTION, contact=None, consents={})["id"]),
    "second": lambda client: str((client.asked(), client.asked())[1]["id"]),
    "searched_for_others": lambda client: searched(client, "animal_care"),
    "searched_for_both": lambda client: searched(client, "household_help"),
    "first_taken": lambda client: seen_by_hq(client, client.asked()),
    "second_taken": lambda client: seen_by_hq(client, (client.asked(), client.asked())[1]),
    "late": lambda client: late(client, str(client.asked()["id"])),
    "late_question": lambda client: late(client, str(client.asked(**QUESTION)["id"])),
    "ended_and_late": lambda client: late(client, ended(client)),
    "long": long_one,
    "full": full,
    "of_forgotten": of_forgotten,
    "full_and_taken": full_and_taken,
    "late_and_forgotten": late_and_forgotten,
    "alone_of_known": alone_of_known,
    "alone_and_taken": lambda client: taken_of(client, alone_of_known(client), HQ),
    "alone_and_of_colleague": lambda client: taken_of(client, alone_of_known(client), HQ_2),
    "searched_for_it_alone": searched_for_it_alone,
    "of_closed": of_closed,
    "of_merged": of_merged,
    "ended": ended,
    "disowned": disowned,
}


@pytest.mark.parametrize("standing", REQUESTS)
def test_a_request(client: IntakeClient, standing: str) -> None:
    one = f"/requests/{REQUESTS[standing](client)}"
    added = client.get(HQ, f"{one}/words").json["added"]
    addition = added[-1]["id"] if added else ids.new("add")
    seen = client.get(HQ, one).json
    its_case = f"/cases/{seen['case_id'] or ids.new('cas')}"
    besides: Any = {  # what a refusal may name of its case, or instead of it
        "leave_note": ("/hand-overs", ({"request_id": seen["id"], "text": "Перезвонить"},)),
        "register_again": ("/requests", (request(),)),
        "triage": (f"{its_case}/triage", ({"decision": "decline", "reason": "not_confirmed"},)),
        "withdraw": (f"{its_case}/withdraw", (WRITTEN,)),
        "lift_care": (f"{its_case}/care-requirement/lift", ({"reason": "not_needed"},)),
        "take": (f"{its_case}/take", (None,)),
        "take_over": (f"{its_case}/take-over", ({"taken_from": "HQ-2", "reason": "agreed"},)),
        "clarify_needs": (f"{its_case}/needs", (FOOD,)),
    }
    said: Any = besides | {
        "join": (f"{one}/case", (None,)),
        "end": (f"{one}/end", ({"reason": "information_given"},)),
        "add": (f"{one}/additions", ({"text": "И ещё"}, {"urgency": "urgent"})),
        "mend": (f"{one}/mend", ({"urgency": "urgent"}, {"contact": OTHER_PHONE})),
        "disown": (f"{one}/disown", (None,)),
        "withdraw_addition": (
            f"{one}/additions/{addition}/withdraw",
            ({"reason": "family_asked"},),
        ),
    }
    callers = (OPERATOR, HQ, HQ_Y, BOT)
    assert check(client, callers, one, said, beside=frozenset(besides)) == 2


# Cases ------------------------------------------------------------------------------------


def taken(client: IntakeClient, who: Principal) -> str:
    case = client.received()
    client.do(who, f"/cases/{case}/take")
    client.do(who, f"/cases/{case}/needs", FOOD)
    return case


def asked_of(client: IntakeClient, case: str) -> str:
    client.do(HQ, f"/cases/{case}/needs", FOOD)
    return case


def one_time(client: IntakeClient) -> str:
    case = taken(client, HQ)
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    return case


def closed_and_asked_again(client: IntakeClient) -> str:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", WRITTEN)
    client.wait(1)
    client.received()
    return case


def forgotten(client: IntakeClient) -> str:
    case = client.received()
    client.do(HQ, f"{client.of_family(case)}/erase", ERASED)
    return case


MARKED = ("waiting", "matched", "introduced", "in_care")
CASES: dict[str, Callable[[IntakeClient], str]] = {
    "received": lambda client: client.received(),
    "of_hq": lambda client: taken(client, HQ),
    "of_case_manager": lambda client: taken(client, CM),
    "unasked": lambda client: (
        (case := client.received()) and client.do(HQ, f"/cases/{case}/take") and case
    ),
    "nameless": lambda client: asked_of(client, client.in_review(contact=None)),
    "one_time": one_time,
    "waiting": lambda client: client.waiting(),
    "matched": lambda client: client.matched(),
    "introduced": lambda client: client.introduced(),
    "in_care": lambda client: client.in_care(),
    "closed": lambda client: (
        (case := client.received()) and client.do(HQ, f"/cases/{case}/withdraw", WRITTEN) and case
    ),
    "closed_and_asked_again": closed_and_asked_again,
    "forgotten": forgotten,
}


@pytest.mark.parametrize("standing", CASES)
def test_a_case(client: IntakeClient, standing: str) -> None:
    one = f"/cases/{CASES[standing](client)}"
    aid = {"category": "food_aid", "persons": 4, "legal_basis": "programme"}
    said: Any = {
        "take": (f"{one}/take", (None,)),
        "take_over": (
            f"{one}/take-over",
            tuple({"taken_from": each, "reason": "agreed"} for each in ("HQ-1", "CM-1")),
        ),
        "clarify_needs": (f"{one}/needs", (FOOD,)),
        "triage": (
            f"{one}/triage",
            ({"decision": "decline", "reason": "not_confirmed"}, {"decision": "one_time"}),
        ),
        "require_care": (
            f"{one}/care-requirement",
            ({"long_term_need": True, "reason": "illness"},),
        ),
        "lift_care": (f"{one}/care-requirement/lift", ({"reason": "not_needed"},)),
        "record_aid": (f"{one}/aids", (aid, aid | {"last": False})),
        "record_outcome": (f"{one}/outcomes", ({"outcome": "partial_stability"},)),
        "correct_needs": (f"{one}/corrections", (FOOD | WRITTEN,)),
        "withdraw": (f"{one}/withdraw", (WRITTEN,)),
        "reopen": (f"{one}/reopen", ({"reason": "needs_returned"} | WRITTEN,)),
    }
    callers, idle = (HQ, HQ_2, CM, CM_2, HQ_Y), frozenset({"take", "take_over"})
    if standing in MARKED:
        idle |= {"require_care"}
    assert check(client, callers, one, said, idle=idle) == 4


# Families ---------------------------------------------------------------------------------


def family(client: IntakeClient, *steps: tuple[str, Any], **changes: Any) -> str:
    found = str(client.asked(**changes)["family_id"])
    for path, body in steps:
        client.do(HQ, f"/families/{found}/{path}", body)
    return found


def merged(client: IntakeClient, *, into: bool) -> str:
    first = client.asked()
    second = client.asked(contact=OTHER_PHONE, **QUESTION)
    body = {"family_id": second["family_id"], "reason": "same_people"}
    client.do(HQ, f"/families/{first['family_id']}/merge", body)
    return str(first["family_id"] if into else second["family_id"])


def merged_with_contact(client: IntakeClient) -> str:
    """One without a contact, which has that of the record merged into it."""
    first = client.asked(contact=None)
    second = client.asked(contact=OTHER_PHONE, **QUESTION)
    body = {"family_id": second["family_id"], "reason": "same_people"}
    client.do(HQ, f"/families/{first['family_id']}/merge", body)
    return str(first["family_id"])


def merged_often(client: IntakeClient) -> str:
    first = client.asked()["family_id"]
    for number in range(MAX_JOINED):
        contact = dict(OTHER_PHONE) | {"phone": f"+7916000002{number}"}
        other = client.asked(contact=contact, **QUESTION)["family_id"]
        client.do(HQ, f"/families/{first}/merge", {"family_id": other, "reason": "same_people"})
    return str(first)


ASKED = ("person-requests", {"kind": "export"} | WRITTEN)
DISCLOSED = ("disclosures", {"recipient": "D05", "reason": "child_in_danger"})
NO_CONSENT = ("consents", {"purpose": "processing", "given": False} | WRITTEN)
FAMILIES: dict[str, Callable[[IntakeClient], str]] = {
    "plain": family,
    "nameless": lambda client: family(client, contact=None, consents={}),
    "asks": lambda client: family(client, ASKED),
    "answered": lambda client: family(
        client, ASKED, ("person-requests/export/answer", {"answer": "done"})
    ),
    "disclosed": lambda client: family(client, DISCLOSED),
    "no_processing": lambda client: family(client, NO_CONSENT),
    "merged_into": lambda client: merged(client, into=True),
    "merged_with_contact": merged_with_contact,
    "merged_often": merged_often,
    "with_card_holders": lambda client: family(
        client, *(("card-holders", {"holder_ref": f"FP-{n}"}) for n in range(MAX_CARD_HOLDERS))
    ),
    "merged_away": lambda client: merged(client, into=False),
    "erased": lambda client: family(client, ("erase", ERASED)),
}


@pytest.mark.parametrize("standing", FAMILIES)
def test_a_family(client: IntakeClient, standing: str) -> None:
    found = FAMILIES[standing](client)
    one, seen = f"/families/{found}", client.get(HQ, f"/families/{found}").json
    others = dict(OTHER_PHONE) | {"phone": "+79160000009"}
    other = client.asked(contact=others, **QUESTION)["family_id"]
    joined = [each["family_id"] for each in seen["merged"]] or [ids.new("fam")]
    contact = dict(OTHER_PHONE) | {"phone": "+79160000004"}
    said: Any = {
        "change_consent": (
            f"{one}/consents",
            ({"purpose": "contact", "given": True, "form": "spoken"} | WRITTEN,),
        ),
        "change_contact": (f"{one}/contact", ({"contact": contact} | WRITTEN,)),
        "join_card_holder": (f"{one}/card-holders", ({"holder_ref": "FP-7"},)),
        "disclose": (
            f"{one}/disclosures",
            tuple(DISCLOSED[1] | {"recipient": each} for each in ("D05", "D06")),
        ),
        "end_disclosure": (
            f"{one}/disclosures/end",
            ({"recipient": "D05", "reason": "danger_is_over"},),
        ),
        "ask_as_person": (f"{one}/person-requests", ({"kind": "correction"} | WRITTEN,)),
        "answer_person": (f"{one}/person-requests/export/answer", ({"answer": "done"},)),
        "correct": (
            f"POST {one}/corrections",
            ({"groups": ["large"], "reason": "written_down_wrong"},),
        ),
        "merge": (f"{one}/merge", ({"family_id": other, "reason": "same_people"},)),
        "separate": (
            f"{one}/merge/undo",
            tuple({"family_id": each, "reason": "different_people"} for each in joined),
        ),
        "erase": (f"{one}/erase", (ERASED,)),
    }
    assert check(client, (HQ, HQ_2, CM, HQ_Y), one, said, idle=frozenset({"erase"})) == 2


# Call-backs and notes ---------------------------------------------------------------------


@pytest.mark.parametrize("standing", ["open", "claimed", "tried", "ended"])
def test_a_call_back(client: IntakeClient, standing: str) -> None:
    signed.connect(client)
    one = f"/call-backs/{missed(client)['id']}"
    if standing != "open":
        client.do(OPERATOR, f"{one}/claim")
    if standing in ("tried", "ended"):
        result = "busy" if standing == "tried" else "reached"
        client.do(OPERATOR, f"{one}/attempts", {"result": result})
    said: Any = {
        "claim": (f"{one}/claim", (None,)),
        "record_attempt": (f"{one}/attempts", ({"result": "busy"},)),
    }
    listed: Any = ("/call-backs", {}, "id")
    callers, idle = (OPERATOR, COLLEAGUE, HQ, HQ_Y), frozenset({"claim"})
    assert check(client, callers, one, said, listed, idle) == 3


@pytest.mark.parametrize("standing", ["open", "taken", "done"])
def test_a_note(client: IntakeClient, standing: str) -> None:
    left = {"request_id": client.asked()["id"], "text": "Перезвонить"}
    one = f"/hand-overs/{client.do(OPERATOR, '/hand-overs', left)['id']}"
    if standing != "open":
        client.do(COLLEAGUE, f"{one}/{'take' if standing == 'taken' else 'finish'}")
    said = {"take_note": (f"{one}/take", (None,)), "finish_note": (f"{one}/finish", (None,))}
    callers, idle = (OPERATOR, COLLEAGUE, HQ, HQ_Y), frozenset({"take_note"})
    assert check(client, callers, one, said, idle=idle) == 3


# The family itself ------------------------------------------------------------------------


@pytest.mark.parametrize("standing", ["received", "one_time", "waiting", "matched", "closed"])
def test_a_case_and_its_family_by_its_own_token(client: IntakeClient, standing: str) -> None:
    case = CASES[standing](client)
    of_family, contact = client.of_family(case), dict(OTHER_PHONE)
    needs = [{"need_id": each, "reason": "not_needed"} for each in client.needs(case)]
    said: Any = {
        "correct_needs": (f"/cases/{case}/corrections", (FOOD, {"drop": needs})),
        "withdraw": (f"/cases/{case}/withdraw", ({},)),
        "reopen": (f"/cases/{case}/reopen", ({"reason": "needs_returned"},)),
        "lift_care": (f"/cases/{case}/care-requirement/lift", ({"reason": "not_needed"},)),
        "change_consent": (f"{of_family}/consents", ({"purpose": "contact", "given": True},)),
        "change_contact": (f"{of_family}/contact", ({"contact": contact},)),
        "ask_as_person": (f"{of_family}/person-requests", ({"kind": "export"},)),
        "erase": (f"{of_family}/erase", ({"reason": "person_asked"},)),
        "separate": (f"{of_family}/merge/undo", ({"family_id": ids.new("fam"), "reason": "x"},)),
    }
    assert check(client, (client.signed_in(),), f"/cases/{case}/own", said, silent=True) == 1
