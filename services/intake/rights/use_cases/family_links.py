"""The family itself, through a link to its own case that headquarters has issued."""

from datetime import timedelta

from services.intake.cases import queries
from services.intake.cases.commands import (
    ByLink,
    ChangeConsentByLink,
    CorrectNeedsByLink,
    WithdrawByLink,
)
from services.intake.cases.policy import load_authorised, stamp
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases import family_wishes
from services.intake.cases.values import RequestId
from services.intake.cases.views import ExportView, LinkView, OwnView
from shared import clock
from shared.identity import signed_links
from shared.identity.signed_links import Link
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt

OWN_CASE = "own_case"
LINK_LIFETIME = timedelta(days=3)
# The end that is announced comes before the link's own, whatever time the answer takes.
MARGIN = timedelta(minutes=1)


def issue_family_link(request_id: RequestId, context: CommandContext, cases: Cases) -> Receipt:
    """Make a link with which the family sees and changes its own case."""
    case = load_authorised(request_id, "issue_family_link", context.actor, cases)
    after = case.record(stamp(context), "family_link_issued")
    return cases.save_change(context, case, after)


def link_view(receipt: Receipt, caller: Principal) -> LinkView:
    """Return a fresh link, which is stored nowhere: a repeated call gets another one."""
    return LinkView(
        id=receipt.id,
        version=receipt.version,
        link=signed_links.issue(OWN_CASE, receipt.id, receipt.id, LINK_LIFETIME),
        expires_at=clock.wall() + LINK_LIFETIME - MARGIN,
    )


def open_own_case(body: ByLink, cases: Cases, vault: Vault) -> OwnView:
    """See your own case."""
    link = _opened(body)
    return queries.get_own_case(link.subject, link.principal, cases, vault)


def export_own_case(body: ByLink, cases: Cases, vault: Vault) -> ExportView:
    """See everything that is kept about you."""
    link = _opened(body)
    return queries.export_person(link.subject, link.principal, cases, vault)


def correct_own_needs(
    body: CorrectNeedsByLink, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Add, change or cross out your needs; the link is used up."""
    link = _acting(body, context)
    case = load_authorised(link.subject, "correct_needs", context.actor, cases)
    return family_wishes.correct(case, body, context, cases, vault, link)


def change_own_consent(
    body: ChangeConsentByLink, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Give or withdraw one permission; the link is used up."""
    link = _acting(body, context)
    case = load_authorised(link.subject, "change_consent", context.actor, cases)
    return family_wishes.change_permission(case, body, context, cases, vault, link)


def withdraw_own_request(body: WithdrawByLink, context: CommandContext, cases: Cases) -> Receipt:
    """Withdraw your request; the link is used up."""
    link = _acting(body, context)
    case = load_authorised(link.subject, "withdraw_request", context.actor, cases)
    return family_wishes.withdraw(case, body, context, cases, link)


def _opened(body: ByLink) -> Link:
    return signed_links.open_link(body.link, OWN_CASE)


def _acting(body: ByLink, context: CommandContext) -> Link:
    """Let the family act in a command by its link."""
    link = _opened(body)
    context.actor = link.principal
    return link
