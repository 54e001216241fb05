"""The demo region before the first family calls, made by the same commands that people would use.

`load` may be repeated: each command has an Idempotency-Key made from its name, so that a load that
was interrupted goes on where it stopped.
"""

from collections.abc import Callable, Collection
from datetime import date, timedelta

from demo import card_actions, care_actions
from demo.client import Client, PlatformClient, Refused
from demo.data import REGION, Facts, table, texts
from demo.guardian_steps import application, applied_on, headquarters_of, reach_stage
from demo.stories import steps_of
from demo.story_run import StoryRun, UnexpectedOutcome
from infra.local_platform.platform import LocalPlatform

NOTICE = timedelta(days=14)
BULK_CARDS = 188
BULK_ACTIVE = 140
Say = Callable[[str], None]


def _silent(_: str) -> None:
    """Nobody waits at a terminal."""


def load(
    place: LocalPlatform | Client,
    say: Say | None = None,
    *,
    guardians: Collection[str] | None = None,
    cards: str = "all",
    bulk: bool = False,
) -> StoryRun:
    """Load the region; `cards` is `all` (every named card), `first` (where a story begins) or none.

    With `bulk` the cards of 188 more holders come too; `guardians` names those to load when not all
    of them are needed.
    """
    client = PlatformClient(place) if isinstance(place, LocalPlatform) else place
    say = say or (place.say if isinstance(place, LocalPlatform) else _silent)
    run = StoryRun(client)
    words = texts()["load"]
    say(words["offices"])
    offices(run)
    for name, facts in table("guardians").items():
        if guardians is not None and name not in guardians:
            continue
        say(words["guardian"].format(name=name, title=facts["title"]))
        guardian(run, name, facts)
        client.settle()
    if cards != "none":
        say(words["partners"])
        for name, facts in table("partners").items():
            partner(run, name, facts)
        client.settle()
        say(words["cards"])
        first_cards(run)
        client.settle()
        if cards == "all":
            run.waiting = False
            run.play(steps_of("cards_life"), card_actions.ACTIONS)
            run.waiting = True
        if bulk:
            many_cards(run, say)
    client.settle()
    run.news()
    return run


# offices ----------------------------------------------------------------------------------


def offices(run: StoryRun) -> None:
    """Lines of messages, headquarters, organisations to send a family to."""
    region = table("region")
    path = f"/notifications/v1/programme-lines/{REGION}"
    _put(run, "OPS-1", path, {"values": region["lines"]})
    for code, staff in region["headquarters"].items():
        people = [run.client.identity(user) for user in staff]
        _put(run, "OPS-1", f"/matching/v1/regions/{code}/headquarters", {"coordinators": people})
    for name, facts in region["providers"].items():
        body = {"region": REGION, **facts}
        run.ids[name] = run.do("HQ-1", "/intake/v1/providers", body, name=name).id
    try:
        programme = region["card_programme"]
        programme = programme | {"started_on": run.day(programme["started_on"])}
        run.do("RA-1", "/cards/v1/programmes", programme, name="programme")
    except Refused as refused:
        if refused.reply.status != 409:
            raise


def _put(run: StoryRun, who: str, path: str, body: Facts) -> None:
    """Replace a setting, whatever version it has."""
    found = run.client.call(who, "GET", path)
    version = found.body["version"] if found.status == 200 else 0
    run.client.call(who, "PUT", path, body, if_match=version, must=True)


# guardians --------------------------------------------------------------------------------


def guardian(run: StoryRun, name: str, facts: Facts) -> None:
    """An organisation from its application to the stage where stories find it."""
    path = "/matching/v1/applications" if name in ("G-01", "G-06") else "/matching/v1/guardians"
    who = None if name in ("G-01", "G-06") else "FH-1"
    try:
        applied = run.do(who, path, application(facts), name=name)
    except Refused as refused:
        if facts["stage"] == "refused" and refused.reply.status == 422:
            return
        raise
    if facts["stage"] == "refused":
        raise UnexpectedOutcome(f"{name} was not refused")
    run.ids[name] = applied.id
    run.client.bind(name, applied.id)
    reach_stage(run, name, facts)
    if talk := facts.get("talk"):
        hold_talk(run, name, facts, ended=talk == "held")
    if facts.get("participation"):
        sign_participation(run, name, headquarters_of(facts))


def hold_talk(run: StoryRun, name: str, facts: Facts, *, ended: bool) -> None:
    """The organisation is asked something, and perhaps has answered."""
    path = f"/matching/v1/guardians/{run.ids[name]}/clarification"
    asked = {"invited_role": "head", "question": facts["question"]}
    run.do("FH-1", path, asked, name=f"{name} talk")
    if ended:
        held = {"held_on": applied_on(run, name, facts), "result": "satisfied"}
        run.do(headquarters_of(facts), f"{path}/result", held, name=f"{name} talk ends")


def sign_participation(run: StoryRun, name: str, who: str) -> None:
    """Guardian and headquarters read the same text, and each agrees."""
    path = f"/matching/v1/guardians/{run.ids[name]}/participation-agreement"
    for side in (name, who):
        run.do(side, path, care_actions.text_to_sign(run), name=f"{name} participation {side}")


# partners and cards -----------------------------------------------------------------------


def partner(run: StoryRun, name: str, facts: Facts) -> None:
    """A business from the first idea to its first till."""
    lead = {
        "region": REGION,
        "title": facts["title"],
        "category": facts["category"],
        "district_ids": facts["district_ids"],
        "manager_org": name,
    }
    run.ids[name] = run.do(facts["by"], "/cards/v1/partners", lead, name=name).id
    path = f"/cards/v1/partners/{run.ids[name]}"
    run.do("CL-0", f"{path}/take", name=f"{name} take")
    for number, outlet in enumerate(facts.get("outlets", ())):
        open_outlet(run, name, number, outlet)
    if facts["stage"] == "declined":
        run.do("CL-0", f"{path}/decline", {"reason": facts["reason"]}, name=f"{name} decline")
    if facts["stage"] != "active":
        return
    for number, offer in enumerate(facts["offers"]):
        card_actions.propose_offer(run, name, offer, number)
    paper = {"agreement_ref": facts["agreement"]}
    run.do("CL-0", f"{path}/agreement", paper, name=f"{name} paper")
    run.do("CL-0", f"{path}/publish", name=f"{name} publish")
    if last_day := facts.get("last_day"):
        leave(run, name, date.fromisoformat(last_day))


def open_outlet(run: StoryRun, name: str, number: int, facts: Facts) -> None:
    """A shop and the key of its till."""
    path = f"/cards/v1/partners/{run.ids[name]}"
    shop = {
        "title": facts["title"],
        "district_id": facts["district"],
        "address": facts["address"],
        "latitude": facts["at"][0],
        "longitude": facts["at"][1],
        "hours": [{"day": "mon", "opens": "09:00", "closes": "21:00"}],
    }
    opened = run.do(name, f"{path}/outlets", shop, name=f"{name} outlet {number}").body["number"]
    key = run.do(name, f"{path}/keys", {"outlet_id": opened}, name=f"{name} key {number}")
    run.keys.setdefault(name, key.body["store_key"])


def leave(run: StoryRun, name: str, last_day: date) -> None:
    """The partner goes after that day, or has gone."""
    path = f"/cards/v1/partners/{run.ids[name]}"
    if last_day - run.today() >= NOTICE:
        notice = {"last_day": last_day.isoformat(), "reason": "agreement_over"}
        run.do(name, f"{path}/notice", notice, name=f"{name} notice")
    else:
        run.do(name, f"{path}/end", {"reason": "agreement_over"}, name=f"{name} end")


def first_cards(run: StoryRun) -> None:
    """The cards that are in use when stories begin."""
    for name, facts in table("cards").items():
        if "order" not in facts and facts.get("placement", True):
            card_actions.issue(run, name, "CL-0")
            if name != "FP-04":
                card_actions.activate(run, name, name)


def many_cards(run: StoryRun, say: Say) -> None:
    """188 more holders, of whom 140 have activated the card with the leader's help."""
    for number in range(BULK_CARDS):
        holder = f"B-{number:03d}"
        district = f"D{number % 12 + 1:02d}"
        facts = {
            "district": district,
            "community": number % 2 == 0,
            "name": f"Владелец {number:03d}",
            "channel": "sms",
            "phone": f"+7 900 400-{number // 100:02d}-{number % 100:02d}",
        }
        card_actions.issue(run, holder, "CL-0", facts)
        if number < BULK_ACTIVE:
            card_actions.activate(run, holder, "CL-0", facts)
        if number % 40 == 39:
            run.client.settle()
            say(texts()["load"]["bulk"].format(done=number + 1, all=BULK_CARDS))
