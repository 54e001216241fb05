"""Holders without accounts."""

from datetime import timedelta

from shared.identity.devices import Devices, holder_of
from tests.journeys.transaction_sizes.extra_actions import ExtraActions, code_to


def holders_without_accounts(extra: ExtraActions) -> None:
    """A holder signs in by her phone and by a bot, and her phone changes twice."""
    do, phones = extra.do, [f"+7900700{n:04d}" for n in range(3)]
    contacts = [{"name": "Вера", "channel": "sms", "phone": phone} for phone in phones]
    card = {"region": "ZR", "district_id": "D01", "holder_ref": "H-1", "placement_current": True}
    made = do("CL-0", "/cards/v1/cards", card | {"contact": contacts[0]})["id"]
    asked = do(None, "/cards/v1/sign-ins", {"contact": phones[0]})["id"]
    proof = {"code": code_to(extra, phones[0])}
    tokens = do(None, f"/cards/v1/sign-ins/{asked}/token", proof)
    refresh = {"refresh_token": tokens["refresh_token"]}
    device = do(None, "/cards/v1/tokens/refresh", refresh)["device_id"]
    with extra.journey.world.service("cards"):
        extra.journey.people["H-1"] = holder_of(Devices.connect().get(device))
    chat = {"contact": phones[0], "chat": "chat-1"}
    for _ in range(2):
        asked = do("BOT", "/cards/v1/bindings", chat)["id"]
        proof = {"code": code_to(extra, phones[0])}
        bound = do("BOT", f"/cards/v1/bindings/{asked}/token", proof)["device_id"]
        extra.journey.advance(extra.journey.now() + timedelta(hours=1))
    do("BOT", f"/cards/v1/devices/{bound}/token")
    change = do("H-1", "/cards/v1/contact-changes", {"contact": contacts[1]})["id"]
    codes = {"old_code": code_to(extra, phones[0]), "new_code": code_to(extra, phones[1])}
    do("H-1", f"/cards/v1/contact-changes/{change}/confirm", codes)
    do("H-1", f"/cards/v1/devices/{bound}/revoke")
    evidence = {"contact": contacts[2], "evidence": "in_person"}
    do("CL-0", f"/cards/v1/cards/{made}/change-contact", evidence)
    extra.journey.settle()
    (told,) = (m for m in extra.journey.messages() if "holder_contact_changed" in m["template"])
    assert told["to"] == phones[1]


ERRANDS = (holders_without_accounts,)
