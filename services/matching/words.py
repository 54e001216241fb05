"""The closed code lists of matching; a code outside them is refused at the edge."""

from shared.domain import CodeEnum


class Programme(CodeEnum, of="guardian_programme"):
    """Programmes whose families are cared for by guardian organisations."""

    SERVICE_MEMBER_CARE = "service_member_care"


class Category(CodeEnum, of="guardian_categories"):
    """What a guardian may offer and a family may need."""

    HOUSEHOLD_HELP = "household_help"
    CHILD_LEISURE = "child_leisure"
    ANIMAL_CARE = "animal_care"
    REPAIR_WORK = "repair_work"
    FOOD_AID = "food_aid"
    MATERIAL_AID = "material_aid"
    OTHER = "other"


class LegalForm(CodeEnum, of="guardian_legal_form"):
    """Who may be a guardian: always an organisation, never a single person."""

    EDUCATIONAL_ORGANIZATION = "educational_organization"
    SOCIALLY_ORIENTED_NGO = "socially_oriented_ngo"
    STATE_BUDGET_INSTITUTION = "state_budget_institution"
    COMMERCIAL_ORGANIZATION = "commercial_organization"
    SOLE_PROPRIETOR_WITH_TEAM = "sole_proprietor_with_team"


class TeamKind(CodeEnum, of="guardian_team_kind"):
    """How the people of a guardian belong together."""

    VOLUNTEER_GROUP = "volunteer_group"
    WORK_COLLECTIVE = "work_collective"
    FOUNDATION = "foundation"
    EDUCATIONAL_ORGANIZATION = "educational_organization"
    INITIATIVE_GROUP = "initiative_group"


class Invitee(CodeEnum, of="clarification_invitee"):
    """Who of the organisation is invited to a clarifying talk."""

    HEAD = "head"
    RESPONSIBLE_REPRESENTATIVE = "responsible_representative"


class Party(CodeEnum, of="match_side"):
    """The two sides of a match."""

    FAMILY = "family"
    GUARDIAN = "guardian"


class TerminationReason(CodeEnum, of="match_termination_reason"):
    """The four reasons for which care may end."""

    NEEDS_CANNOT_BE_MET = "needs_cannot_be_met"
    GUARDIAN_RESOURCES_EXHAUSTED = "guardian_resources_exhausted"
    CONFLICT = "conflict"
    ALL_NEEDS_MET = "all_needs_met"


class FollowUpKind(CodeEnum, of="follow_up_kind"):
    """The two calls that the programme promises a family."""

    TWO_WEEKS = "two_weeks"
    ONE_MONTH = "one_month"


class FollowUpResult(CodeEnum, of="follow_up_result"):
    """What the family said on the phone, or that nobody picked up."""

    FINE = "fine"
    NEEDS_CHANGED = "needs_changed"
    PROBLEM = "problem"
    UNREACHABLE = "unreachable"
