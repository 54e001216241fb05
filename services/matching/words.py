"""The closed code lists of matching; a code outside them is refused at the edge."""

from enum import StrEnum


class Programme(StrEnum):
    """Programmes whose families are cared for by guardian organisations."""

    __list__ = "guardian_programme"

    SERVICE_MEMBER_CARE = "service_member_care"


class Category(StrEnum):
    """What a guardian may offer and a family may need."""

    __list__ = "guardian_categories"

    HOUSEHOLD_HELP = "household_help"
    CHILD_LEISURE = "child_leisure"
    ANIMAL_CARE = "animal_care"
    REPAIR_WORK = "repair_work"
    FOOD_AID = "food_aid"
    MATERIAL_AID = "material_aid"
    OTHER = "other"


class LegalForm(StrEnum):
    """Who may be a guardian: always an organisation, never a single person."""

    __list__ = "guardian_legal_form"

    EDUCATIONAL_ORGANIZATION = "educational_organization"
    SOCIALLY_ORIENTED_NGO = "socially_oriented_ngo"
    STATE_BUDGET_INSTITUTION = "state_budget_institution"
    COMMERCIAL_ORGANIZATION = "commercial_organization"
    SOLE_PROPRIETOR_WITH_TEAM = "sole_proprietor_with_team"


class TeamKind(StrEnum):
    """How the people of a guardian belong together."""

    __list__ = "guardian_team_kind"

    VOLUNTEER_GROUP = "volunteer_group"
    WORK_COLLECTIVE = "work_collective"
    FOUNDATION = "foundation"
    EDUCATIONAL_ORGANIZATION = "educational_organization"
    INITIATIVE_GROUP = "initiative_group"


class Invitee(StrEnum):
    """Who of the organisation is invited to a clarifying talk."""

    __list__ = "clarification_invitee"

    HEAD = "head"
    RESPONSIBLE_REPRESENTATIVE = "responsible_representative"


class Party(StrEnum):
    """The two sides of a match."""

    __list__ = "match_side"

    FAMILY = "family"
    GUARDIAN = "guardian"


class TerminationReason(StrEnum):
    """The four reasons for which care may end."""

    __list__ = "match_termination_reason"

    NEEDS_CANNOT_BE_MET = "needs_cannot_be_met"
    GUARDIAN_RESOURCES_EXHAUSTED = "guardian_resources_exhausted"
    CONFLICT = "conflict"
    ALL_NEEDS_MET = "all_needs_met"


class FollowUpKind(StrEnum):
    """The two calls that the programme promises a family."""

    __list__ = "follow_up_kind"

    TWO_WEEKS = "two_weeks"
    ONE_MONTH = "one_month"


class FollowUpResult(StrEnum):
    """What the family said on the phone, or that nobody picked up."""

    __list__ = "follow_up_result"

    FINE = "fine"
    NEEDS_CHANGED = "needs_changed"
    PROBLEM = "problem"
    UNREACHABLE = "unreachable"
