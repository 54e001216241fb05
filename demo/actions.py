"""What intake does for a family, each action one or a few HTTP calls."""

from demo.client import Reply
from demo.data import REGION, Facts, texts
from demo.story_run import Action, Step, StoryRun, UnexpectedOutcome, key_of

REQUESTS = "/intake/v1/requests"
CASES = "/intake/v1/cases"
MATCHES = "/matching/v1/matches"
CONSENTS = {"processing": True, "share_need_categories": True, "contact": True}


def case(run: StoryRun, step: Step) -> str:
    """The address of the family's case."""
    return f"{CASES}/{run.ids[step.of]}"


def match(run: StoryRun, step: Step) -> str:
    """The address of the family's latest match."""
    return f"{MATCHES}/{run.matches[step.of]}"


def actor(run: StoryRun, step: Step) -> str:
    """Who acts; `guardian` is the person of the family's own guardian."""
    if step.who != "guardian":
        return step.who
    return run.named(run.guardians[run.matches[step.of]])


def application(family: Facts) -> Facts:
    """What an operator writes down."""
    needs = [
        {key: need[name] for key, name in NEED.items() if name in need} for need in family["needs"]
    ]
    wanted: Facts = {
        "region": REGION,
        "district_id": family["district"],
        "initiated_by": "self",
        "applicant_relation": family["applicant"],
        "family": {"members": family.get("members", [])},
        "needs": needs,
        "contact": {
            key: family[key] for key in ("name", "phone", "channel", "address") if family.get(key)
        },
        "consents": CONSENTS,
    }
    return wanted | ({"text": family["words"]} if family.get("words") else {})


NEED = {"category": "category", "text": "words", "urgency": "urgency"}


def register(run: StoryRun, step: Step) -> Reply:
    """One request under the family's own key."""
    body = application(run.families[step.of])
    return run.client.call(step.who, "POST", REQUESTS, body, key=key_of(step.of), must=True)


def registers(run: StoryRun, step: Step) -> None:
    """A family's request."""
    receipt = register(run, step)
    run.ids[step.of], run.ids[f"{step.of} request"] = receipt.body["case_id"], receipt.id
    run.numbers[step.of] = receipt.body["number"]
    run.narrator.seen([texts()["seen"]["number"].format(number=receipt.body["number"])])


def registers_again(run: StoryRun, step: Step) -> None:
    """The same request, sent twice: the same number."""
    if register(run, step).body["number"] != run.numbers[step.of]:
        raise UnexpectedOutcome(f"{step.of} was given a second number")


def takes(run: StoryRun, step: Step) -> None:
    """A coordinator makes the case their own."""
    run.do(step.who, f"{case(run, step)}/take")


def confirms_needs(run: StoryRun, step: Step) -> None:
    """The needs are understood as they are."""
    run.do(step.who, f"{case(run, step)}/needs", {"confirm": need_ids(run, step)})


def need_ids(run: StoryRun, step: Step) -> list[str]:
    """The needs of the family that are open."""
    needs = run.get("HQ-1", case(run, step))["needs"]
    return [need["need_id"] for need in needs if need["status"] == "open"]


def requires_care(run: StoryRun, step: Step) -> None:
    """The marker «guardianship required»."""
    body = {"long_term_need": True, "reason": run.families[step.of]["reason"]}
    run.do(step.who, f"{case(run, step)}/care-requirement", body)


def lifts(run: StoryRun, step: Step) -> None:
    """The marker goes."""
    path = f"{case(run, step)}/care-requirement/lift"
    run.do(step.who, path, {"reason": step.more["reason"]})


def redirects(run: StoryRun, step: Step) -> None:
    """Another organisation helps better."""
    body = {"decision": "redirect", "provider_id": run.ids[step.more["provider"]]}
    run.do(step.who, f"{case(run, step)}/triage", body)


def helps_once(run: StoryRun, step: Step) -> None:
    """One help will do."""
    run.do(step.who, f"{case(run, step)}/triage", {"decision": "one_time"})


def records_aid(run: StoryRun, step: Step) -> None:
    """That help was given."""
    body = {
        "category": step.more["category"],
        "persons": step.more["persons"],
        "legal_basis": "programme",
        "provider_id": run.ids[step.more["provider"]],
    }
    run.do(step.who, f"{case(run, step)}/aids", body)


def meets_needs(run: StoryRun, step: Step) -> None:
    """All that the family asked for is done."""
    run.do(step.who, f"{case(run, step)}/needs", {"met": need_ids(run, step)})


def opens(run: StoryRun, step: Step) -> None:
    """Somebody looks at the case."""
    run.get(step.who, case(run, step))


def reads_contact(run: StoryRun, step: Step) -> None:
    """Somebody asks how to reach the family."""
    run.get(actor(run, step), f"{case(run, step)}/contact")


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        registers, registers_again, takes, confirms_needs, requires_care, lifts, redirects,
        helps_once, records_aid, meets_needs, opens, reads_contact,
    )
}  # fmt: skip
