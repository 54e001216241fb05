"""People of the demo, and what they do beside its stories."""

import json
import re
from typing import Any

from demo.stories import ACTIONS
from demo.story_run import Step, StoryRun, zone
from shared import clock
from shared.principal import Principal
from tests.intake.telephony import signed
from tests.journeys.journey_world import JourneyWorld
from tests.support.memory_s3 import MemoryS3

WORDS = "Просьба своими словами. " * 20


CATEGORIES = (
    "household_help", "child_leisure", "animal_care", "repair_work", "food_aid", "material_aid",
    "other",
)  # fmt: skip


NEEDS = [{"category": CATEGORIES[n % 7], "text": WORDS, "urgency": "urgent"} for n in range(10)]


EVIDENCE = {"evidence": "spoken_by_phone"}


class ExtraActions:
    """People of the demo, and what they do beside its stories."""

    def __init__(self, journey: JourneyWorld, run: StoryRun, s3: MemoryS3) -> None:
        self.journey, self.run, self.s3 = journey, run, s3
        self.calls = 0
        self.families: dict[str, str] = {}

    def do(self, who: str | None, path: str, body: Any = None, **more: Any) -> Any:
        """A command that succeeds, and everything it causes."""
        self.calls += 1
        reply = self.run.do(who, path, body, name=f"errand {self.calls}", **more)
        self.journey.settle()
        return reply.body

    def corrected(self, family: str, body: Any) -> None:
        """Correct what is known of a family."""
        version, path = self.run.get("HQ-1", family)["version"], f"{family}/corrections"
        self.journey.call("HQ-1", "POST", path, body, key=path, if_match=version, must=True)
        self.journey.settle()

    @property
    def at(self) -> str:
        """The present moment as stories write it."""
        return f"{self.journey.now().astimezone(zone()):%Y-%m-%d %H:%M:%S}"

    def family(self, name: str, phone: int, **more: Any) -> str:
        """A request with all that a request can hold."""
        body = {
            "region": "ZR",
            "district_id": "D01",
            "initiated_by": "self",
            "applicant_relation": "parent",
            "family": {
                "kind": "service_member",
                "groups": ["large", "low_income"],
                "groups_sensitive": ["parental_dependency", "on_prevention_register"],
                "members": [{"relation": "child", "born": "2019-05"}] * 20,
            },
            "needs": NEEDS,
            "text": WORDS,
            "contact": {"name": "Мария", "channel": "sms", "phone": f"+7900500{phone:04d}"},
            "consents": {"processing": True, "share_need_categories": True, "contact": True},
        }
        asked = self.do("OP-1", "/intake/v1/requests", body | more)
        self.run.ids[name], self.families[name] = asked["case_id"], asked["family_id"]
        return f"/intake/v1/cases/{self.run.ids[name]}"

    def telephone(self, phone: str) -> None:
        """Calls that are missed, as each kind of address hears of them."""
        self.journey.world.environment["TELEPHONY_SECRETS"] = signed.NAME
        self.journey.world.parameters.values[signed.NAME] = json.dumps(signed.PROVIDERS)
        for place, path in enumerate(("events", "events/call", "events/call/ended")):
            at = clock.iso(self.journey.now())
            said = {"type": "ended", "call_id": f"c-{place}", "at": at, "phone": phone}
            text = json.dumps(said)
            path = f"/intake/v1/telephony/pbx/{path}"
            self.journey.call(None, "POST", path, text, headers=signed.headers(text), must=True)
        self.journey.settle()

    def waiting(self, name: str, phone: int) -> str:
        """A family that waits for a guardian."""
        path = self.family(name, phone)
        self.do("HQ-1", f"{path}/take")
        needs = [need["need_id"] for need in self.run.get("HQ-1", path)["needs"]]
        self.do("HQ-1", f"{path}/needs", {"confirm": needs})
        marker = {"long_term_need": True, "reason": "illness"}
        self.do("HQ-1", f"{path}/care-requirement", marker)
        return path

    def proposed(self, name: str, phone: int) -> str:
        """A family with a proposal."""
        self.waiting(name, phone)
        step = Step(name, self.at, "HQ-1", "proposes")
        ACTIONS["proposes"](self.run, step)
        self.journey.settle()
        return f"/matching/v1/matches/{self.run.matches[name]}"

    def in_care(self, name: str, phone: int) -> str:
        """A family that is being helped."""
        path = self.proposed(name, phone)
        at = self.at
        for action in ("introduces", "signs_participation", "agrees"):
            ACTIONS[action](self.run, Step(name, at, "HQ-1", action, more={}))
            self.journey.settle()
        ACTIONS["helps"](self.run, Step(name, at, "guardian", "helps"))
        self.journey.settle()
        return path


def in_chat_with(extra: ExtraActions, name: str) -> str:
    """A bot by the token of a chat that is bound to the family."""
    family = extra.families[name]
    chat = Principal(
        "bot", "machine", "family", ("family",), on_behalf_of=family, audience="intake"
    )
    extra.journey.people[f"chat of {name}"] = chat
    return f"chat of {name}"


def code_to(extra: ExtraActions, phone: str) -> str:
    """The code in the latest message to a phone."""
    extra.journey.settle()
    texts = [m["text"] for m in extra.journey.messages() if m["to"] == phone]
    return next(found[0] for text in texts[::-1] if (found := re.search(r"\b\d{6}\b", text)))
