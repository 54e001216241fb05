"""What each permission hangs on: no clause of a `policy.cedar` can be lost unnoticed.

The matrices beside each service say who may do what in chosen situations; this says of every
permission which part of the caller's claims, or of the thing, it would not stand without.
"""

from pathlib import Path

import pytest

from services.cards.policy import POLICY as CARDS
from services.intake.policy import POLICY as INTAKE
from services.matching.policy import POLICY as MATCHING
from services.notifications.policy import POLICY as NOTIFICATIONS
from shared.identity.policy import Attribute
from tests.support.policy_matrix import ROLE, matches_golden, territories

ME = "usr_1"
# Of each type one that is the caller's own, in every way the policy asks about.
Types = dict[str, dict[str, Attribute]]
OF_CARDS: Types = {
    "Card": {"on_order": True, "issued_by": "D01", "holder": "hld_1"},
    "Device": {"bot": ME},
    "Partner": {"districts": ("D01",)},
    "Holder": {},
    "Programme": {},
}
OF_INTAKE: Types = {
    "Request": {"registered_by": ME, "recent": True},
    "Case": {
        "registered_by": ME, "recent": True, "released_to": "org_1", "offices": ("D01",),
        "taken_by": ME, "lead": (), "people": (ME,),
    },
    "Family": {"team": (ME,), "people": (ME,)},
    "Provider": {},
    "HandOver": {},
    "CaseloadTransfer": {"taken_from": ME, "people": (ME,), "lead": ()},
    "Consultation": {},
    "Measure": {},
    "Region": {},
    "PhoneCall": {},
    "Device": {"bot": ME},
    "CallBack": {"claimed_by": ME},
}  # fmt: skip
OF_MATCHING: Types = {
    "Guardian": {"registered_by": ME},
    "Device": {"bot": ME},
    "Family": {},
    "Match": {"released": True},
    "Media": {},
    "Story": {"consented": True},
    "Volunteer": {},
    "VolunteerTask": {},
    "Resource": {},
    "Gift": {},
    "Export": {"kind": "guardians"},
    "Region": {},
}
OF_NOTIFICATIONS: Types = {
    "WorkItem": {"role": ROLE, "lead": (ME,), "account": "", "climbed_to": ""},
    "Message": {},
    "Preferences": {"audience": "family"},
    "Feedback": {},
    "Figures": {},
    "Lines": {},
    "Bot": {},
    "Wording": {},
    "Questionnaire": {},
    "WebhookEndpoint": {},
}
SERVICES = {
    "cards": (CARDS, OF_CARDS),
    "intake": (INTAKE, OF_INTAKE),
    "matching": (MATCHING, OF_MATCHING),
    "notifications": (NOTIFICATIONS, OF_NOTIFICATIONS),
}


@pytest.mark.parametrize("service", SERVICES)
def test_what_each_permission_hangs_on_is_the_agreed(service: str) -> None:
    policy, types = SERVICES[service]
    golden = Path(__file__).parent / "territories" / f"{service}.txt"

    matches_golden(territories(policy, types), golden)
