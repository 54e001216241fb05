"""The blocks of the whole view of a family: codes, dates and references, no name and no word."""

from services.intake.cases.views import AidView, CaseRow, NeedView
from services.intake.codes.values import FamilyKind
from services.intake.families.values import Member
from services.intake.requests.views import RequestRow
from services.intake.timeline.views import EntryView
from shared.api.models import View


class NeedOfCase(NeedView):
    """A need, and the case in which it is met."""

    case_id: str


class AidOfCase(AidView):
    """Help that was given, and the case it was given in."""

    case_id: str


class MatchOfCase(View):
    """A guardian's match with the family; `guardian_id` is there while the match is open."""

    match_id: str
    case_id: str
    guardian_id: str | None


class OverviewView(View):
    """A family as a whole; `measures` are the items of its plan, each as it was last heard of."""

    id: str
    version: int
    kind: FamilyKind
    district_id: str
    motivated: bool
    resource_family: bool
    members: tuple[Member, ...]
    needs: tuple[NeedOfCase, ...]
    requests: tuple[RequestRow, ...]
    cases: tuple[CaseRow, ...]
    aids: tuple[AidOfCase, ...]
    measures: tuple[EntryView, ...]
    matches: tuple[MatchOfCase, ...]
    card_holders: tuple[str, ...]
    cards: tuple[EntryView, ...]
    consultations: tuple[EntryView, ...]
