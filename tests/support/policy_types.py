"""The types of things that each `policy.cedar` decides about, with what it asks of them."""

from shared.identity.policy import Attribute
from tests.support.policy_matrix import ROLE

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
