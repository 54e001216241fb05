"""Codes that rules of intake ask for: closed lists whole, of open lists what the rules know."""

from shared.domain import CodeEnum, KnownCodes

# The roles of the programme's own people; what others say is not proved to be the family's.
HEARD_BY = frozenset({"hotline_operator", "regional_hq"})


class Urgency(CodeEnum, of="need_urgency"):
    """How soon a need hurts."""

    NORMAL = "normal"
    URGENT = "urgent"


class ConsentPurpose(CodeEnum, of="consent_purpose"):
    """What a family allows; each purpose is asked for and withdrawn separately."""

    PROCESSING = "processing"
    SHARE_NEED_CATEGORIES = "share_need_categories"
    CONTACT = "contact"
    SHARE_WITH_OFFICE = "share_with_office"


class ConsentForm(CodeEnum, of="consent_form"):
    """How a consent was given, so that it can be proved."""

    SPOKEN = "spoken"
    WRITTEN = "written"
    ONLINE = "online"


class Evidence(KnownCodes, of="request_evidence"):
    """How headquarters knows what a family wants: the proof on paper, which is the strongest."""

    WRITTEN = "written"


class ClosedReason(CodeEnum, of="case_closed_reason"):
    """How a case ended."""

    ALL_NEEDS_MET = "all_needs_met"
    AID_GIVEN = "aid_given"
    REDIRECTED = "redirected"
    DECLINED = "declined"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    ERASED = "erased"


class Programme(CodeEnum, of="programme"):
    """Which programme a request belongs to; reports separate them."""

    SERVICE_MEMBER_CARE = "service_member_care"
    FAMILY_CARE = "family_care"


class RequestPurpose(CodeEnum, of="request_purpose"):
    """What a call is about: a family in hardship, one that is well off, or a question."""

    HARDSHIP = "hardship"
    PREVENTIVE = "preventive"
    INFORMATION = "information"


class InitiatedBy(CodeEnum, of="initiated_by"):
    """Who had the idea to ask for help."""

    SELF = "self"
    RELATIVE = "relative"
    AGENCY = "agency"
    VOLUNTEER = "volunteer"
    SYSTEM = "system"


class ContactProof(CodeEnum, of="contact_proof"):
    """How it is known that a contact is the family's own."""

    UNPROVED = "unproved"
    SPOKEN = "spoken"
    PROVEN_BY_CODE = "proven_by_code"


class PersonRequestKind(CodeEnum, of="person_request_kind"):
    """What the person whose data is kept may ask for."""

    EXPORT = "export"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"


class PersonAnswer(CodeEnum, of="person_answer"):
    """How such a request was answered."""

    DONE = "done"
    REFUSED = "refused"


class GuardianPreference(KnownCodes, of="guardian_preference"):
    """What a guardian may like of a family, as far as it follows from what is known."""

    SMALL_CHILDREN = "small_children"
    LARGE_FAMILY = "large_family"
    ELDERLY = "elderly"


class SizeBand(CodeEnum, of="family_size_band"):
    """How large a family is, as far as other services need to know."""

    ONE_OR_TWO = "one_or_two"
    THREE_OR_FOUR = "three_or_four"
    FIVE_AND_MORE = "five_and_more"


class GuardianProgramme(CodeEnum, of="guardian_programme"):
    """Which programmes have guardians; in others no family is promised one."""

    SERVICE_MEMBER_CARE = "service_member_care"


class Confidentiality(CodeEnum, of="request_confidentiality"):
    """How much of itself the family shows."""

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"
    SHAREABLE = "shareable"


class FamilyKind(CodeEnum, of="family_kind"):
    """What kind of family asks; none of them is asked for its income."""

    BIRTH = "birth"
    FOSTER = "foster"
    SERVICE_MEMBER = "service_member"


class TriageDecision(CodeEnum, of="triage_decision"):
    """What kind of answer a request gets."""

    ONE_TIME = "one_time"
    CARE = "care"
    REDIRECT = "redirect"
    DECLINE = "decline"


class EraseReason(CodeEnum, of="erase_reason"):
    """Why a person is forgotten."""

    PERSON_ASKED = "person_asked"
    CONSENT_WITHDRAWN = "consent_withdrawn"


# open lists -----------------------------------------------------------------------------------


class Category(KnownCodes, of="aid_category"):
    """A kind of help that needs words of its own."""

    OTHER = "other"


class Channel(KnownCodes, of="request_channel"):
    """How a request came in."""

    HOTLINE = "hotline"
    REGIONAL_HQ = "regional_hq"
    WEB = "web"
    BOT = "bot"
    PUBLIC_ASSISTANT = "public_assistant"
    CRISIS_FLAG = "crisis_flag"


class EndReason(KnownCodes, of="request_end_reason"):
    """Why a request is no case, where no person says it."""

    FAMILY_ERASED = "family_erased"
    OTHER_FAMILY = "other_family"


class FamilyGroup(KnownCodes, of="family_group"):
    """The groups that money of a project may be for, or that guardians may like to help."""

    LOW_INCOME = "low_income"
    LARGE = "large"
    CHILD_UNDER_3 = "child_under_3"


class CorrectionReason(KnownCodes, of="family_correction_reason"):
    """Why a fact is corrected: it never was so; or the family says it, and owes no explanation."""

    WRITTEN_DOWN_WRONG = "written_down_wrong"
    SAID_BY_FAMILY = "said_by_family"


class DeclineReason(KnownCodes, of="request_decline_reason"):
    """A reason that says nothing about whether the family is helped: it is, in another case."""

    DUPLICATE = "duplicate"


class Relation(KnownCodes, of="family_member_relation"):
    """The relations that rules look at: one to be looked into, and the grown up."""

    OTHER = "other"
    PARENT = "parent"
    SPOUSE = "spouse"
    GRANDMOTHER = "grandmother"
    GRANDFATHER = "grandfather"


class LiftReason(KnownCodes, of="care_lift_reason"):
    """Why a family needs no guardian after all, where no person says it."""

    NOT_NEEDED = "not_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"


class WithdrawReason(KnownCodes, of="request_withdraw_reason"):
    """The reason of a family that gives none; it owes no explanation."""

    NOT_SAID = "not_said"


class ReopenReason(KnownCodes, of="case_reopen_reason"):
    """Why a closed case starts again, where its history does not say."""

    NEW_REQUEST = "new_request"
    CLOSED_BY_MISTAKE = "closed_by_mistake"
