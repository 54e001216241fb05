"""What this service's things look like to `policy.cedar`."""

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.matches.domain import Match
from services.matching.stories.domain import Story
from shared.identity.policy import Policy, Resource

POLICY = Policy.beside(__file__)


def guardian_resource(guardian: Guardian) -> Resource:
    """A guardian belongs to its region's headquarters and to its own people."""
    return Resource(
        type="Guardian",
        id=guardian.guardian_id,
        region=guardian.visible_region,
        org=guardian.guardian_id,
        status=guardian.status.value,
    )


def family_resource(family: Family) -> Resource:
    """A waiting family belongs to its region's headquarters."""
    return Resource(
        type="Family",
        id=family.case_id,
        region=family.region,
        district=family.district,
        person=family.case_id,
    )


def match_resource(match: Match) -> Resource:
    """A match belongs to the headquarters, to its guardian and to its family."""
    return Resource(
        type="Match",
        id=match.match_id,
        region=match.region,
        district=match.district,
        org=match.guardian_id,
        person=match.case_id,
        status=match.status.value,
        more={"released": match.contacts_released},
    )


def story_resource(story: Story) -> Resource:
    """A story belongs to the guardian that sent it and to its region."""
    return Resource(
        type="Story",
        id=story.story_id,
        region=story.region,
        org=story.guardian_id,
        status=story.status.value,
        more={"consented": story.consent_ref is not None},
    )


def region_resource(region: str) -> Resource:
    """A region as a whole: its headquarters and its figures."""
    return Resource(type="Region", id=region, region=region)
