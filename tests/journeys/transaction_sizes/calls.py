"""The hotline: calls that are no case, and a shift's work."""

from demo.actions import application
from services.intake.telephony.repository import id_of
from tests.journeys.transaction_sizes.extra_actions import EVIDENCE, NEEDS, WORDS, ExtraActions


def calls_that_are_no_case(extra: ExtraActions) -> None:
    """Wrong numbers, questions that are answered, and a question that becomes a case."""
    do = extra.do
    wrong = {"region": "ZR", "district_id": "D01", "reason": "wrong_number", "text": WORDS}
    wrong |= {"initiated_by": "self"}
    do("OP-1", "/intake/v1/ended-requests", wrong)
    question = {"purpose": "information"}
    extra.family("Q-1", 201, **question)
    extra.family("Q-2", 202, **question)
    (first, second) = (row["id"] for row in extra.run.get("HQ-1", "/intake/v1/requests")["items"])
    renewed = do("HQ-1", f"/intake/v1/requests/{first}/code", EVIDENCE)
    named = {name: renewed[name] for name in ("number", "code")}
    do(None, "/intake/v1/request-status", named)
    do("OP-1", f"/intake/v1/requests/{first}/end", {"reason": "information_given"})
    do("HQ-1", f"/intake/v1/requests/{second}/case")


def calls_of_a_shift(extra: ExtraActions) -> None:
    """Operators find, read back, add and mend."""
    do, region_ = extra.do, {"region": "ZR"}
    extra.family("H-1", 301)
    phone = "+79005000301"
    asked = extra.run.client.call(
        "OP-1", "POST", "/intake/v1/requests/search", region_ | {"phone": phone}, must=True
    ).body["items"][0]
    do("OP-1", "/intake/v1/callers/search", region_ | {"phone": phone})
    path = f"/intake/v1/requests/{asked['id']}"
    ids = [need["need_id"] for need in asked["needs"]]
    wrong = {
        "change": [{"need_id": each, "text": WORDS} for each in ids[1:]],
        "drop": [{"need_id": ids[0], "reason": "mistake"}],
        "urgency": "normal",
        "district_id": "D02",
        "contact": {"name": "Мария", "channel": "sms", "phone": "+79005000302"},
    }
    do("OP-1", f"{path}/mend", wrong)
    extra.telephone(phone)
    back = extra.run.get("OP-1", "/intake/v1/call-backs")["items"][0]["id"]
    do("OP-1", f"/intake/v1/call-backs/{back}/claim")
    do("OP-1", f"/intake/v1/call-backs/{back}/attempts", {"result": "reached"})
    do("OP-1", f"/intake/v1/live-calls/{id_of('pbx', 'c-0')}/broken-off")
    note = {"request_id": asked["id"], "text": WORDS, "urgency": "urgent"}
    note_path = f"/intake/v1/hand-overs/{do('OP-1', '/intake/v1/hand-overs', note)['id']}"
    do("OP-1", f"{note_path}/take")
    do("OP-1", f"{note_path}/finish")
    filed = application(extra.run.families["F-07"]) | {"district_id": "D03"}
    do("PA-03", "/intake/v1/filings", filed)
    do("OP-1", f"{path}/additions", {"needs": NEEDS[:3], "text": WORDS, "urgency": "urgent"})
    olga = {"name": "Ольга", "channel": "sms", "phone": "+79005000303"}
    known = {"district_id": "D02", "contact": olga, "text": WORDS}
    known["family_id"] = asked["family_id"]
    other = do("OP-1", "/intake/v1/requests", application(extra.run.families["F-07"]) | known)
    others = f"/intake/v1/requests/{other['id']}"
    for _ in range(9):
        do("OP-1", f"{others}/additions", {"needs": NEEDS[:1], "text": WORDS})
    added = extra.run.get("HQ-1", f"{others}/words")["added"][-1]["id"]
    do("OP-1", f"{others}/additions/{added}/withdraw", {"reason": "other_family"})
    do("HQ-1", f"{others}/disown")


ERRANDS = (
    calls_that_are_no_case,
    calls_of_a_shift,
)
