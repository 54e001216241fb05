"""What must be true of messages and of work when all has come to rest."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from services.notifications import app
from services.notifications.feedback.reactions import _SUBJECTS as ERASED_SUBJECT
from services.notifications.messages.values import derived_id
from services.notifications.templates.values import Audience
from services.notifications.work_items.endings import ENDED_BY
from services.notifications.work_items.values import ABOVE, COLLEAGUE, LEFT_UNDONE
from services.notifications.work_subjects.domain import WorkSubject
from services.notifications.work_subjects.ended_by import mark_of
from services.notifications.work_subjects.values import Mark
from shared import clock
from shared.events.base import Received
from shared.principal import Principal
from shared.reference import regions
from tests.notifications.fakes import FEDERAL, OPERATIONS
from tests.notifications.histories.events import TEMPLATES
from tests.notifications.histories.people import PERSONAL
from tests.notifications.histories.providers import Sent
from tests.notifications.histories.walk import Walk, staff, who_works_on

Docs = Mapping[str, Mapping[str, Any]]
REPORTS = ("smsc", "sms_aero", "ses")
WRITTEN = ("bot", "sms", "email")
RAW = ("{{", "}}", "{%", "None", "«»", "  ", " .", " ,")
OF_REGION = ("regional_hq", "hotline_operator", "volunteer_coordinator", "community_leader")


def faults(walk: Walk) -> list[str]:
    """Return what was forgotten, said twice, said in vain, left open, shown or hidden."""
    checks = (
        _outcomes, _undelivered, _unheard, _copies, _unwanted, _at_night, _texts, _told, _work,
        _lists, _doable, _sums, _rows, _erased, _integrators,
    )  # fmt: skip
    return [fault for check in checks for fault in check(walk)]


def _outcomes(walk: Walk) -> Iterator[str]:
    """Each event has its messages, and each message an end or a person who sees to it."""
    messages, wanted = _docs(walk, "MESSAGE"), set[str]()
    for each in _heard(walk):
        said = each.event.model_dump(mode="json")
        for template in TEMPLATES.by_event.get(each.event.detail_type(), ()):
            if template.variant(said) is not None:
                wanted.add(derived_id("msg", each.time, each.id, template.name))
    yield from (f"{each} was forgotten or made of nothing" for each in wanted ^ messages.keys())
    in_call = {
        call
        for item in _docs(walk, "WORK_ITEM").values()
        if item["status"] != "done"
        for call in item["calls"]
    }
    for name, message in messages.items():
        told = message["status"] in ("sent", "delivered", "read")
        ended = message["status"] in ("withheld", "failed") and message.get("reason")
        called = message["status"] == "handed_over" and name in in_call
        # Who wants one message a day gets a reminder of this very day tomorrow.
        tomorrow = message["gathers"] and message.get("due_at", "") > clock.iso(walk.now)
        if not (told or ended or called or tomorrow or _waits_for_call(message, messages)):
            yield f"{name} {message['template']} ends as {message['status']}"


def _undelivered(walk: Walk) -> Iterator[str]:
    """What reached its person by no channel was somebody's work, but for what says it need not."""
    known = {name for item in _docs(walk, "WORK_ITEM").values() for name in item["undelivered"]}
    asking = TEMPLATES.by_event["notifications.MessageFailed"]
    needless = {
        name for each in asking for name in (*each.unless.get("template", ()), *each.silent)
    }
    for name, message in _docs(walk, "MESSAGE").items():
        failed = message["status"] == "failed" and message["template"] not in needless
        if failed and Audience(message["audience"]).owner and name not in known:
            yield f"{name} {message['template']} failed, and nobody was asked to see to it"


def _unheard(walk: Walk) -> Iterator[str]:
    """Nothing that still holds is left with a provider that says what arrives, and said nothing."""
    for name, message in _docs(walk, "MESSAGE").items():
        left = message["status"] == "sent" and message["provider"] in REPORTS
        may_be_over = TEMPLATES.by_name[message["template"]].outdated_by
        if left and not (may_be_over or message.get("digest_id") or message.get("expires_at")):
            yield f"{name} {message['template']} is left with {message['provider']}"


def _waits_for_call(message: Mapping[str, Any], messages: Docs) -> bool:
    """Whether it corrects news that a caller may be telling just now."""
    corrected = {
        name for names in TEMPLATES.by_name[message["template"]].corrects.values() for name in names
    }
    return any(
        each["status"] == "handed_over"
        and each["template"] in corrected
        and each["reference"] == message["reference"]
        for each in messages.values()
    )


def _copies(walk: Walk) -> Iterator[str]:
    """No provider has carried a message twice; a second one only what the first lets be unsure."""
    messages, ways = _docs(walk, "MESSAGE"), dict[str, list[str]]()
    for sent in walk.fate.arrivals:
        for name in sent.news if sent.provider != "work_list" else ():
            ways.setdefault(name, []).append(sent.provider)
    for name, providers in ways.items():
        if len(providers) > len({*providers}):
            yield f"{name} was carried twice: {providers}"
        sure = [each for each in providers if each not in REPORTS]
        if len(sure) > 1 and not messages[name]["urgent"]:
            yield f"{name} was written by {providers}"


def _unwanted(walk: Walk) -> Iterator[str]:
    """Nobody gets what it has said that it can do without, not even among other news."""
    messages = _docs(walk, "MESSAGE")
    for sent in walk.fate.sent:
        if _is_sent_again(sent):
            continue
        for name in sent.news:
            if TEMPLATES.by_name[messages[name]["template"]].optional in sent.unwanted:
                yield f"{name} was sent, though it is unwanted"
    for name, unwanted in walk.shown:
        if TEMPLATES.by_name[messages[name]["template"]].optional in unwanted:
            yield f"{name} was to be told in a call, though it is unwanted"


def _is_sent_again(sent: Sent) -> bool:
    """Whether it is the same once more, of which the first may have arrived."""
    return sent.at > clock.parse(sent.row["claimed_at"]) + timedelta(seconds=50)


def _at_night(walk: Walk) -> Iterator[str]:
    """Nobody is disturbed by what can wait, nor told what is over."""
    for sent in walk.fate.sent:
        row, outgoing = sent.row, sent.outgoing
        if row["urgent"] or outgoing.channel not in WRITTEN:
            continue
        local = sent.at.astimezone(regions.zone(row["region"]))
        works = regions.is_working_day(row["region"], local.date())
        expires = row.get("expires_at") and clock.parse(row["expires_at"])
        soon = expires and expires < sent.at + timedelta(hours=13)
        if not (9 if works else 10) <= local.hour < 22 and not soon:
            yield f"{outgoing.message_id} {row['template']} was sent at {local}"
        if expires and expires <= sent.at:
            yield f"{outgoing.message_id} {row['template']} was sent after its end"


def _texts(walk: Walk) -> Iterator[str]:
    """Each text is whole, and a digest says all its news, nothing of it twice."""
    messages = _docs(walk, "MESSAGE")
    for sent in walk.fate.sent:
        titles = {TEMPLATES.by_name[messages[name]["template"]].subject for name in sent.news}
        said = sent.outgoing.text.split("\n\n")
        unsaid = [each for each in titles if not any(part.startswith(each) for part in said)]
        if len(sent.news) > 1 and (unsaid or len(said) > len({*said}) or titles & {*said}):
            yield f"{sent.outgoing.message_id} does not say {unsaid}, or something twice: {said}"
        text = f"{sent.outgoing.title}|{sent.outgoing.text}"
        if any(part in text for part in RAW) or len(text) > 4000:
            yield f"{sent.outgoing.message_id} reads {text!r}"


def _told(walk: Walk) -> Iterator[str]:
    """What became of messages is published."""
    events = [
        (each["type"].partition(".Message")[2], each["data"].get("message_id"))
        for each in walk.world.events()
        if ".Message" in each["type"]
    ]
    for name, message in _docs(walk, "MESSAGE").items():
        for kind in ("sent", "delivered", "read"):
            if message.get(f"{kind}_at") and (kind.title(), name) not in events:
                yield f"{name} was {kind}, and no event says so"
        for kind in ("Failed", "Withheld"):
            times = events.count((kind, name))
            if times > 1 or (message["status"] == kind.lower() and not times):
                yield f"{name} {message['status']}: {kind} is said {times} times"


def _work(walk: Walk) -> Iterator[str]:
    """Work is open until it is done or its reason is over, and its subject knows of it."""
    items = _docs(walk, "WORK_ITEM")
    open_ones = {name for name, item in items.items() if item["status"] != "done"}
    noted = set[str]()
    for row in _docs(walk, "WORK_SUBJECT").values():
        subject = WorkSubject.model_validate(row)
        noted |= {each.item_id for each in subject.open}
        if subject.finished or subject.misplaced:
            yield f"{subject.subject_id} has work that is over: {subject.finished}"
    yield from (f"{each} is open, or its subject says so" for each in noted ^ open_ones)
    messages, heard = _docs(walk, "MESSAGE"), _heard(walk)
    for name in open_ones:
        item = items[name]
        yield from (f"{name} {item['kind']} is open after {end}" for end in _ends(item, heard))
        since = max(clock.parse(item["due_at"]), clock.parse(item["created_at"]))
        left_at = since + LEFT_UNDONE + timedelta(hours=1)
        if left_at < walk.now and not item.get("climbed_to"):
            yield f"{name} {item['kind']} is left undone, and nobody above knows of it"
        expires = item.get("expires_at")
        if expires and clock.parse(expires) < walk.now - timedelta(hours=1):
            yield f"{name} {item['kind']} is open after {expires}"
        waits = {messages[each]["status"] for each in item["calls"]}
        if item["by_phone"] and "handed_over" not in waits and name not in walk.taken_back:
            yield f"{name} is a call about nothing"


def _ends(item: Mapping[str, Any], heard: list[Received[Any]]) -> Iterator[str]:
    raised, subject = Mark.model_validate(item["raised"]), item.get("about") or item["reference"]
    for line in ENDED_BY.get(item["kind"], ()):
        for each in heard if line.role in (None, item["role"]) else ():
            if not isinstance(each.event, line.events) or not line.fits(each.event):
                continue
            detail = line.detail and getattr(each.event, line.detail)
            about = getattr(each.event, line.about) == subject
            later = mark_of(each).covers(raised) and mark_of(each) != raised
            if about and later and detail in (None, item.get("detail")):
                yield each.id


def _lists(walk: Walk) -> Iterator[str]:
    """Each piece of work is in the lists of those who do it, and in no other."""
    items, seen = _docs(walk, "WORK_ITEM"), set[str]()
    readers: list[tuple[Principal, str, dict[str, str]]] = [
        (FEDERAL, "federal_hq", {}),
        (OPERATIONS, "operations", {}),
    ]
    for region in ("ZR", "YY", "YN"):
        lead = (*regions.region(region).lead, "usr_9")[0]
        readers += [(staff(role, region), role, {}) for role in OF_REGION]
        readers += [(staff("regional_hq", region, name=lead), "region_lead", {"lead": "true"})]
        readers += [
            (staff(role, region, district), role, {})
            for district in sorted({f"{each.get('district_id')}" for each in items.values()})
            for role in ("community_leader", "district_office")
        ]
    readers += [
        (staff("case_manager", "*", name=account), COLLEAGUE, {"own": "true"})
        for account in sorted({each["account"] for each in items.values() if each.get("account")})
    ]
    for who, role, query in readers:
        for done in ("false", "true"):
            found = [each["item_id"] for each in _paged(walk, who, query | {"done": done})]
            wanted = {
                name
                for name, item in items.items()
                if (item["role"], f"{item['status'] == 'done'}".lower()) == (role, done)
                and (who.nationwide or item["region"] in who.regions)
                and (not who.districts or item.get("district_id") in who.districts)
                and (role != COLLEAGUE or item["account"] == who.id)
            }
            seen |= wanted
            if {*found} != wanted or len(found) != len(wanted):
                yield f"the list of {who} has {len(found)} and not {len(wanted)}"
        if role in ABOVE.values():
            found = [each["item_id"] for each in _paged(walk, who, query | {"climbed": "true"})]
            wanted = {
                name
                for name, item in items.items()
                if item["status"] != "done"
                and item.get("climbed_to") == role
                and (who.nationwide or item["region"] in who.regions)
            }
            if sorted(found) != sorted(wanted):
                yield f"to {who} climbed {len(found)} and not {len(wanted)}"
    yield from (f"{each} is in no list" for each in items.keys() - seen)


def _paged(walk: Walk, who: Principal, query: dict[str, str]) -> Iterator[Any]:
    api, cursor = walk.world.api("notifications", who), dict[str, str]()
    while True:
        answer = api.get("/inbox", query=query | cursor)
        assert answer.status == 200, answer.text
        yield from answer.json["items"]
        if not answer.json["next_cursor"]:
            return
        cursor = {"cursor": answer.json["next_cursor"]}


def _doable(walk: Walk) -> Iterator[str]:
    """All open work can be ended by somebody; nothing stays of the trial."""
    kept = walk.world.dynamodb.snapshot()
    for name, item in _docs(walk, "WORK_ITEM").items():
        if item["status"] != "done":
            api = walk.world.api("notifications", who_works_on(dict(item)))
            answer = api.post(f"/inbox/{name}/done", {"reason": "not_needed"}, key=f"try-{name}")
            if answer.status != 200:
                yield f"{name} {item['kind']} cannot be ended: {answer.text}"
    walk.world.dynamodb.restore(kept)


def _sums(walk: Walk) -> Iterator[str]:
    """The counts of days are those of what was published."""
    counted = sum(
        number
        for day in walk.harness.docs("DAY_SUMS")
        for numbers in day["sums"].values()
        for outcome, number in numbers.items()
        if outcome != "unreachable"
    )
    kinds = tuple(f"notifications.Message{kind}" for kind in ("Sent", "Delivered", "Read"))
    kinds += ("notifications.MessageFailed", "notifications.MessageWithheld")
    published = sum(each["type"] in kinds for each in walk.world.events())
    if counted != published:
        yield f"{counted} outcomes are counted of {published}"


def _rows(walk: Walk) -> Iterator[str]:
    """Nothing waits for ever, and nothing personal is outside of the vault."""
    late = clock.iso(walk.now - timedelta(hours=2))
    for table, rows in walk.world.dynamodb.tables.items():
        for (partition, sort), row in rows.items():
            stuck = partition.startswith(("PARKED#", "QUARANTINE#")) or "gave_up" in row
            if stuck or row.get("due_at", {"S": "~"})["S"] <= late:
                yield f"{table}: {partition} {sort} waits"
            if not partition.startswith("VAULT#") and any(each in f"{row}" for each in PERSONAL):
                yield f"{table}: {partition} {sort} shows a person"
    if any(each in f"{walk.world.events()}" for each in PERSONAL):
        yield "an event shows a person"


def _erased(walk: Walk) -> Iterator[str]:
    """No key is left that opens the words of who was erased."""
    keys = walk.world.rows("notifications-keys")
    kept = {row["pk"]["S"].partition("#")[2] for row in keys if "wrapped" in row}
    for each in _heard(walk):
        name = ERASED_SUBJECT.get(type(each.event))
        if name and getattr(each.event, name) in kept:
            yield f"words of {getattr(each.event, name)} can be read"


def _integrators(walk: Walk) -> Iterator[str]:
    """Systems of integrators have what the log says, and nothing personal."""
    endpoints, log = (walk.harness.docs(f"WEBHOOK_{kind}") for kind in ("ENDPOINT", "DELIVERY"))
    yield from walk.integrators.faults(endpoints, log)
    said = b"".join(walk.integrators.bodies).decode()
    if any(each in said for each in PERSONAL):
        yield "an integrator was shown a person"


def _heard(walk: Walk) -> list[Received[Any]]:
    """All that was heard, its own events too."""
    own = {each.detail_type() for each in app.SUBSCRIPTIONS.reactions}
    told = [app.SUBSCRIPTIONS.event(each) for each in walk.world.events() if each["type"] in own]
    return [*{each.id: each for each in (*walk.received, *told)}.values()]


def _docs(walk: Walk, kind: str) -> dict[str, dict[str, Any]]:
    """The stored documents of a row type by id."""
    name = {"MESSAGE": "message_id", "WORK_ITEM": "item_id", "WORK_SUBJECT": "subject_id"}[kind]
    return {each[name]: each for each in walk.harness.docs(kind)}
