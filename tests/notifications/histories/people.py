"""People whose contacts change, who are silent, gone or on another number, and their owners."""

import io
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from shared.messaging.recipients import Addressee, RecipientQuery, Refused, answer
from shared.messaging.template_variables import declared
from shared.privacy.contact import Contact
from tests.notifications.fakes import KNOWN

REGIONS = ("ZR", "ZR", "YY", "YN")
NAMES = ("Ефросинья", "Святополк")
# What no row, event or log may show.
PERSONAL = (*NAMES, "+7916", "@example.org", "Ромашка")
NOT_REACHED = ("no_consent", "no_channel", "contact_stolen", "not_found", "erased")
KINDS = {
    "family": "fam", "record": "fam", "guardian": "gua", "volunteer": "vol", "holder": "hol",
    "partner": "par", "case": "cas", "match": "mat", "card": "crd", "living_card": "crd",
    "request": "req", "story": "sto", "task": "tsk", "resource": "rsc",
}  # fmt: skip
# Whose contact it is, of what a message is about.
WHOSE = {
    "family": "family", "case": "family", "request": "family", "match": "family",
    "card": "holder", "guardian": "guardian", "volunteer": "volunteer", "holder": "holder",
    "partner": "partner",
}  # fmt: skip
OWNED = {"intake": "family", "cards": "holder", "matching": "guardian"}


@dataclass
class People:
    """Some families, each with its guardian, cards and cases; the owners may be `down`."""

    chance: Random
    contacts: dict[str, Contact] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    whose: dict[str, str] = field(default_factory=dict)
    known: list[dict[str, str]] = field(default_factory=list)
    down: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for family in range(self.chance.choice((1, 4))):
            region = self.chance.choice(REGIONS)
            for case in (2 * family, 2 * family + 1):
                persons = ("family", "record", "guardian", "volunteer", "holder", "partner")
                about = {
                    f"{name}_id": f"{prefix}_{family if name in persons else case:026d}"
                    for name, prefix in KINDS.items()
                }
                self.known.append(about | {"region": region})
                for name, person in WHOSE.items():
                    self.whose[about[f"{name}_id"]] = about[f"{person}_id"]
        for person in dict.fromkeys(self.whose.values()):
            self.change_contact(person)

    def change_contact(self, person: str) -> None:
        """Give a person another contact."""
        chance = self.chance
        way = chance.choice(("bot", "bot", "sms", "email", "phone_task"))
        chat = f"{chance.choice(('max', 'vk', 'telegram'))}:{chance.randrange(50_000, 50_012)}"
        address = {"bot": chat, "email": f"mail{chance.randrange(99)}@example.org"}.get(way)
        phone = f"+7916{chance.randrange(10**6, 10**7)}"
        self.contacts[person] = Contact(
            name=chance.choice(NAMES),
            channel=way,
            address=address,
            phone=phone if address is None or chance.random() < 0.7 else None,
        )

    def invoke(self, *, FunctionName: str, Payload: bytes, **_: Any) -> dict[str, Any]:
        """Answer for the owner of a contact."""
        owner = FunctionName.removesuffix("-resolve-recipients")
        if owner in self.down:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}

        def resolve(ask: RecipientQuery) -> Addressee | Refused:
            person = self.whose.get(ask.reference) or self.known[0][f"{OWNED[owner]}_id"]
            if person in self.refusals:
                return Refused(reference=ask.reference, refused=self.refusals[person])
            return Addressee(self.contacts[person], KNOWN)

        told = answer(json.loads(Payload), resolve, declared(owner))
        return {"Payload": io.BytesIO(json.dumps(told).encode())}
