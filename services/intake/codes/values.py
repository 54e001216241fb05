"""The closed lists of intake: what may be said of a family and its needs, and for which reason."""

from enum import StrEnum


class Urgency(StrEnum):
    """How soon a need hurts."""

    __list__ = "need_urgency"

    NORMAL = "normal"
    URGENT = "urgent"


class Purpose(StrEnum):
    """What a family allows; each purpose is asked for and withdrawn separately."""

    __list__ = "consent_purpose"

    PROCESSING = "processing"
    SHARE_NEED_CATEGORIES = "share_need_categories"
    CONTACT = "contact"
    SHARE_WITH_OFFICE = "share_with_office"


class ConsentForm(StrEnum):
    """How a consent was given, so that it can be proved."""

    __list__ = "consent_form"

    SPOKEN = "spoken"
    WRITTEN = "written"
    ONLINE = "online"


class LongTermReason(StrEnum):
    """Why one visit of help is not enough."""

    __list__ = "care_reason"

    ALONE_WITH_CHILDREN = "alone_with_children"
    ILLNESS = "illness"
    OLD_AGE = "old_age"
    NO_RELATIVES_NEAR = "no_relatives_near"
    OTHER = "other"


class LiftReason(StrEnum):
    """Why a family needs no guardian after all."""

    __list__ = "care_lift_reason"

    NOT_NEEDED = "not_needed"
    FAMILY_DECLINED = "family_declined"
    FLAGGED_BY_MISTAKE = "flagged_by_mistake"
    CONSENT_WITHDRAWN = "consent_withdrawn"


class DeclineReason(StrEnum):
    """Why headquarters cannot answer a request."""

    __list__ = "request_decline_reason"

    OUTSIDE_PROGRAMME = "outside_programme"
    DUPLICATE = "duplicate"
    UNREACHABLE = "unreachable"
    NOT_CONFIRMED = "not_confirmed"


class DropReason(StrEnum):
    """Why a need was taken off the list without being met."""

    __list__ = "need_drop_reason"

    NOT_NEEDED = "not_needed"
    FOUND_ELSEWHERE = "found_elsewhere"
    MISTAKE = "mistake"
    CANNOT_BE_MET = "cannot_be_met"


class WithdrawReason(StrEnum):
    """Why a family withdraws its request; it owes no explanation."""

    __list__ = "request_withdraw_reason"

    NO_LONGER_NEEDED = "no_longer_needed"
    FOUND_HELP = "found_help"
    MOVED_AWAY = "moved_away"
    NOT_SAID = "not_said"


class ReopenReason(StrEnum):
    """Why a closed case starts again."""

    __list__ = "case_reopen_reason"

    NEEDS_RETURNED = "needs_returned"
    NEW_REQUEST = "new_request"
    CLOSED_BY_MISTAKE = "closed_by_mistake"


class ClosedReason(StrEnum):
    """How a case ended."""

    __list__ = "case_closed_reason"

    ALL_NEEDS_MET = "all_needs_met"
    AID_GIVEN = "aid_given"
    REDIRECTED = "redirected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    ERASED = "erased"


class Programme(StrEnum):
    """Which programme a request belongs to; reports separate them."""

    __list__ = "programme"

    SERVICE_MEMBER_CARE = "service_member_care"
    FAMILY_CARE = "family_care"


class Channel(StrEnum):
    """How a request came in."""

    __list__ = "request_channel"

    HOTLINE = "hotline"
    REGIONAL_HQ = "regional_hq"
    WEB = "web"
    BOT = "bot"


class Confidentiality(StrEnum):
    """How much of itself the family shows."""

    __list__ = "request_confidentiality"

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"
    SHAREABLE = "shareable"


class FamilyKind(StrEnum):
    """What kind of family asks; none of them is asked for its income."""

    __list__ = "family_kind"

    BIRTH = "birth"
    FOSTER = "foster"
    SERVICE_MEMBER = "service_member"


class FamilyGroup(StrEnum):
    """Groups that a family may belong to; it is counted once in each."""

    __list__ = "family_group"

    LARGE = "large"
    LOW_INCOME = "low_income"
    SINGLE_PARENT = "single_parent"
    CHILD_UNDER_3 = "child_under_3"
    HOME_EDUCATION = "home_education"


class Relation(StrEnum):
    """What a person is to the service member, or in the family; nothing else is ever asked."""

    __list__ = "family_member_relation"

    GRANDMOTHER = "grandmother"
    GRANDFATHER = "grandfather"
    PARENT = "parent"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class NeedCategory(StrEnum):
    """Kinds of help that a guardian can give."""

    __list__ = "guardian_categories"

    HOUSEHOLD_HELP = "household_help"
    CHILD_LEISURE = "child_leisure"
    ANIMAL_CARE = "animal_care"
    REPAIR_WORK = "repair_work"
    FOOD_AID = "food_aid"
    MATERIAL_AID = "material_aid"
    OTHER = "other"


class LegalBasis(StrEnum):
    """Under what law or programme a help was given; it is free under either."""

    __list__ = "legal_basis"

    LAW_442FZ = "law_442fz"
    PROGRAMME = "programme"


class TriageDecision(StrEnum):
    """What kind of answer a request gets."""

    __list__ = "triage_decision"

    ONE_TIME = "one_time"
    CARE = "care"
    REDIRECT = "redirect"
    DECLINE = "decline"


class OutcomeCode(StrEnum):
    """What the help has changed."""

    __list__ = "case_outcome"

    SIGNIFICANTLY_IMPROVED = "significantly_improved"
    FULLY_CHANGED = "fully_changed"
    PARTIAL_STABILITY = "partial_stability"
    FULL_STABILITY = "full_stability"
    NO_CHANGE = "no_change"
    WORSENED = "worsened"
    ALL_NEEDS_MET = "all_needs_met"


class Evidence(StrEnum):
    """How headquarters knows that the family itself wants what is done in its name."""

    __list__ = "request_evidence"

    SPOKEN_BY_PHONE = "spoken_by_phone"
    SPOKEN_IN_PERSON = "spoken_in_person"
    WRITTEN = "written"


class EraseReason(StrEnum):
    """Why a person is forgotten."""

    __list__ = "erase_reason"

    PERSON_ASKED = "person_asked"
    CONSENT_WITHDRAWN = "consent_withdrawn"
