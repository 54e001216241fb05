"""Who may be a guardian in law, and how its people belong together."""

from shared.domain import CodeEnum


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


class CheckCode(CodeEnum, of="guardian_check"):
    """What the federal headquarters checks about an organisation."""

    REGISTRY = "registry"
    DOCUMENTS = "documents"
    REPUTATION = "reputation"
    LICENCE = "licence"
    FOUNDER_CONSENT = "founder_consent"
    TEAM = "team"
