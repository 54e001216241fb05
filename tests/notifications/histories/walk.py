"""Everything that can happen to messages and their work, in any order, for weeks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from infra.local_platform.fake_carriers import call_back
from services.notifications import app
from services.notifications.channels.sms.sms_aero import _call_back
from services.notifications.templates.values import OptionalNews
from services.notifications.work_items.endings import ENDED_BY
from services.notifications.work_items.values import COLLEAGUE, REGION_LEAD
from shared.events.base import Event, Received
from shared.principal import Principal
from shared.reference import regions
from tests.notifications.fakes import FEDERAL, OPERATIONS, NotificationsHarness
from tests.notifications.histories.events import OF_PEOPLE, SMALL, SPELLED, TEMPLATES, event_of
from tests.notifications.histories.integrators import Integrators
from tests.notifications.histories.people import NAMES, NOT_REACHED, People
from tests.notifications.histories.providers import Fate, Killed
from tests.support.world import World, at

BEGIN = at("2026-09-14 10:00")
HEARD = sorted(
    each.detail_type()
    for each in app.SUBSCRIPTIONS.reactions
    if not each.detail_type().startswith("notifications.")
)
ERASED = {"FamilyErased": "family_id", "CardErased": "holder_id"}
SAID = ("стоп", "С т о п!", "/stop@our_bot", "отпишите меня, пожалуйста", "старт", "Когда?", "")
REASONS = ("done", "done", "done", "unreachable", "not_needed", "passed_on")
# What carriers report beside that it arrived or did not: on its way, opened, called spam.
REPORTED = {"smsc": ("", "", "2", "0"), "ses": ("", "", "Open", "Complaint")}
ALL_PROVIDERS = ("max", "vk", "telegram", "smsc", "sms_aero", "ses")


@dataclass
class Walk:
    """One history; `held` are events that are still on their way, `received` all that came."""

    harness: NotificationsHarness
    people: People
    fate: Fate
    integrators: Integrators
    chance: Random
    now: datetime = BEGIN
    held: list[str] = field(default_factory=list)
    received: list[Received[Any]] = field(default_factory=list)
    shown: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    taken_back: set[str] = field(default_factory=set)
    calls: int = 0

    @property
    def world(self) -> World:
        """Where it happens."""
        return self.harness.world

    def go(self, steps: int) -> None:
        """Let so many things happen."""
        self._survive_deaths()
        self.integrators.register(self.world)
        moves: tuple[tuple[int, Callable[[], None]], ...] = (
            (26, self.something_happens),
            (5, self.small_news_comes),
            (14, self.something_ends),
            (9, self.late_events_come),
            (24, self.time_passes),
            (7, self.a_provider_reports),
            (4, self.a_person_writes),
            (3, self.a_person_answers),
            (2, self.an_endpoint_is_seen_to),
            (18, self.staff_works),
            (5, self.a_contact_changes),
            (7, self.a_person_has_wishes),
            (4, self.the_weather_changes),
        )
        weights = [weight for weight, _ in moves]
        for _, move in self.chance.choices(moves, weights, k=steps):
            move()
            self.world.settle()

    def come_to_rest(self) -> None:
        """Let all that is under way come to its end, with all well, and end by day."""
        self.fate.trouble = self.fate.deaths = self.integrators.trouble = 0.0
        self.people.down, self.fate.away = set(), set()
        while self.held:
            self.late_events_come()
        for step in (timedelta(minutes=11), timedelta(hours=6)):
            for _ in range(40):
                self.advance(step)
        # By day in all regions: what can wait would lie for weeks if each day were seen at night.
        self.advance(self.now.replace(hour=9, minute=0) + timedelta(days=1) - self.now)
        for step in (*[timedelta(days=1)] * 40, *[timedelta(minutes=11)] * 3):
            self.advance(step)

    def advance(self, step: timedelta) -> None:
        """Let business time pass."""
        self.now += step
        self.world.advance(self.now)

    def _survive_deaths(self) -> None:
        """Give a batch whose worker died to another one."""
        batch = self.world._batch

        def lasting(name: str, function: str, bodies: list[str]) -> None:
            try:
                batch(name, function, bodies)
            except Killed:
                self.world.queue.messages[name] += bodies

        self.world._batch = lasting  # type: ignore[method-assign]

    # events -------------------------------------------------------------------------------

    def something_happens(self) -> None:
        kind = self.chance.choice((self.chance.choice(HEARD), self.chance.choice(OF_PEOPLE)))
        self._tell(event_of(kind, self.people, self.chance, self.now))

    def small_news_comes(self) -> None:
        """Some people are told several small things at about the same time."""
        for _ in range(4 * len(self.people.known)):
            self._tell(event_of(self.chance.choice(SMALL), self.people, self.chance, self.now))

    def something_ends(self) -> None:
        """What makes news that waits untrue, or ends work that is open."""
        news = [each for each in self.harness.docs("MESSAGE") if each["status"] == "queued"]
        work = [each for each in self.harness.docs("WORK_ITEM") if each["status"] != "done"]
        found: list[tuple[str, dict[str, Any]]] = []
        for each in news[-5:]:
            for line in TEMPLATES.by_name[each["template"]].outdated_by:
                if line.about in each["topics"]:
                    only = {name: SPELLED.get(said, said) for name, said in line.only.items()}
                    found.append((line.event, only | {line.about: each["topics"][line.about]}))
        for each in work[-5:]:
            subject = each.get("about") or each["reference"]
            for ending in ENDED_BY.get(each["kind"], ()):
                only = {name: SPELLED.get(said, said) for name, said in ending.only.items()}
                kind = self.chance.choice(ending.events).detail_type()
                found.append((kind, only | {ending.about: subject}))
        heard = [each for each in found if each[0] in HEARD]
        if heard:
            kind, said = self.chance.choice(heard)
            self._tell(event_of(kind, self.people, self.chance, self.now, **said))

    def late_events_come(self) -> None:
        self.chance.shuffle(self.held)
        come, self.held = self.held[:5], self.held[5:]
        self._deliver(*come)

    def _tell(self, event: Event | None) -> None:
        if event is None:
            return
        erased = ERASED.get(type(event).__name__)
        if erased:
            self.people.refusals[f"{getattr(event, erased)}"] = "subject_erased"
        body = self.harness.body(event)
        copies = [body] * self.chance.choice((1, 1, 2))
        if self.chance.random() < 0.6:
            self._deliver(*copies)
        else:
            self.held += copies

    def _deliver(self, *bodies: str) -> None:
        self.received += [app.SUBSCRIPTIONS.event(json.loads(each)["detail"]) for each in bodies]
        self.harness.deliver(*bodies)

    def time_passes(self) -> None:
        minutes = self.chance.choice((0.5, 2, 11, 16, 60, 180, 420, 1440, 4320))
        self.advance(timedelta(minutes=minutes))

    # providers and people -----------------------------------------------------------------

    def the_weather_changes(self) -> None:
        chance = self.chance
        self.fate.trouble = chance.choice((0.0, 0.0, 0.3, 0.9))
        self.integrators.trouble = chance.choice((0.0, 0.5, 1.0))
        self.fate.deaths = chance.choice((0.0, 0.0, 0.1))
        self.people.down = {*chance.sample(("intake", "cards", "matching"), chance.choice((0, 2)))}
        self.fate.away = {*chance.sample(ALL_PROVIDERS, chance.choice((0, 0, 3, 6)))}

    def a_provider_reports(self) -> None:
        found = [
            each for each in self.fate.arrivals if each.provider in ("smsc", "sms_aero", "ses")
        ]
        if not found:
            return
        sent = self.chance.choice(found[-9:])
        name, message = sent.provider, sent.outgoing
        failed, status = self.chance.random() < 0.3, self.chance.choice(REPORTED.get(name, ("",)))
        said = call_back(name, message.message_id, message.to, failed, "" if failed else status)
        with self.world.service("notifications"):
            own = _call_back(name, message.message_id).partition("/v1")[2]
        path = {"smsc": "/webhooks/smsc", "ses": "/webhooks/ses/demo-secret"}.get(name, own)
        for _ in range(self.chance.choice((1, 2))):
            answer = self.world.api("notifications").call(
                "POST", path, said.body, headers=said.headers
            )
            assert answer.status == 200, answer.text

    def a_person_writes(self) -> None:
        found = [each for each in self.fate.arrivals if each.provider == "max"]
        chat = self.chance.choice(found).outgoing.to.rpartition(":")[2] if found else "1"
        self.calls += 1
        words = {"mid": f"mid.{self.calls}", "text": self.chance.choice(SAID)}
        said = {"sender": {"user_id": int(chat)}, "body": words}
        proof = {"X-Max-Bot-Api-Secret": self.chance.choice(("demo-secret", "demo-secret", "no"))}
        body = json.dumps({"update_type": "message_created", "message": said})
        answer = self.world.api("notifications").call("POST", "/webhooks/max", body, headers=proof)
        assert answer.status in (200, 401), answer.text

    def a_person_answers(self) -> None:
        """Somebody with the link to a form answers it, whatever became of it meanwhile."""
        links = [each.outgoing.text.partition("/forms/")[2] for each in self.fate.arrivals]
        found = [each.split()[0] for each in links if each]
        if not found:
            return
        self.calls += 1
        path, api = f"/feedback/{self.chance.choice(found)}", self.world.api("notifications")
        asked = api.get(path)
        body = {each["code"]: self._answer_to(each) for each in asked.json.get("questions", ())}
        answer = api.post(path, body, key=f"form-{self.calls:08d}")
        assert answer.status in (201, 409, 410), answer.text
        assert (asked.status, answer.status) in ((200, 201), (200, 409), (410, 410)), answer.text

    def _answer_to(self, question: dict[str, Any]) -> Any:
        kinds = {"scale": self.chance.randrange(1, 6), "yes_no": self.chance.random() < 0.3}
        said = {"choice": [*(question["choices"] or ("",))], "words": NAMES}
        kinds |= {kind: self.chance.choice(words) for kind, words in said.items()}
        return kinds[question["kind"]]

    def an_endpoint_is_seen_to(self) -> None:
        """Operations pause an endpoint, go on with it, try it, or send something once more."""
        endpoint = self.chance.choice(self.harness.docs("WEBHOOK_ENDPOINT"))["endpoint_id"]
        sent = self.harness.docs("WEBHOOK_DELIVERY") or [{"delivery_id": "whd_0"}]
        again = f"deliveries/{self.chance.choice(sent)['delivery_id']}/resend"
        step = self.chance.choice(("pause", "resume", "resume", "resume", "test", "secret", again))
        self._post(OPERATIONS, f"/webhook-endpoints/{endpoint}/{step}")

    def a_contact_changes(self) -> None:
        person = self.chance.choice([*self.people.contacts])
        if self.chance.random() < 0.5:
            self.people.change_contact(person)
        elif person not in self.people.refusals:
            self.people.refusals[person] = self.chance.choice(NOT_REACHED)
        elif self.people.refusals[person] != "subject_erased":
            del self.people.refusals[person]

    def a_person_has_wishes(self) -> None:
        about = self.chance.choice(self.people.known)
        person = about[f"{self.chance.choice(('family', 'guardian', 'holder'))}_id"]
        known = self.world.dynamodb.rows("notifications-data").get(
            (f"PREFERENCES#{person}", "PREFERENCES"), {"version": {"N": "0"}}
        )
        body = {
            "channels": self.chance.sample(["bot", "sms", "email"], self.chance.randrange(3)),
            "unwanted": self.chance.sample([*OptionalNews], self.chance.randrange(3)),
            "together": self.chance.random() < 0.5,
            "evidence": "written",
        }
        path, version = f"/people/{person}/preferences", known["version"]["N"]
        who = staff("regional_hq", about["region"])
        answer = self.world.api("notifications", who).put(path, body, if_match=version)
        assert answer.status < 500, answer.text

    # staff --------------------------------------------------------------------------------

    def staff_works(self) -> None:
        """Somebody looks at work, does it, says what was heard in a call, or takes it back."""
        found = self.harness.docs("WORK_ITEM")
        by_phone = [each for each in found if each["by_phone"]]
        if not found:
            return
        item = self.chance.choice(self.chance.choice((found[-20:], by_phone[-5:])) or found)
        path, who = f"/inbox/{item['item_id']}", who_works_on(item)
        if item["status"] == "done":
            if self._post(who, f"{path}/reopen"):
                self.taken_back.add(item["item_id"])
            return
        if self.chance.random() < 0.3:
            self._post(who, f"{path}/read")
            return
        body: dict[str, Any] = {"reason": self.chance.choice(REASONS)}
        if item["by_phone"]:
            call = self.world.api("notifications", who).get(f"{path}/call")
            assert call.status == 200 or self.people.down, call.text
            news = call.json["news"] if call.status == 200 else []
            self.shown += [
                (one["message_id"], self._unwanted_of(one["message_id"])) for one in news
            ]
            if self.chance.random() < 0.3:
                self.something_happens()  # while the caller speaks
            if body["reason"] == "done":
                body["heard"] = [one["message_id"] for one in news if self.chance.random() < 0.8]
        self._post(who, f"{path}/done", body)

    def _unwanted_of(self, message_id: str) -> tuple[str, ...]:
        with self.world.service("notifications"):
            return self.fate.unwanted_of(self.harness.row_of(message_id).get("person_id"))

    def _post(self, who: Principal, path: str, body: Any = None) -> bool:
        self.calls += 1
        answer = self.world.api("notifications", who).post(path, body, key=f"k-{self.calls:08d}")
        assert answer.status < 500, (path, body, answer.text)
        return answer.status == 200


def staff(role: str, region: str, *districts: str, name: str = "usr_9") -> Principal:
    """Somebody of a role in a region, or in its districts."""
    return Principal(name, "person", role, (role,), (region,), districts)


def who_works_on(item: dict[str, Any]) -> Principal:
    """Somebody who may do a piece of work."""
    role, region, district = item["role"], item["region"], item.get("district_id")
    if role == COLLEAGUE:
        return staff("case_manager", region, name=item["account"])
    if role == REGION_LEAD:
        return staff("regional_hq", region, name=(*regions.region(region).lead, "usr_9")[0])
    if role in ("federal_hq", "operations"):
        return FEDERAL if role == "federal_hq" else OPERATIONS
    if district and role in ("district_office", "community_leader"):
        return staff(role, region, district)
    return staff(role, region)
