"""The closed lists of intake: what may be said of a family and its needs, and for which reason."""

from shared.domain import CodeEnum


class Urgency(CodeEnum, of="need_urgency"):
    """How soon a need hurts."""

    NORMAL = "normal"
    URGENT = "urgent"


class Purpose(CodeEnum, of="consent_purpose"):
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


class LongTermReason(CodeEnum, of="care_reason"):
    """Why one visit of help is not enough."""

    ALONE_WITH_CHILDREN = "alone_with_children"
    ILLNESS = "illness"
    OLD_AGE = "old_age"
    NO_RELATIVES_NEAR = "no_relatives_near"
    OTHER = "other"


class LiftReason(CodeEnum, of="care_lift_reason"):
    """Why a family needs no guardian after all."""

    NOT_NEEDED = "not_needed"
    FAMILY_DECLINED = "family_declined"
    FLAGGED_BY_MISTAKE = "flagged_by_mistake"
    CONSENT_WITHDRAWN = "consent_withdrawn"


class DeclineReason(CodeEnum, of="request_decline_reason"):
    """Why headquarters cannot answer a request."""

    OUTSIDE_PROGRAMME = "outside_programme"
    DUPLICATE = "duplicate"
    UNREACHABLE = "unreachable"
    NOT_CONFIRMED = "not_confirmed"


class DropReason(CodeEnum, of="need_drop_reason"):
    """Why a need was taken off the list without being met."""

    NOT_NEEDED = "not_needed"
    FOUND_ELSEWHERE = "found_elsewhere"
    MISTAKE = "mistake"
    CANNOT_BE_MET = "cannot_be_met"


class WithdrawReason(CodeEnum, of="request_withdraw_reason"):
    """Why a family withdraws its request; it owes no explanation."""

    NO_LONGER_NEEDED = "no_longer_needed"
    FOUND_HELP = "found_help"
    MOVED_AWAY = "moved_away"
    NOT_SAID = "not_said"


class ReopenReason(CodeEnum, of="case_reopen_reason"):
    """Why a closed case starts again."""

    NEEDS_RETURNED = "needs_returned"
    NEW_REQUEST = "new_request"
    CLOSED_BY_MISTAKE = "closed_by_mistake"


class ClosedReason(CodeEnum, of="case_closed_reason"):
    """How a case ended."""

    ALL_NEEDS_MET = "all_needs_met"
    AID_GIVEN = "aid_given"
    REDIRECTED = "redirected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    ERASED = "erased"


class Programme(CodeEnum, of="programme"):
    """Which programme a request belongs to; reports separate them."""

    SERVICE_MEMBER_CARE = "service_member_care"
    FAMILY_CARE = "family_care"


class Channel(CodeEnum, of="request_channel"):
    """How a request came in."""

    HOTLINE = "hotline"
    REGIONAL_HQ = "regional_hq"
    WEB = "web"
    BOT = "bot"


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


class FamilyGroup(CodeEnum, of="family_group"):
    """Groups that a family may belong to; it is counted once in each."""

    LARGE = "large"
    LOW_INCOME = "low_income"
    SINGLE_PARENT = "single_parent"
    CHILD_UNDER_3 = "child_under_3"
    HOME_EDUCATION = "home_education"


class Relation(CodeEnum, of="family_member_relation"):
    """What a person is to the service member, or in the family; nothing else is ever asked."""

    GRANDMOTHER = "grandmother"
    GRANDFATHER = "grandfather"
    PARENT = "parent"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class NeedCategory(CodeEnum, of="guardian_categories"):
    """Kinds of help that a guardian can give."""

    HOUSEHOLD_HELP = "household_help"
    CHILD_LEISURE = "child_leisure"
    ANIMAL_CARE = "animal_care"
    REPAIR_WORK = "repair_work"
    FOOD_AID = "food_aid"
    MATERIAL_AID = "material_aid"
    OTHER = "other"


class LegalBasis(CodeEnum, of="legal_basis"):
    """Under what law or programme a help was given; it is free under either."""

    LAW_442FZ = "law_442fz"
    PROGRAMME = "programme"


class TriageDecision(CodeEnum, of="triage_decision"):
    """What kind of answer a request gets."""

    ONE_TIME = "one_time"
    CARE = "care"
    REDIRECT = "redirect"
    DECLINE = "decline"


class OutcomeCode(CodeEnum, of="case_outcome"):
    """What the help has changed."""

    SIGNIFICANTLY_IMPROVED = "significantly_improved"
    FULLY_CHANGED = "fully_changed"
    PARTIAL_STABILITY = "partial_stability"
    FULL_STABILITY = "full_stability"
    NO_CHANGE = "no_change"
    WORSENED = "worsened"
    ALL_NEEDS_MET = "all_needs_met"


class Evidence(CodeEnum, of="request_evidence"):
    """How headquarters knows that the family itself wants what is done in its name."""

    SPOKEN_BY_PHONE = "spoken_by_phone"
    SPOKEN_IN_PERSON = "spoken_in_person"
    WRITTEN = "written"


class EraseReason(CodeEnum, of="erase_reason"):
    """Why a person is forgotten."""

    PERSON_ASKED = "person_asked"
    CONSENT_WITHDRAWN = "consent_withdrawn"
