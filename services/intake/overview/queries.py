"""Reading a family as a whole, over all of its records, cases and requests."""

from collections.abc import Iterable, Iterator

from services.intake.cases.domain import Case
from services.intake.cases.policy import shown_in_list
from services.intake.cases.repository import Cases
from services.intake.cases.views import CaseRow, NeedView
from services.intake.families.policy import load_authorised
from services.intake.families.repository import Families
from services.intake.families.values import FamilyId
from services.intake.overview.views import AidOfCase, MatchOfCase, NeedOfCase, OverviewView
from services.intake.requests.repository import Requests
from services.intake.requests.views import RequestRow
from services.intake.timeline.repository import Timelines
from services.intake.timeline.values import TimelineKind
from services.intake.timeline.views import EntryView
from shared.principal import Principal


def get_overview(
    family_id: FamilyId,
    caller: Principal,
    families: Families,
    cases: Cases,
    requests: Requests,
    timelines: Timelines,
) -> OverviewView:
    """See a family as a whole: people, needs, requests, cases, aid, measures, and what joins it."""
    family = load_authorised(family_id, "view_overview", caller, families)
    known = cases.of_family(family.record_ids)
    asked = requests.of_family(family.record_ids)
    line = timelines.all_of(family.record_ids)
    shown = shown_in_list(caller)
    return OverviewView.of(
        family,
        id=family.family_id,
        district_id=family.district,
        needs=tuple(
            NeedOfCase.of(need, case_id=case.case_id)
            for case in known
            for need in NeedView.all_of(case)
        ),
        requests=tuple(RequestRow.of_request(each) for each in asked),
        cases=tuple(CaseRow.of_case(shown(each)) for each in known),
        aids=tuple(_aids(known)),
        measures=tuple(_measures(line)),
        matches=tuple(_matches(known)),
        card_holders=tuple(ref for each in family.records for ref in each.card_holders),
        cards=tuple(each for each in line if each.kind is TimelineKind.CARD),
        consultations=tuple(each for each in line if each.kind is TimelineKind.CONSULTATION),
    )


def _measures(line: Iterable[EntryView]) -> Iterable[EntryView]:
    """Return each measure of the plan as the latest entry about it says."""
    return {each.ref: each for each in line if each.kind is TimelineKind.MEASURE}.values()


def _aids(cases: Iterable[Case]) -> Iterator[AidOfCase]:
    for case in cases:
        for aid in case.aids:
            yield AidOfCase.of(aid, case_id=case.case_id, free=True)


def _matches(cases: Iterable[Case]) -> Iterator[MatchOfCase]:
    for case in cases:
        for match_id in case.past_matches:
            yield MatchOfCase(match_id=match_id, case_id=case.case_id, guardian_id=None)
        if case.match is not None:
            yield MatchOfCase.of(case.match, case_id=case.case_id)
