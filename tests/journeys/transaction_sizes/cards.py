"""Cards: lost, found, printed, held, revoked, forgotten."""

from tests.cards.imports.uploads import text
from tests.journeys.transaction_sizes.extra_actions import ExtraActions


def cards_live(extra: ExtraActions) -> None:
    """Found, moved to another phone, printed, revoked, forgotten."""
    do, ids = extra.do, extra.run.ids
    path = f"/cards/v1/cards/{ids['FP-01']}"
    do("FP-01", f"{path}/block", {"reason": "lost"})
    do("FP-01", f"{path}/unblock")
    do("FP-01", f"{path}/hand-over-code")
    for district in ("D03", "D01"):
        do("CL-0", f"{path}/move", {"district_id": district})
    do("FP-01", f"{path}/withdraw-consent")
    do("FP-01", f"{path}/give-consent")
    do("CL-0", f"/cards/v1/cards/{ids['FP-04']}/renew-code")
    lost = f"/cards/v1/cards/{ids['FP-05']}/replace"
    ids["FP-05"] = do("CL-0", lost, {"reason": "damaged"})["id"]
    do("CL-0", "/cards/v1/prints", {"card_ids": [ids[f"FP-0{n}"] for n in (1, 4, 5, 6, 7)]})
    ended = {
        "region": "ZR", "holder_ref": "FP-06", "district_id": "D03", "ended_on": "2026-09-13",
    }  # fmt: skip
    do("DO-03", "/cards/v1/placement-ends", ended)
    gone = f"/cards/v1/cards/{ids['FP-06']}"
    do("CL-0", f"{gone}/dismiss-placement-end")
    do("CL-0", f"{gone}/revoke", {"reason": "placement_ended"})
    do("CL-0", f"{gone}/erase")
    opened = do("CL-0", "/cards/v1/batches", {"region": "ZR", "dry_run": False})["id"]
    rows = [f"T-{n:03d};D{n % 12 + 1:02d};да;;;Ольга;+7 900 600-00-{n:02d}" for n in range(60)]
    extra.s3.objects[f"batches/{opened}/upload"] = text(*rows, "T-090;D01;да;;;;")
    do("CL-0", f"/cards/v1/batches/{opened}/start")
    assert extra.run.get("CL-0", f"/cards/v1/batches/{opened}")["accepted"] == 61
    do("CL-0", f"/cards/v1/batches/{opened}/codes")
    do("CL-0", f"/cards/v1/batches/{opened}/codes/take")
    unwanted = do("CL-0", "/cards/v1/batches", {"region": "ZR"})["id"]
    do("CL-0", f"/cards/v1/batches/{unwanted}/cancel")


def a_lost_card_is_found(extra: ExtraActions) -> None:
    """The hotline finds a card by two signs."""
    signs = {"holder_ref": "FP-07", "last4": extra.run.numbers["FP-07"][-4:]}
    found = extra.do("OP-1", "/cards/v1/lost-cards/search", signs)
    assert found["id"] == extra.run.ids["FP-07"]


def one_card_per_person(extra: ExtraActions) -> None:
    """Files and phones of two offices, and a phone that passes on while a card is held."""
    do = extra.do
    contacts = [{"name": "Вера", "channel": "sms", "phone": f"+7900800{n:04d}"} for n in range(3)]
    card = {"region": "ZR", "placement_current": True}

    def issue(ref: str, district: str, contact: int) -> str:
        body = card | {"district_id": district, "holder_ref": ref, "contact": contacts[contact]}
        return str(do("CL-0", "/cards/v1/cards", body)["id"])

    issue("P-1", "D01", 0)
    gone = issue("P-2", "D01", 1)
    do("CL-0", f"/cards/v1/cards/{gone}/revoke", {"reason": "moved_away"})
    held = [issue("P-1", "D02", 1), issue("P-1", "D03", 0), issue("P-3", "D04", 0)]
    reasons = [each["because"] for each in extra.run.get("CL-0", "/cards/v1/held-cards")["items"]]
    assert sorted(reasons) == ["same_file", "same_file_and_phone", "same_phone"]
    for number, decision in enumerate(("different_person", "same_person", "different_person")):
        body = {"decision": decision, "reason": "offices_asked"}
        do("CL-0", f"/cards/v1/cards/{held[number]}/decide-duplicate", body)


ERRANDS = (
    cards_live,
    a_lost_card_is_found,
    one_card_per_person,
)
