"""A request that was written down for the wrong family leaves it, with all that it said."""

from services.intake.calls.domain import disown_case, disown_facts
from services.intake.calls.use_cases.commits import Asked, load_asked, save_asked
from services.intake.cases.care_track import stop_search
from services.intake.cases.domain import Case
from services.intake.cases.policy import shown
from services.intake.cases.repository import CaseFile, Cases
from services.intake.codes.values import ConsentPurpose, EndReason, LiftReason
from services.intake.families.domain import Family
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.families.values import Stamp
from services.intake.requests import events as request_events
from services.intake.requests.domain import MOST_FORGOTTEN, Request
from services.intake.requests.policy import load_authorised
from services.intake.requests.repository import Requests
from services.intake.requests.values import MINUTES_TO_MEND, RequestId
from services.intake.sign_ins.domain import sign_out
from shared import clock
from shared.domain import Moment
from shared.errors import IllegalStep
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite


def disown_request(
    request_id: RequestId,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Say that a request was written down for the wrong family; its words there are erased."""
    request = load_authorised(request_id, "disown_request", context.actor, requests)
    context.reason, now = EndReason.OTHER_FAMILY, stamp(context)
    before = load_asked(request, families, cases)
    disowned, case = request.disown(now), before.case
    own = None if request.family_id is None else families.record(request.family_id)
    if request.made_family(case, own):  # which may be part of another by now
        instead = tuple(step for step in request.next_steps if step == "add")
        raise IllegalStep("family_is_of_this_request", instead, minutes=MINUTES_TO_MEND)
    if case is not None and before.family is not None and request_id in case.requests:
        others = requests.get_many(each for each in case.requests if each != request_id)
        case = shown(CaseFile(case, before.family), context.actor)
        case = disown_case(case, now, request, others)
    family = None if before.family is None else _without_facts(before.family, request, now.at)
    stopped: list[tuple[Case, Case]] = []
    if family is not None and not family.allows(ConsentPurpose.SHARE_NEED_CATEGORIES):
        case = None if case is None else stop_search(case, now, LiftReason.CONSENT_WITHDRAWN)
        stopped = _stopped(family, request.case_id, now, cases)
    after, news = Asked(disowned, case, family), [request_events.of_end(disowned)]
    writes = _forget(before, vault)
    return save_asked(context, before, after, writes, requests, news=news, steps=stopped)


def _stopped(family: Family, own: str | None, now: Stamp, cases: Cases) -> list[tuple[Case, Case]]:
    """Return the other open cases of a family, for which no guardian is searched any more.

    All are written, so that a search which begins at this moment meets that.
    """
    others = (each for each in cases.open_of(family) if each.case_id != own)
    return [(each, stop_search(each, now, LiftReason.CONSENT_WITHDRAWN)) for each in others]


def _forget(before: Asked, vault: Vault) -> list[RawWrite]:
    """Return the rows that forget the first words of a request, and a contact that it noted."""
    request, _, family = before
    words = request.word_records[:MOST_FORGOTTEN]
    writes = [row for each in words for row in vault.forget(request.subject, each)]
    for record in () if family is None else family.records:
        if noted := request.noted_contact(record):
            writes += vault.forget(record.family_id, noted.contact_id)
    return writes


def _without_facts(family: Family, request: Request, at: Moment) -> Family:
    """Return a family whose records have no fact of this request.

    Who has a phone that it noted may be signed in by that, as its record or as the family, and is
    another family.
    """
    main, *others = (disown_facts(each, request, at) for each in family.records)
    left = main._with(others=tuple(others))
    noted = len(left.all_contacts) < len(family.all_contacts)
    return sign_out(left, clock.wall()) if noted else left
