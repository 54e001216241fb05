"""The family itself, through a link to its own case that headquarters has issued."""

from datetime import timedelta

from services.intake.cases.policy import load_authorised as load_case
from services.intake.cases.repository import Cases
from services.intake.cases.values import CaseId
from services.intake.families.policy import load_authorised as load_family
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.hand_overs.repository import HandOvers
from services.intake.requests.repository import Requests
from services.intake.rights import queries
from services.intake.rights.commands import (
    ByLink,
    ChangeConsentByLink,
    CorrectNeedsByLink,
    ReadLogByLink,
    WithdrawByLink,
)
from services.intake.rights.export_views import ExportView
from services.intake.rights.policy import require_living
from services.intake.rights.use_cases import case_wishes, family_wishes
from services.intake.rights.use_cases.link_use import LINK_LIFETIME, OWN_CASE, acting, opened
from services.intake.rights.views import LinkView, OwnView
from shared import clock
from shared.identity import signed_links
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.vault import Vault
from shared.readings.views import ReadingView
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page

# The end that is announced comes before the link's own, whatever time the answer takes.
MARGIN = timedelta(minutes=1)


def issue_family_link(case_id: CaseId, context: CommandContext, cases: Cases) -> Receipt:
    """Make a link with which the family sees and changes its own case."""
    file = load_case(case_id, "issue_family_link", context.actor, cases)
    require_living(file.family)
    after = file.case.record(stamp(context), "family_link_issued")
    return cases.save_change(context, file, after)


def link_view(receipt: Receipt, caller: Principal, cases: Cases) -> LinkView:
    """Return a fresh link, which is stored nowhere: a repeated call gets another one."""
    family_id = cases.get(receipt.id).family_id
    return LinkView(
        id=receipt.id,
        version=receipt.version,
        link=signed_links.issue(OWN_CASE, family_id, receipt.id, LINK_LIFETIME),
        expires_at=clock.wall() + LINK_LIFETIME - MARGIN,
    )


def open_own_case(body: ByLink, cases: Cases, vault: Vault) -> OwnView:
    """See your own case."""
    link = opened(body, cases.store)
    return queries.get_own_case(link.about, link.principal, cases, vault)


def export_own_case(
    body: ByLink,
    families: Families,
    cases: Cases,
    requests: Requests,
    hand_overs: HandOvers,
    vault: Vault,
    log: AccessLog,
) -> ExportView:
    """See everything that is kept about you."""
    link = opened(body, cases.store)
    subject, reader = link.subject, link.principal
    kept = families, cases, requests, hand_overs
    return queries.export_person(subject, reader, *kept, vault, log)


def list_own_readings(
    body: ReadLogByLink, families: Families, cases: Cases, log: AccessLog
) -> Page[ReadingView]:
    """See who has read what about you, the latest first."""
    link = opened(body, cases.store)
    return queries.list_readings(link.subject, body, link.principal, families, log)


def correct_own_needs(
    body: CorrectNeedsByLink, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Add, change or cross out your needs; the link is used up."""
    with acting(body, context, cases.store) as link:
        file = load_case(link.about, "correct_needs", context.actor, cases)
        return case_wishes.correct(file, body, context, cases, vault, link)


def change_own_consent(
    body: ChangeConsentByLink,
    context: CommandContext,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Give or withdraw one permission; the link is used up."""
    with acting(body, context, cases.store) as link:
        family = load_family(link.subject, "change_consent", context.actor, families)
        return family_wishes.change_permission(family, body, context, cases, vault, link)


def withdraw_own_case(body: WithdrawByLink, context: CommandContext, cases: Cases) -> Receipt:
    """Say that you need no help any more; the link is used up."""
    with acting(body, context, cases.store) as link:
        file = load_case(link.about, "withdraw_case", context.actor, cases)
        return case_wishes.withdraw(file, body, context, cases, link)
