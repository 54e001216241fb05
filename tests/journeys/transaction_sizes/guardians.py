"""Guardians: sign-ins, pauses, refusals, farewells."""

from datetime import timedelta

from shared.identity.devices import Devices, holder_of
from tests.journeys.transaction_sizes.extra_actions import CATEGORIES, WORDS, ExtraActions, code_to


def guardians_without_accounts(extra: ExtraActions) -> None:
    """A guardian's person signs in by phone and by a bot, and puts the application right."""
    do, phone, guardian = extra.do, "+79001000010", extra.run.ids["G-10"]
    asked = do(None, "/matching/v1/sign-ins", {"contact": phone})["id"]
    proof = {"code": code_to(extra, phone)}
    tokens = do(None, f"/matching/v1/sign-ins/{asked}/token", proof)
    refresh = {"refresh_token": tokens["refresh_token"]}
    device = do(None, "/matching/v1/tokens/refresh", refresh)["device_id"]
    with extra.journey.world.service("matching"):
        extra.journey.people["R-10"] = holder_of(Devices.connect().get(device))
    for _ in range(2):
        chat = {"contact": phone, "chat": "chat-6"}
        asked = do("BOT", "/matching/v1/bindings", chat)["id"]
        proof = {"code": code_to(extra, phone)}
        bound = do("BOT", f"/matching/v1/bindings/{asked}/token", proof)["device_id"]
        extra.journey.advance(extra.journey.now() + timedelta(hours=1))
    do("BOT", f"/matching/v1/devices/{bound}/token")
    do("R-10", f"/matching/v1/devices/{bound}/revoke")
    path = f"/matching/v1/guardians/{guardian}"
    version = extra.run.get("R-10", path)["version"]
    team = {"team_kind": "work_collective", "team_size": 20}
    extra.journey.call("R-10", "PUT", f"{path}/application", team, if_match=version, must=True)
    following = [
        {
            "contact": {"name": "Вера", "channel": "sms", "phone": f"+790010002{n}0"},
            "contact_role": "head",
            "consent_processing": True,
        }
        for n in range(2)
    ]
    change = do("R-10", "/matching/v1/contact-changes", following[0])["id"]
    codes = {"old_code": code_to(extra, phone), "new_code": code_to(extra, "+79001000200")}
    do("R-10", f"/matching/v1/contact-changes/{change}/confirm", codes)
    do("FH-1", f"{path}/contact", following[1] | {"evidence": "paper"})
    entry = {"checked_on": f"{extra.journey.now():%Y-%m-%d}", "evidence_ref": "EX-1"}
    working = f"/matching/v1/guardians/{extra.run.ids['G-03']}/title"
    do("FH-1", working, {"title": "Фонд «Забота»"} | entry)


def guardians_come_and_go(extra: ExtraActions) -> None:
    """Pauses, refusals, farewells."""
    do, ids = extra.do, extra.run.ids
    path = f"/matching/v1/guardians/{ids['G-02']}"
    do("HQ-1", f"{path}/pause", {"reason": "holidays"})
    do("HQ-1", f"{path}/resumption")
    version = extra.run.get("HQ-1", path)["version"]
    all_districts = [f"D{n:02d}" for n in range(1, 13)]
    wide = {
        "capabilities": [
            {"category": each, "district_ids": all_districts, "max_families": 50}
            for each in CATEGORIES
        ],
        "district_ids": all_districts,
        "capacity_families": 100,
    }
    extra.journey.call("HQ-1", "PUT", f"{path}/possibilities", wide, if_match=version, must=True)
    talked = f"/matching/v1/guardians/{ids['G-10']}"
    held = {"held_on": extra.journey.now().date().isoformat(), "result": "unclear", "note": WORDS}
    do("HQ-1", f"{talked}/clarification/result", held)
    do("FH-1", f"{talked}/rejection", {"reason": "not_enough_people"})
    do("FH-1", f"{talked}/contact/erasure")
    do("FH-1", f"/matching/v1/guardians/{ids['G-09']}/withdrawal", {"reason": "moved"})


def trainings_of_a_table(extra: ExtraActions) -> None:
    """A table of the platform is tried."""
    opened = extra.do("HQ-1", "/matching/v1/training-tables", {"region": "ZR"})["id"]
    row = "7707083893;basics;2026-09-01;C-1"
    content = f"ИНН;Курс;Дата завершения;Сертификат\n{row}\n".encode()
    extra.s3.objects[f"tables/{opened}/upload"] = content
    extra.do("HQ-1", f"/matching/v1/training-tables/{opened}/start")
    unwanted = extra.do("HQ-1", "/matching/v1/training-tables", {"region": "ZR"})["id"]
    extra.do("HQ-1", f"/matching/v1/training-tables/{unwanted}/cancel")


ERRANDS = (
    guardians_without_accounts,
    guardians_come_and_go,
    trainings_of_a_table,
)
