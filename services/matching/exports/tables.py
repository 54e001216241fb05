"""The lines of each list: what the register and the list of matches show, and no person."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.matching.follow_ups.values import FollowUpKind
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import GuardianStatus
from services.matching.matches.domain import Match
from services.matching.matches.facts import OVERDUE
from services.matching.matches.values import MatchStatus
from shared.data_files import read_toml
from shared.reference import calendar, code_lists, regions

# Why a match of a status is over, as lists of codes; a case that is over cancels a proposal.
REASONS: Mapping[MatchStatus, tuple[str, ...]] = {
    MatchStatus.DECLINED: ("match_decline_reason",),
    MatchStatus.CANCELLED: (
        "match_cancel_reason",
        "case_closed_reason",
        "care_lift_reason",
        "case_reopen_reason",
    ),
    MatchStatus.ENDED: ("match_termination_reason",),
}


@cache
def words() -> dict[str, Any]:
    """Return the columns, and the words that are no codes."""
    return read_toml(Path(__file__).with_name("words.toml"))


def columns_of(kind: str) -> list[str]:
    """Return the columns of a list."""
    found: list[str] = words()[kind]["columns"]
    return found


def guardian_line(guardian: Guardian, region: str) -> list[str]:
    """Return a guardian as the register shows it."""
    zone = regions.zone(region)
    helps = (each.category for each in guardian.capabilities)
    assigned = guardian.in_region_since if guardian.assignments else None
    return [
        guardian.number,
        guardian.title or "",
        guardian.inn or "",
        guardian.ogrn or "",
        _label("guardian_legal_form", guardian.legal_form),
        _label("guardian_team_kind", guardian.team_kind),
        str(guardian.team_size),
        _label("guardian_status", guardian.status),
        _districts(guardian.district_ids, region),
        ", ".join(_label("aid_category", each) for each in helps),
        str(guardian.capacity_families),
        str(guardian.free_capacity),
        _moment(guardian.reached.get(GuardianStatus.APPLIED), zone),
        _moment(assigned, zone),
    ]


def match_line(match: Match, guardian: Guardian | None) -> list[str]:
    """Return a match by the numbers of its two sides, with its dates."""
    zone, met = regions.zone(match.region), match.introduction
    calls = {call.kind: _label("follow_up_status", call.status) for call in match.follow_ups}
    return [
        match.match_id,
        match.number,
        guardian.number if guardian else "",
        (guardian.title or "") if guardian else "",
        _districts((match.district,), match.region),
        _label("match_status", match.status),
        _moment(match.proposed_at, zone),
        _moment(met.held_at if met else None, zone),
        _in_time(match),
        _moment(match.agreed_at, zone),
        f"{match.started_on:%d.%m.%Y}" if match.started_on else "",
        str(match.visits),
        calls.get(FollowUpKind.TWO_WEEKS, ""),
        calls.get(FollowUpKind.ONE_MONTH, ""),
        _moment(match.over_at, zone),
        _reason(match),
    ]


def _in_time(match: Match) -> str:
    """Return whether the two met in time; "" while they still may, or will not."""
    met = match.introduction
    if met is None and OVERDUE not in match.fired:
        return ""
    return str(words()["words"]["yes" if met and met.in_time else "no"])


def _reason(match: Match) -> str:
    """Return why a match is over; "" while it is open."""
    code = match.over_reason or ""
    lists = (code_lists.labels(name) for name in REASONS.get(match.status, ()))
    return next((labels[code] for labels in lists if code in labels), code)


def _label(name: str, code: str) -> str:
    return code_lists.labels(name).get(code, code)


def _districts(codes: Sequence[str], region: str) -> str:
    names = regions.region(region).district_names
    everywhere: str = words()["words"]["all_districts"]
    return ", ".join(names.get(code, code) for code in codes) or everywhere


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else f"{calendar.local(zone, moment):%d.%m.%Y %H:%M}"
