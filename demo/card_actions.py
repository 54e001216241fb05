"""What people do with cards, partners and tills."""

from typing import Any

from demo.client import Reply
from demo.data import REGION, Facts, table
from demo.story_run import Play, Step, Verb, WentOtherwise

CARDS = "/cards/v1/cards"


def contact(facts: Facts) -> Facts:
    """How a holder wants to be reached."""
    return {key: facts[key] for key in ("name", "phone", "channel", "address") if key in facts}


def issue(play: Play, name: str, who: str, facts: Facts | None = None) -> None:
    """A card comes into being; number and code are handed to the holder."""
    facts = facts or table("cards")[name]
    body: Facts = {
        "region": REGION,
        "district_id": facts["district"],
        "holder_ref": name if name.startswith("B-") else play.client.identity(name),
        "contact": contact(facts),
    }
    if order := facts.get("order"):
        body["order"] = {"order_ref": order, "ordered_on": play.day(facts["ordered_on"])}
    else:
        body["placement_current"] = facts.get("placement", True)
    _keep(play, name, play.do(who, CARDS, body, name=f"{name} issue"))


def activate(play: Play, name: str, who: str, facts: Facts | None = None) -> None:
    """The holder puts the card into use, or the leader helps."""
    facts = facts or table("cards")[name]
    body = {
        "number": play.numbers[name],
        "activation_code": play.codes[name],
        "district_id": facts["district"],
        "contact": contact(facts),
        "consent_processing": True,
        "consent_community": facts["community"],
    }
    if who != name:
        body["evidence"] = "in_person"
    card = play.ids[name]
    play.do(who, f"{CARDS}/activate", body, name=f"{name} activate {card}")


def propose_offer(play: Play, name: str, facts: Facts, number: int = 0) -> Reply:
    """A fixed discount is proposed by the partner."""
    body = {
        "discount_percent": facts["percent"],
        "goods_scope": facts["goods"],
        "valid_from": facts["from"] if number else play.day(facts["from"]),
    } | ({"valid_to": facts["to"]} if "to" in facts else {})
    path = f"/cards/v1/partners/{play.ids[name]}/offers"
    return play.do(name, path, body, name=f"{name} offer {number}")


def check(play: Play, partner: str, number: str, repeat: str = "") -> Facts:
    """A till asks about a card."""
    headers = {"X-API-Key": play.keys[partner]}
    path = "/till/v1/card-checks"
    name = f"{partner} check {number} {repeat}"
    told: Facts = play.do(None, path, {"number": number}, headers=headers, name=name).body
    return told


def _keep(play: Play, name: str, issued: Reply) -> None:
    if name in play.numbers:
        play.numbers[f"{name} old"] = play.numbers[name]
    play.ids[name] = issued.id
    play.numbers[name] = issued.body["number"]
    play.codes[name] = issued.body["activation_code"]


# the lines of stories -----------------------------------------------------------------------


def issues(play: Play, step: Step) -> None:
    """Office or leader issue a card."""
    issue(play, step.of, step.who)


def activates(play: Play, step: Step) -> None:
    """The holder activates it."""
    if step.more.get("carrier_refuses"):
        play.client.settle()
        play.client.refuse_next_message()
    activate(play, step.of, step.who)


def blocks(play: Play, step: Step) -> None:
    """The holder has lost it."""
    play.do(step.who, f"{CARDS}/{play.ids[step.of]}/block", {"reason": "lost"})


def replaces(play: Play, step: Step) -> None:
    """The leader gives a new card for the lost one."""
    path = f"{CARDS}/{play.ids[step.of]}/replace"
    _keep(play, step.of, play.do(step.who, path, {"reason": "lost"}))


def revokes(play: Play, step: Step) -> None:
    """The leader confirms that the placement ended."""
    path = f"{CARDS}/{play.ids[step.of]}/revoke"
    play.do(step.who, path, {"reason": "placement_ended"})


def checks(play: Play, step: Step) -> None:
    """A till asks about the card; the answer must be the one that the story tells."""
    wanted = step.more
    number = play.numbers[f"{step.of} old" if wanted.get("old") else step.of]
    told = check(play, step.who, number, step.at)
    expected = {"reason": wanted.get("reason", "ok"), "discount_percent": wanted.get("percent", 0)}
    found = {name: told[name] for name in expected}
    if found != expected:
        raise WentOtherwise(f"{step.at} {step.of}: {found}, not {expected}")
    play.teller.seen([told["message"]])


def serves(play: Play, step: Step) -> None:
    """A till serves buyers one after another, each with the same discount."""
    buyers = step.more["buyers"]
    for number in range(step.more["times"]):
        card = play.numbers[buyers[number % len(buyers)]]
        told = check(play, step.who, card, f"{step.at} {number}")
        if told["discount_percent"] != step.more["percent"]:
            raise WentOtherwise(f"{step.at} {step.who}: {told}")


def proposes_offer(play: Play, step: Step) -> None:
    """A partner proposes a discount."""
    offer: dict[str, Any] = table("partners")[step.of]["offers"][0]
    propose_offer(play, step.of, offer)


VERBS: dict[str, Verb] = {
    "issues": issues,
    "activates": activates,
    "blocks": blocks,
    "replaces": replaces,
    "revokes": revokes,
    "checks": checks,
    "serves": serves,
    "proposes_offer": proposes_offer,
}
