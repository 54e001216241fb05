"""What people do with cards, partners and tills."""

from typing import Any

from demo.client import Reply
from demo.data import REGION, Facts, table
from demo.story_run import Action, Step, StoryRun, UnexpectedOutcome

CARDS = "/cards/v1/cards"


def contact(facts: Facts) -> Facts:
    """How a holder wants to be reached."""
    return {key: facts[key] for key in ("name", "phone", "channel", "address") if facts.get(key)}


def issue(run: StoryRun, name: str, who: str, facts: Facts | None = None) -> None:
    """A card comes into being; number and code are handed to the holder."""
    facts = facts or table("cards")[name]
    body: Facts = {
        "region": REGION,
        "district_id": facts["district"],
        "holder_ref": facts.get("file") or _identity(run, name),
        "contact": contact(facts),
    }
    if order := facts.get("order"):
        body["order"] = {"order_ref": order, "ordered_on": run.day(facts["ordered_on"])}
    else:
        body["placement_current"] = facts.get("placement", True)
    _keep(run, name, run.do(who, CARDS, body, name=f"{name} issue"))


def _identity(run: StoryRun, name: str) -> str:
    return name if name.startswith("B-") else run.client.identity(name)


def activate(run: StoryRun, name: str, who: str, facts: Facts | None = None) -> None:
    """The holder puts the card into use, or the leader helps."""
    facts = facts or table("cards")[name]
    body = {
        "number": run.numbers[name],
        "activation_code": run.codes[name],
        "district_id": facts["district"],
        "contact": contact(facts),
        "consent_processing": True,
        "consent_community": facts["community"],
    }
    if who != name:
        body["evidence"] = "in_person"
    card = run.ids[name]
    run.phones[name] = run.do(who, f"{CARDS}/activate", body, name=f"{name} activate {card}").body


def propose_offer(run: StoryRun, name: str, facts: Facts, number: int = 0) -> Reply:
    """A fixed discount is proposed by the partner."""
    names = {
        "discount_percent": "percent",
        "discount_kopecks": "kopecks",
        "minimum_purchase_kopecks": "minimum",
        "goods_scope": "goods",
        "valid_to": "to",
    }
    body = {name: facts[short] for name, short in names.items() if short in facts}
    body["valid_from"] = facts["from"] if number else run.day(facts["from"])
    path = f"/cards/v1/partners/{run.ids[name]}/offers"
    return run.do(name, path, body, name=f"{name} offer {number}")


def check(run: StoryRun, partner: str, number: str, repeat: str = "") -> Facts:
    """A till asks about a card."""
    headers = {"X-API-Key": run.keys[partner]}
    path = "/till/v1/card-checks"
    name = f"{partner} check {number} {repeat}"
    told: Facts = run.do(None, path, {"number": number}, headers=headers, name=name).body
    return told


def _keep(run: StoryRun, name: str, issued: Reply) -> None:
    if name in run.numbers:
        run.numbers[f"{name} old"] = run.numbers[name]
        run.ids[f"{name} old"] = run.ids[name]
    run.ids[name] = issued.id
    run.numbers[name] = issued.body["number"]
    run.codes[name] = issued.body["activation_code"]


# the lines of stories -----------------------------------------------------------------------


def issues(run: StoryRun, step: Step) -> None:
    """Office or leader issue a card."""
    issue(run, step.of, step.who)


def activates(run: StoryRun, step: Step) -> None:
    """The holder activates it."""
    facts = table("cards")[step.of]
    if step.more.get("carrier_refuses"):
        run.client.settle()
        run.client.refuse_next_message(facts["address"].partition(":")[0])
    activate(run, step.of, step.who, facts | {"phone": facts.get(step.more.get("phone", "phone"))})


def blocks(run: StoryRun, step: Step) -> None:
    """The holder has lost it."""
    reason = step.more.get("reason", "lost")
    run.do(step.who, f"{CARDS}/{run.ids[step.of]}/block", {"reason": reason})


def replaces(run: StoryRun, step: Step) -> None:
    """The leader gives a new card for the lost one."""
    path = f"{CARDS}/{run.ids[step.of]}/replace"
    _keep(run, step.of, run.do(step.who, path, {"reason": step.more.get("reason", "lost")}))


def revokes(run: StoryRun, step: Step) -> None:
    """The leader confirms that the placement ended."""
    path = f"{CARDS}/{run.ids[step.of]}/revoke"
    run.do(step.who, path, {"reason": "placement_ended"})


def checks(run: StoryRun, step: Step) -> None:
    """A till asks about the card; the answer must be the one that the story tells."""
    wanted = step.more
    number = run.numbers[f"{step.of} old" if wanted.get("old") else step.of]
    expect(run, step, check(run, step.who, number, step.at))


def expect(run: StoryRun, step: Step, told: Facts) -> None:
    """Show what the till answered; it must be what the story tells."""
    wanted = step.more
    expected = {
        "reason": wanted.get("reason", "ok"),
        "discount_percent": wanted.get("percent", 0),
        "discount_kopecks": wanted.get("kopecks", 0),
    }
    found = {name: told[name] for name in expected}
    if found != expected:
        raise UnexpectedOutcome(f"{step.at} {step.of}: {found}, not {expected}")
    run.narrator.seen([told["message"]])


def serves(run: StoryRun, step: Step) -> None:
    """A till serves buyers one after another, each with the same discount."""
    buyers = step.more["buyers"]
    for number in range(step.more["times"]):
        card = run.numbers[buyers[number % len(buyers)]]
        told = check(run, step.who, card, f"{step.at} {number}")
        if told["discount_percent"] != step.more["percent"]:
            raise UnexpectedOutcome(f"{step.at} {step.who}: {told}")


def proposes_offer(run: StoryRun, step: Step) -> None:
    """A partner proposes a discount."""
    offer: dict[str, Any] = table("partners")[step.of]["offers"][0]
    propose_offer(run, step.of, offer)


ACTIONS: dict[str, Action] = {
    "issues": issues,
    "activates": activates,
    "blocks": blocks,
    "replaces": replaces,
    "revokes": revokes,
    "checks": checks,
    "serves": serves,
    "proposes_offer": proposes_offer,
}
