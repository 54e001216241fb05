"""Partners: breaks, new offers, closed shops, lost keys."""

from typing import Any

from tests.journeys.transaction_sizes.extra_actions import ExtraActions

LONG = {"hours": [{"day": "mon", "opens": "09:00", "closes": "21:00"}]}


def edit(extra: ExtraActions, path: str, body: Any, versioned: str = "") -> None:
    """Replace what was seen under its version."""
    seen = extra.run.get("PT-01", versioned or path)["version"]
    extra.journey.call("PT-01", "PUT", path, body, if_match=seen, must=True)
    extra.journey.settle()


def partners_change(extra: ExtraActions) -> None:
    """Breaks, new offers, closed shops, lost keys."""
    do, ids = extra.do, extra.run.ids
    path = f"/cards/v1/partners/{ids['PT-01']}"
    for number in range(40):
        shop = {
            "title": f"Магазин {number}", "district_id": "D01", "address": f"улица Новая, {number}",
            "latitude": 53.0, "longitude": 50.0, **LONG,
        }  # fmt: skip
        last = do("PT-01", f"{path}/outlets", shop)["number"]
    edit(extra, path, {"title": "Сеть", "category": "grocery", "district_ids": ["D01", "D02"]})
    contact = {"name": "Анна", "channel": "sms", "phone": "+79005009998"}
    edit(extra, f"{path}/contact", contact, path)
    for sandbox in (False, False, True, True):
        key = do("PT-01", f"{path}/keys", {"outlet_id": last, "sandbox": sandbox})["key_id"]
    do("CL-0", f"{path}/keys/{key}/replace")
    do("PT-01", f"{path}/key-list")
    do("PT-01", f"{path}/key-list/take")
    place = f"{path}/outlets/{last}"
    outlets = extra.run.get("PT-01", f"{path}/outlets?limit=100")["items"]
    seen = next(each for each in outlets if each["id"] == last)
    shop = shop | {"title": "Переименован", "district_id": "D02"}
    version = seen["version"]
    extra.journey.call("PT-01", "PUT", place, shop, if_match=version, must=True)
    do("PT-01", f"{path}/keys/{key}/revoke")
    do("PT-01", f"{path}/outlets/{last}/close")
    offer = {"discount_percent": 11, "goods_scope": "Всё", "valid_from": "2026-12-01"}
    for action in ("publish", "withdraw"):
        made = do("PT-01", f"{path}/offers", offer)["number"]
        do("CL-0" if action == "publish" else "PT-01", f"{path}/offers/{made}/{action}")
    do("PT-01", f"{path}/pause")
    do("PT-01", f"{path}/resume")
    do("PT-01", f"{path}/notice", {"last_day": "2027-03-31"})
    do("PT-01", f"{path}/withdraw-notice")
    do("PT-02", f"/cards/v1/partners/{ids['PT-02']}/end", {"reason": "closed_down"})
    card = extra.run.numbers["FP-07"]
    headers = {"X-API-Key": extra.run.keys["PT-01"]}
    check = do(None, "/till/v1/card-checks", {"number": card}, headers=headers)["check_id"]
    bought = {"amount_kopecks": 123_456, "receipt_id": "0001-42"}
    do(None, f"/till/v1/card-checks/{check}/purchase", bought, headers=headers)
    do(None, f"/till/v1/card-checks/{check}/rollback", {}, headers=headers)
    programme = "/cards/v1/programmes/ZR"
    seen = extra.run.get("RA-1", programme)
    longer = {name: seen[name] for name in ("club_id", "authority_id", "started_on")}
    longer["grace_days"] = 45
    extra.journey.call("RA-1", "PUT", programme, longer, if_match=seen["version"], must=True)
    do("RA-1", f"{programme}/close")
    do("RA-1", f"{programme}/reopen")


ERRANDS = (partners_change,)
