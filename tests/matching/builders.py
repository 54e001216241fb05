"""Guardians, families and matches for tests that need no table."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from infra.configuration.regions import read_stage
from services.matching.evidence.values import (
    Check,
    Consent,
    Meeting,
    ParticipationAgreement,
    Training,
    TrainingSource,
)
from services.matching.families.domain import Family
from services.matching.families.values import FamilyNeed
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import (
    Capability,
    GuardianStatus,
    Programme,
    Reservation,
)
from services.matching.matches.domain import Match
from services.matching.matches.values import Delay, Introduction, Need, Party
from services.matching.organisations.domain import RULES
from services.matching.organisations.values import CheckCode, LegalForm, TeamKind
from services.matching.reach.domain import Ground
from tests.support.world import at

START = at("2026-09-14 09:00")
TODAY = START.date()
ZONE = ZoneInfo("Europe/Samara")
_ZR = read_stage("local")["ZR"].districts
GROUND = Ground(
    {code: (each.centre.latitude, each.centre.longitude) for code, each in _ZR.items()},
    {code: each.neighbours for code, each in _ZR.items()},
)


def guardian(name: str = "gua_1", **changes: Any) -> Guardian:
    """An application, changed as asked."""
    applied = Guardian.apply(
        applied_at=START,
        guardian_id=name,
        number="12345674",
        programme=Programme.SERVICE_MEMBER_CARE,
        title="Organisation",
        requested_region="ZR",
        legal_form=LegalForm.COMMERCIAL_ORGANIZATION,
        team_kind=TeamKind.WORK_COLLECTIVE,
        team_size=12,
        capabilities=(Capability(category="household_help"),),
        district_ids=("D01",),
        capacity_families=1,
    )
    return applied.model_copy(update=changes)


def check(code: str, passed: bool = True, day: date = TODAY, by: str = "FH-1") -> Check:
    """One check of a vetting."""
    return Check(
        code=CheckCode(code),
        passed=passed,
        checked_on=day,
        evidence_ref="paper-1",
        recorded_by=by,
        recorded_at=START,
    )


def checks(form: LegalForm = LegalForm.COMMERCIAL_ORGANIZATION) -> tuple[Check, ...]:
    """All that a legal form requires."""
    return tuple(check(code.value) for code in RULES[form].checks)


def trained(day: date = TODAY) -> Training:
    """The training of the guardian's people."""
    return Training(
        course="basics",
        completed_on=day,
        certificate_ref="C-1",
        source=TrainingSource.PLATFORM,
        recorded_by="training-1",
    )


def participation(region: str = "ZR") -> ParticipationAgreement:
    """An agreement to which both sides consented."""
    return ParticipationAgreement(
        region=region,
        template_version="1",
        text_hash="0" * 64,
        guardian=Consent(by="rep", at=START),
        headquarters=Consent(by="HQ-1", at=START),
    )


def checked(name: str = "gua_1", **changes: Any) -> Guardian:
    """A guardian with every flag of the checklist, in the status asked for (ready)."""
    flags: dict[str, Any] = {
        "status": GuardianStatus.READY,
        "region": "ZR",
        "checks": checks(),
        "approved_by": "FH-2",
        "training": trained(),
        "interview": Meeting(held_on=START.date(), by="HQ-1"),
        "briefing": Meeting(held_on=START.date(), by="HQ-1"),
        "participation_agreement": participation(),
    }
    return guardian(name, **(flags | changes))


def offers(*categories: str, **more: Any) -> tuple[Capability, ...]:
    """Capabilities by category."""
    return tuple(Capability(category=each, **more) for each in categories)


def holding(*matches: str, active: bool = True) -> tuple[Reservation, ...]:
    """Places taken by matches."""
    return tuple(Reservation(match_id=each, categories=(), active=active) for each in matches)


def family(name: str, district: str, *categories: str, **changes: Any) -> Family:
    """A family that waits."""
    needs = tuple(
        FamilyNeed(need_id=f"ned_{place}", category=each, status="open")
        for place, each in enumerate(categories, 1)
    )
    waiting = Family(
        case_id=name,
        family_id=name.replace("cas_", "fam_"),
        region="ZR",
        district=district,
        needs=needs,
        required=True,
        flagged_at=START,
        marker_sequence=1,
        needs_sequence=1,
    )
    return waiting.model_copy(update=changes)


def match(proposed_at: datetime, *categories: str, **changes: Any) -> Match:
    """A proposal."""
    needs = tuple(
        Need(need_id=f"ned_{place}", category=each)
        for place, each in enumerate(categories or ("household_help",), 1)
    )
    proposed = Match(
        match_id="mat_1",
        case_id="cas_1",
        number="10000008",
        family_id="fam_1",
        guardian_id="gua_1",
        programme=Programme.SERVICE_MEMBER_CARE,
        region="ZR",
        district="D01",
        proposed_at=proposed_at,
        proposed_by="HQ-1",
        needs=needs,
    )
    return proposed.model_copy(update=changes)


def introduced(proposed: Match, held_at: datetime) -> Match:
    """After the first contact, written down at once; a late one with its reason."""
    delay = Delay(reason="illness", at=held_at, by="HQ-1")
    late = proposed.late_at(held_at)
    return proposed.hold_introduction(meeting(held_at), delay if late else None)


def meeting(held_at: datetime, recorded_at: datetime | None = None, **changes: Any) -> Introduction:
    """A first contact of both sides, written down at once."""
    facts = {"format": "in_person", "hq_participant": "HQ-1", "participants": tuple(Party)}
    recorded = {"held_at": held_at, "recorded_at": recorded_at or held_at}
    return Introduction.model_validate(facts | recorded | changes)


def drafted(met: Match, starts_on: date, at_: datetime = START) -> Match:
    """With an agreement on all needs that nobody has signed."""
    return met.draft_agreement(
        [need.need_id for need in met.needs],
        agreement_id="agr_1",
        frequency="weekly",
        starts_on=starts_on,
        today=starts_on,
        met_on=starts_on,
        template_version="1",
        drafted_at=at_,
    )


def agreed(met: Match, at_: datetime) -> Match:
    """After both signatures on all needs."""
    draft = met if met.agreement else drafted(met, at_.date())
    for side in Party:
        draft = draft.sign_agreement(
            side,
            evidence=None,
            at=at_,
            own_hand=True,
            by=side.value,
        )
    return draft


def active(proposed_at: datetime, given_at: datetime, *categories: str) -> Match:
    """In care since the first help."""
    met = introduced(match(proposed_at, *categories), proposed_at)
    started, _ = agreed(met, proposed_at).record_help("ned_1", given_at, given_at, ZONE)
    return started


def leads_to(said: Any, status: Any) -> tuple[Any, ...]:
    """Return the statuses that a line of a STEPS table names, for a step from that status."""
    if said is None:
        return (status,)
    return said if isinstance(said, tuple) else (said,)
