"""A family enters its code; where several have the phone it says which one it is.

Who else has the phone is never said: a family names the number of a request of its own, and a
number that is none of theirs counts as a wrong code.
"""

from collections.abc import Callable

from services.intake.requests.repository import Requests
from services.intake.sign_ins.commands import ConfirmFamilyBinding, EnterFamilyCode
from services.intake.sign_ins.repository import FamilyPeople
from shared.errors import Invalid
from shared.identity.devices import Devices
from shared.identity.sign_ins import Choose, SignIn, SignIns
from shared.sign_in import use_cases
from shared.sign_in.values import SignInId
from shared.storage.command_context import CommandContext, Receipt


def exchange_code(
    sign_in_id: SignInId,
    body: EnterFamilyCode,
    context: CommandContext,
    sign_ins: SignIns,
    devices: Devices,
    people: FamilyPeople,
    requests: Requests,
) -> Receipt:
    """Enter the code and get the tokens of this device."""
    choose = _chooser(body.number, lambda region: True, context, sign_ins, people, requests)
    return use_cases.exchange_code(sign_in_id, body, context, sign_ins, devices, people, choose)


def bind_chat(
    sign_in_id: SignInId,
    body: ConfirmFamilyBinding,
    context: CommandContext,
    sign_ins: SignIns,
    devices: Devices,
    people: FamilyPeople,
    requests: Requests,
) -> Receipt:
    """Bind the chat by the code that the family typed there; one bound before is signed out."""
    reaches = context.actor.covers
    choose = _chooser(body.number, reaches, context, sign_ins, people, requests)
    return use_cases.bind_chat(sign_in_id, body, context, sign_ins, devices, people, choose)


def _chooser(
    number: str | None,
    reaches: Callable[[str], bool],
    context: CommandContext,
    sign_ins: SignIns,
    people: FamilyPeople,
    requests: Requests,
) -> Choose:
    def choose(sign_in: SignIn) -> str:
        families = people.sharers(sign_in.contact, reaches)
        if not families:  # one that moved away meanwhile is refused as a code of before
            return sign_in.person or ""
        if number is None:
            if len(families) == 1:
                return families[0]
            raise Invalid("which_family", "/number")
        request = requests.by_number(number)
        chosen = None if request is None else people.family_of(request.family_id)
        if chosen is None or chosen not in families:
            sign_ins.count_wrong(sign_in, context)
            raise Invalid("number_of_no_family", "/number")
        return chosen

    return choose
