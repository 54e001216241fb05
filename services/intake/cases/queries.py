"""What headquarters looks up: its queue, a case, its history; and what an office may know."""

from services.intake.cases.commands import ListCases
from services.intake.cases.policy import CASE, load_authorised
from services.intake.cases.repository import MISSING_PREFIX, Cases, status_prefix
from services.intake.cases.values import CaseId
from services.intake.cases.views import CaseRow, CaseView, HistoryView, OfficeView, categories
from services.intake.codes.values import ConsentPurpose
from services.intake.policy import POLICY
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.storage.repository import Page

SHARE = ConsentPurpose.SHARE_WITH_OFFICE
BY_CONSENT, BY_DISCLOSURE = "office_by_consent", "office_by_disclosure"


def list_cases(query: ListCases, caller: Principal, cases: Cases) -> Page[CaseRow]:
    """List the cases of your region in one status, or care without a recent result."""
    partition = Partition.of_region(caller, query.region)
    return cases.page(
        "by_region",
        POLICY.require_list(caller, "list_cases", CASE, partition),
        CaseRow.of_case,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=MISSING_PREFIX if query.record_missing else status_prefix(query.status),
    )


def get_case(case_id: CaseId, caller: Principal, cases: Cases) -> CaseView:
    """Open a case, without the family's contact and words."""
    return CaseView.of_file(load_authorised(case_id, "view_file", caller, cases))


def get_history(case_id: CaseId, caller: Principal, cases: Cases) -> HistoryView:
    """Read everything that happened to a case."""
    return HistoryView(items=load_authorised(case_id, "view_history", caller, cases).case.history)


def get_office_view(case_id: CaseId, caller: Principal, cases: Cases, log: AccessLog) -> OfficeView:
    """Read what a family has allowed your office to know; the reading is recorded first."""
    case, family = load_authorised(case_id, "view_as_office", caller, cases)
    allowed = any(family.allows(SHARE, district) for district in caller.districts)
    right = BY_CONSENT if allowed else BY_DISCLOSURE
    log.note(family.family_id, case_id, tuple(OfficeView.model_fields), caller, right)
    return OfficeView(
        id=case.case_id,
        status=case.status,
        district_id=case.district,
        categories=categories(case.open_needs),
    )
