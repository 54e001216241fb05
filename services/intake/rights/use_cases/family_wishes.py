"""What a family wants done with its own data: by bot, or by headquarters with evidence.

A family is one: what it allows, or takes back, holds for all its cases, which follow in the same
commit. The functions that take what was loaded are shared with the family's link (`family_links`).
"""

from services.intake.cases import care_track
from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.codes.values import (
    ClosedReason,
    ConsentForm,
    ConsentPurpose,
    Evidence,
    LiftReason,
)
from services.intake.consents.repository import find_text
from services.intake.consents.values import ConsentText
from services.intake.families.domain import Family
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.families.values import (
    Consent,
    FamilyId,
    Stamp,
)
from services.intake.rights.commands import (
    ChangeConsent,
    ConsentChange,
    ErasePerson,
)
from services.intake.rights.domain import answer_all, forget_calls
from services.intake.rights.policy import by_itself, load_for_family
from services.intake.rights.use_cases.link_use import spent
from shared.errors import Invalid
from shared.identity.signed_links import Link
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def change_consent(
    family_id: FamilyId,
    body: ChangeConsent,
    context: CommandContext,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Give or withdraw one permission; without «processing» the family is forgotten."""
    family = load_for_family(family_id, "change_consent", context, body.evidence, families)
    return change_permission(family, body, context, cases, vault)


def erase_person(
    family_id: FamilyId,
    body: ErasePerson,
    context: CommandContext,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Forget a family for good."""
    family = load_for_family(family_id, "erase_person", context, body.evidence, families)
    context.reason = body.reason
    return _erase(family, ClosedReason.ERASED, context, cases, vault)


def change_permission(
    family: Family,
    body: ConsentChange,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
    link: Link | None = None,
) -> Receipt:
    """Give or withdraw a permission; a `link` that the family used is spent by it."""
    _check_recipient(body, family)
    now, text = stamp(context), _text_of(body)
    if body.given:
        after = family.give_consent(_consent(body, text, now, _form_of(body, context)))
        return cases.save_family(context, family, after, (), unique=spent(link))
    if body.purpose is ConsentPurpose.PROCESSING:
        context.reason = ClosedReason.CONSENT_WITHDRAWN
        return _erase(family, ClosedReason.CONSENT_WITHDRAWN, context, cases, vault, link)
    after = family.withdraw_consent(body.purpose, body.recipient, now.at)
    steps = () if after is family else _without_consent(family, body.purpose, now, cases)
    return cases.save_family(context, family, after, steps, unique=spent(link))


Steps = tuple[tuple[Case, Case], ...]


def _without_consent(family: Family, purpose: ConsentPurpose, now: Stamp, cases: Cases) -> Steps:
    """Return what a consent that is taken back does to cases.

    One that waits for a guardian, or for the introduction of one, is reviewed again. The others are
    written, too, so that a search which begins at this moment meets that.
    """
    if purpose is not ConsentPurpose.SHARE_NEED_CATEGORIES:
        return ()
    reason = LiftReason.CONSENT_WITHDRAWN
    searched = cases.open_of(family)
    return tuple((case, care_track.stop_search(case, now, reason)) for case in searched)


def forget(family: Family, context: CommandContext, cases: Cases, vault: Vault) -> Receipt:
    """Forget a family whose cases are all closed; it did not ask, and may have rung since."""
    return _erase(family, ClosedReason.ERASED, context, cases, vault, calls=False)


def _erase(
    family: Family,
    reason: ClosedReason,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
    link: Link | None = None,
    *,
    calls: bool = True,
) -> Receipt:
    if family.erased:
        return cases.save_family(context, family, family, ())
    now = stamp(context)
    steps = tuple((case, case.close(now, reason)) for case in cases.open_of(family))
    after = answer_all(family, now.at).erase(now.at)
    if calls:
        after = forget_calls(after, (each.index for each in family.all_contacts))
    return cases.save_family(
        context, family, after, steps, unique=spent(link), writes=vault.erase(family.family_id)
    )


def _text_of(body: ConsentChange) -> ConsentText:
    """Return the text that a family was shown, whether it said yes or no."""
    text = find_text(body.purpose, body.text_version, "/text_version")
    if body.text_hash not in (None, text.hash):
        raise Invalid("consent_text_differs", "/text_hash")
    return text


def _form_of(body: ConsentChange, context: CommandContext) -> ConsentForm:
    """Return how a consent was given: as the staff says, else as the family's wish came."""
    if by_itself(context):
        return ConsentForm.ONLINE
    if body.form is not None:
        return body.form
    on_paper = context.actor.evidence == Evidence.WRITTEN
    return ConsentForm.WRITTEN if on_paper else ConsentForm.SPOKEN


def _consent(body: ConsentChange, text: ConsentText, now: Stamp, form: ConsentForm) -> Consent:
    return Consent(
        purpose=body.purpose,
        recipient=body.recipient,
        form=form,
        text_version=text.version,
        text_hash=text.hash,
        given_at=now.at,
        given_by=now.by,
    )


def _check_recipient(body: ConsentChange, family: Family) -> None:
    to_office = body.purpose is ConsentPurpose.SHARE_WITH_OFFICE
    if to_office and body.recipient is None:
        raise Invalid("recipient_required", "/recipient")
    if not to_office and body.recipient is not None:
        raise Invalid("recipient_not_expected", "/recipient")
    if body.recipient is not None and body.recipient not in family.offices:
        regions.check_district(family.region, body.recipient, "/recipient")
