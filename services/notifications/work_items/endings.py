"""Which events of which subject end which work: the one table of it.

A line names a kind of work, the field that says what it is about, and the events after which it
is done. Work that no event proves done is closed by people, with a reason.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notifications.work_subjects.domain import Ending
from services.notifications.work_subjects.ended_by import EndedBy
from services.notifications.work_subjects.values import WorkKind
from shared.events import cards, cards_tables, intake, matching, notifications
from shared.events import cards_partners as partners
from shared.events import intake_calls as calls
from shared.events import intake_families as families
from shared.events import intake_rights as rights
from shared.events import matching_guardians as guardians
from shared.events import matching_progress as progress
from shared.events import matching_stories as stories
from shared.events import matching_volunteers as volunteers
from shared.events.base import Event, Received


def _ended_by(about: str, *events: type[Event], detail: str | None = None, **only: str) -> EndedBy:
    return EndedBy(about, events, only, detail)


_FORGOTTEN = (intake.FamilyErased,)
_CASE_OVER = (intake.CaseClosed,)
# Nothing is left to talk about with a family whose last open case has ended.
_LAST_CASE_OVER = _ended_by("record_id", families.FamilyCasesEnded)
_GUARDIAN_OUT = (matching.GuardianRejected, matching.GuardianWithdrawn)
_CONTACT_ERASED = _ended_by("guardian_id", guardians.GuardianContactErased)
_AT_WORK = (matching.GuardianReady, matching.GuardianSuspended)
_CARE_OVER = _ended_by("match_id", matching.CareEnded)
_NO_MATCH = (matching.MatchDeclined, matching.MatchCancelled)
_TASK_OVER = (
    volunteers.VolunteerTaskDone,
    volunteers.VolunteerTaskDeclined,
    volunteers.VolunteerTaskCancelled,
)
_PART_SETTLED = (volunteers.ResourceGiven, volunteers.ResourceReleased)
_ENDPOINT_MENDED = (notifications.WebhookEndpointResumed, notifications.WebhookEndpointRemoved)
_STORY_DECIDED = (stories.StoryCleared, stories.StoryDeclined)
_PARTNER_OVER = (partners.PartnerDeclined, partners.PartnerEnded)
_CODES_OVER = (cards_tables.PaperCodesTaken, cards_tables.PaperCodesLapsed)
_CARD_OVER = (cards.CardReplaced, cards.CardRevoked, cards.CardErased)
# Of a card that is to close, and stays after all, the reminder comes again.
_NOT_TO_ACTIVATE = (cards.CardBlocked, cards.CardHeld, cards.PlacementEndReported, *_CARD_OVER)
# A new code goes to a new phone, or with a card that was found.
_IN_USE_AGAIN = _ended_by("card_id", cards.CardIssued, cards.CardActivated, *_CARD_OVER)
# The holder names no card, and the staff may name one that has ended.
_NEW_PHONE = _ended_by("living_card_id", cards.HolderContactChanged)
# One that never left the office ends so, without a word to its holder.
_SECOND_CARD = _ended_by("card_id", cards.CardHoldDecided, decision="same_person")

K = WorkKind
# A call to a family is about it, whichever case or match asks; a guardian's answer, about that.
_CALLS = (K.EXPLAIN_DECISION, K.CALL_BACK, K.TELL_BY_PHONE, K.CHECK_CONTACT, K.AGREE_ON_CONTACT)
OF_FAMILY = tuple(kind.value for kind in _CALLS)
ENDED_BY: Mapping[str, tuple[EndedBy, ...]] = {
    # a family's case
    # A family that asks again after the decision is answered by what is done about its needs.
    K.REVIEW_REQUEST: (
        _ended_by("case_id", intake.RequestTriaged, intake.AidRecorded, *_CASE_OVER),
        _ended_by("case_id", intake.NeedsChanged, by_family="false", decided="true"),
        # a question: it was answered, or became a case
        _ended_by("request_id", intake.RequestEnded, intake.RequestJoined),
    ),
    K.TAKE_CASE: (_ended_by("case_id", intake.CaseTaken, *_CASE_OVER),),
    K.HAND_OVER_CASE: (_ended_by("case_id", *_CASE_OVER),),
    # The last of it closes the case; some of it leaves the rest to be given.
    K.GIVE_AID: (_ended_by("case_id", intake.CareRequired, *_CASE_OVER),),
    K.CLARIFY_NEEDS: (
        _ended_by("case_id", intake.NeedsChanged, by_family="false"),
        _ended_by("case_id", matching.MatchProposed, *_CASE_OVER),
    ),
    K.FIND_GUARDIAN: (
        _ended_by("case_id", matching.MatchProposed, intake.CareRequirementLifted, *_CASE_OVER),
    ),
    # a family itself
    K.ANSWER_PERSON: (
        _ended_by("family_id", rights.PersonAnswered, detail="kind"),
        _ended_by("family_id", *_FORGOTTEN),
    ),
    K.SEE_FAMILY: (  # shown until its day, case or not; each office looks for itself
        _ended_by("family_id", rights.DisclosureEnded, detail="district_id"),
        _ended_by("family_id", *_FORGOTTEN),
    ),
    K.EXPLAIN_DECISION: (_ended_by("family_id", intake.CaseReopened, *_FORGOTTEN),),
    # Who asked for a call gets it, whatever is decided about the case, unless it wants none now.
    K.CALL_BACK: (
        _ended_by("card_id", cards.CardErased),
        _CONTACT_ERASED,
        _ended_by("family_id", *_FORGOTTEN),
    ),
    K.RETURN_CALL: (
        _ended_by("call_back_id", calls.CallBackEnded),
        # An operator has called, though in vain: headquarters need not see to it any more.
        EndedBy("call_back_id", (calls.CallBackAsked,), {"tried": "true"}, role="regional_hq"),
    ),
    K.FINISH_NOTE: (_ended_by("hand_over_id", calls.HandOverDone),),
    # a person who could not be written to
    K.TELL_BY_PHONE: (
        _ended_by("card_id", cards.CardErased),
        _ended_by("volunteer_id", volunteers.VolunteerLeft),
        _CONTACT_ERASED,
        _ended_by("partner_id", *_PARTNER_OVER),
        _LAST_CASE_OVER,
        # Who has taken back that it may be called is asked first how it may be (AGREE_ON_CONTACT).
        _ended_by("family_id", rights.FamilyUnreachable, *_FORGOTTEN),
        _ended_by("record_id", rights.FamilyUnreachable),
    ),
    K.CHECK_CONTACT: (
        # Who puts a card into use says by which contact.
        _ended_by("card_id", cards.CardActivated, again="false"),
        _ended_by("card_id", cards.HolderContactChanged, *_CARD_OVER),
        _NEW_PHONE,
        _ended_by("partner_id", partners.PartnerContactChanged, *_PARTNER_OVER),
        _LAST_CASE_OVER,
        _ended_by("family_id", rights.FamilyContactChanged, rights.FamilyUnreachable, *_FORGOTTEN),
        _ended_by("record_id", rights.FamilyContactChanged, rights.FamilyUnreachable),
        _ended_by("guardian_id", guardians.GuardianContactChanged, *_GUARDIAN_OUT),
        _ended_by("volunteer_id", volunteers.VolunteerContactChanged, volunteers.VolunteerLeft),
    ),
    K.AGREE_ON_CONTACT: (
        _LAST_CASE_OVER,
        _ended_by("family_id", rights.FamilyReachable, *_FORGOTTEN),
    ),
    K.COMPARE_FAMILIES: (_ended_by("family_id", families.FamilyLikenessDecided, *_FORGOTTEN),),
    # a guardian
    K.VET_GUARDIAN: (_ended_by("guardian_id", matching.GuardianApproved, *_GUARDIAN_OUT),),
    K.ASSIGN_GUARDIAN: (_ended_by("guardian_id", matching.GuardianAssigned, *_GUARDIAN_OUT),),
    K.TALK_TO_GUARDIAN: (_ended_by("guardian_id", matching.ClarificationClosed, *_GUARDIAN_OUT),),
    K.RENEW_EVIDENCE: (
        _ended_by("guardian_id", guardians.RequirementRenewed, detail="code"),
        _ended_by("guardian_id", *_GUARDIAN_OUT),
        _ended_by("match_id", progress.MatchRequirementRenewed, detail="code"),
        _ended_by("match_id", matching.CareEnded),
    ),
    K.PREPARE_GUARDIAN: (_ended_by("guardian_id", *_AT_WORK, *_GUARDIAN_OUT),),
    K.CHECK_FAMILIES: (_ended_by("guardian_id", matching.GuardianReady, *_GUARDIAN_OUT),),
    # Another region has it from its assignment on.
    K.PROPOSE_GUARDIAN: (
        _ended_by("guardian_id", matching.MatchProposed, matching.GuardianSuspended),
        _ended_by("guardian_id", guardians.SuitedFamiliesGone),
        _ended_by("guardian_id", matching.GuardianAssigned, *_GUARDIAN_OUT),
    ),
    # a match and its care
    K.HOLD_INTRODUCTION: (_ended_by("match_id", matching.IntroductionHeld, *_NO_MATCH),),
    # A next version is not signed while an ending is decided; it is asked for anew after that.
    K.GET_AGREEMENT_SIGNED: (
        _ended_by("match_id", matching.CareAgreementSigned, *_NO_MATCH),
        _ended_by("match_id", matching.TerminationNotified, matching.CareEnded),
    ),
    K.GET_HELP_STARTED: (_ended_by("match_id", matching.CareStarted, *_NO_MATCH),),
    K.SETTLE_WITHOUT_NEEDS: (
        _ended_by("match_id", progress.MatchNeedsSettled, settled="false"),
        _ended_by("match_id", matching.CareStarted, *_NO_MATCH),
    ),
    K.CHECK_HEADQUARTERS: (_ended_by("match_id", matching.IntroductionHeld, *_NO_MATCH),),
    K.COVER_NEEDS: (
        _ended_by("match_id", matching.CareNeedsChanged, missing="[]"),
        _ended_by("match_id", matching.CareEnded, *_NO_MATCH),
    ),
    K.CALL_FAMILY: (
        _ended_by("match_id", matching.FollowUpDone, progress.FollowUpPutOff, detail="kind"),
        _CARE_OVER,
    ),
    K.ACT_ON_CALL: (_ended_by("match_id", progress.FollowUpCorrected, detail="kind"), _CARE_OVER),
    K.MEDIATE: (_ended_by("mediation_id", progress.MediationEnded),),
    K.RELIEVE_GUARDIAN: (
        _ended_by("match_id", matching.GuardianReported, resources_ok="true"),
        _ended_by("match_id", progress.MatchGuardianResumed, matching.CareEnded),
    ),
    K.SETTLE_ENDING: (_ended_by("match_id", matching.NoticeWithdrawn, goes_on="true"), _CARE_OVER),
    K.ASK_STORY_CONSENT: (_ended_by("story_id", stories.StoryConsentRecorded, *_STORY_DECIDED),),
    K.READ_STORY: (_ended_by("story_id", *_STORY_DECIDED),),
    # a card, a partner
    K.HELP_ACTIVATE: (_ended_by("card_id", cards.CardActivated, *_NOT_TO_ACTIVATE),),
    K.HAND_OVER_CARD: (_IN_USE_AGAIN, _SECOND_CARD),
    K.PASS_ON_LOST_CARD: (
        _IN_USE_AGAIN,
        _ended_by("card_id", cards.HolderContactChanged),
        _NEW_PHONE,
        _SECOND_CARD,
    ),
    K.HAND_OVER_CODES: (_ended_by("batch_id", *_CODES_OVER),),
    K.DECIDE_HELD_CARD: (_ended_by("card_id", cards.CardHoldDecided, *_CARD_OVER),),
    K.TELL_OF_DECISION: (
        _ended_by("card_id", cards.CardActivated, cards.CardReplaced, cards.CardErased),
        # What a card that was never announced ends with is the very decision.
        _ended_by("card_id", cards.CardRevoked, activated="false"),
    ),
    K.DECIDE_PLACEMENT: (_ended_by("card_id", cards.PlacementEndDismissed, *_CARD_OVER),),
    K.CHECK_CLOSED_CARD: (_ended_by("card_id", cards.CardErased),),
    K.CONFIRM_OFFER: (
        _ended_by("partner_id", partners.PartnerOfferChanged, detail="offer_id"),
        _ended_by("partner_id", partners.PartnerProposalWithdrawn, detail="offer_id"),
        _ended_by("partner_id", partners.PartnerEnded),
    ),
    K.RENEW_OFFER: (_ended_by("partner_id", partners.PartnerOffersRenewed, partners.PartnerEnded),),
    K.RENEW_KEYS: (_ended_by("partner_id", partners.PartnerKeysRenewed, partners.PartnerEnded),),
    K.CONTACT_BUSINESS: (
        _ended_by("partner_id", partners.PartnerActivated, *_PARTNER_OVER),
        _ended_by("partner_id", partners.PartnerOutletChanged, change="added", only_one="true"),
    ),
    K.REPLACE_PARTNER: (
        _ended_by("partner_id", partners.PartnerNoticeWithdrawn),
        _ended_by("partner_id", partners.PartnerEnded, announced="true"),
    ),
    # a volunteer, a task, an offer, a gift
    K.DECIDE_VOLUNTEER: (
        _ended_by("volunteer_id", volunteers.VolunteerApproved, volunteers.VolunteerLeft),
    ),
    K.ASK_VOLUNTEER: (_ended_by("task_id", volunteers.VolunteerTaskAccepted, *_TASK_OVER),),
    K.SETTLE_TASK: (_ended_by("task_id", *_TASK_OVER),),
    K.SETTLE_RESERVATION: (_ended_by("resource_id", *_PART_SETTLED, detail="reservation_id"),),
    K.COLLECT_GIFT: (
        _ended_by("family_id", volunteers.GiftWithdrawn, detail="gift_id", promised="false"),
        _ended_by("family_id", volunteers.GiftSettled, detail="gift_id"),
        _ended_by("family_id", *_FORGOTTEN),
    ),
    # an integrator's system
    K.MEND_WEBHOOK_ENDPOINT: (_ended_by("endpoint_id", *_ENDPOINT_MENDED),),
}


def ending_events() -> tuple[type[Event], ...]:
    """Return the events that end some work."""
    lines = (line for found in ENDED_BY.values() for line in found)
    return tuple(dict.fromkeys(event for line in lines for event in line.events))


def endings_of(received: Received[Any]) -> Mapping[str, Sequence[Ending]]:
    """Return the subjects that an event is about, and what it ends of each."""
    found: dict[str, list[Ending]] = {}
    for kind, lines in ENDED_BY.items():
        for line in lines:
            if isinstance(received.event, line.events) and line.fits(received.event):
                subject = str(getattr(received.event, line.about))
                found.setdefault(subject, []).append(line.ending(kind, received))
    return found


def detail_of(kind: str, event: Mapping[str, Any]) -> str | None:
    """Return in what the work that an event asks for differs from other work of its kind."""
    names = (line.detail for line in ENDED_BY.get(kind, ()) if line.detail)
    return next((str(event[name]) for name in names if name in event), None)
