"""What a card holder does who has no account: only a phone, and codes that come to it."""

import base64
import hmac
import re

from demo.card_actions import CARDS, contact, expect
from demo.client import Message
from demo.data import Facts, label, table, texts
from demo.story_run import Action, Step, StoryRun, UnexpectedOutcome
from shared import clock

CODE = re.compile(r"\b\d{6}\b")
SIGN_INS = "/cards/v1/sign-ins"
STEP_SECONDS = 30


def signs_in(run: StoryRun, step: Step) -> None:
    """The holder asks for a code, reads it on her phone, types it in."""
    asked = _ask_for_code(run, step, step.more.get("phone", "phone"))
    (message,) = _messages_to(run, step, asked, 1)
    code = CODE.findall(message["text"])[0]
    tokens = run.do(None, f"{SIGN_INS}/{asked}/token", {"code": code}).body
    run.client.sign_in(step.of, tokens["access_token"])


def asks_in_vain(run: StoryRun, step: Step) -> None:
    """Whoever has a phone that is nobody's any more gets the same answer, and no code."""
    asked = _ask_for_code(run, step, step.more["phone"])
    _messages_to(run, step, asked, 0)


def shows(run: StoryRun, step: Step) -> None:
    """A till scans the code that a phone shows at this moment."""
    headers = {"X-API-Key": run.keys[step.who]}
    body = {"code": _turning_code(run, step.of)}
    expect(run, step, run.do(None, "/till/v1/card-checks", body, headers=headers).body)


def finds_card(run: StoryRun, step: Step) -> None:
    """An operator finds a card by the file's number and the last digits, and sees no name."""
    signs = {"holder_ref": table("cards")[step.of]["file"], "last4": run.numbers[step.of][-4:]}
    found = run.do(step.who, "/cards/v1/lost-cards/search", signs).body
    if found["id"] != run.ids[step.of]:
        raise UnexpectedOutcome(f"{step.at} {step.of}: {found}")
    run.narrator.seen(
        [
            texts()["show"]["found_card"].format(
                status=label("card_status", found["status"]), **signs
            )
        ]
    )


def gives_new_phone(run: StoryRun, step: Step) -> None:
    """A leader who has seen the holder's papers writes down her new phone."""
    facts = table("cards")[step.of]
    body = {
        "contact": contact(facts | {"phone": facts["next_phone"]}),
        "evidence": "in_person",
        "stolen": True,
    }
    path = f"{CARDS}/{run.ids[step.of]}/change-contact"
    run.ids[f"{step.of} contact"] = run.do(step.who, path, body).id


def _ask_for_code(run: StoryRun, step: Step, phone: str) -> str:
    body = {"contact": table("cards")[step.of][phone]}
    asked = run.do(None, SIGN_INS, body).id
    run.ids[f"{step.of} code"] = asked
    run.client.settle()
    return asked


def _messages_to(run: StoryRun, step: Step, reference: str, wanted: int) -> list[Message]:
    found = [each for each in run.client.messages() if each["reference"] == reference]
    if len(found) != wanted:
        raise UnexpectedOutcome(f"{step.at} {step.of}: {len(found)} messages, not {wanted}")
    return found


def _turning_code(run: StoryRun, name: str) -> str:
    """What docs/phone-code.md tells a phone to do."""
    phone: Facts = run.phones[name]
    step = str(int(clock.wall().timestamp()) // STEP_SECONDS)
    digest = hmac.digest(phone["qr_secret"].encode(), step.encode(), "sha256")
    code = base64.b32encode(digest[:10]).decode()
    return f"RR.{phone['handle']}.{phone['generation']}.{code}"


ACTIONS: dict[str, Action] = {
    "signs_in": signs_in,
    "asks_in_vain": asks_in_vain,
    "shows": shows,
    "finds_card": finds_card,
    "gives_new_phone": gives_new_phone,
}
