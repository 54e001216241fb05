"""Fields of several aggregates that show a code of a list, where no rule asks for it."""

from typing import Annotated

from shared.domain import CodeOf

ChannelCode = Annotated[str, CodeOf("request_channel")]
ClosedCode = Annotated[str, CodeOf("case_closed_reason")]
ContactTime = Annotated[str, CodeOf("contact_time")]
DropReason = Annotated[str, CodeOf("need_drop_reason")]
GroupCode = Annotated[str, CodeOf("family_group")]
HomeCode = Annotated[str, CodeOf("home_condition")]
OutcomeCode = Annotated[str, CodeOf("case_outcome")]
ProjectCode = Annotated[str, CodeOf("funding_project")]
RelationCode = Annotated[str, CodeOf("family_member_relation")]
RoleCode = Annotated[str, CodeOf("acting_role")]
SensitiveCode = Annotated[str, CodeOf("family_group_sensitive")]
StepCode = Annotated[str, CodeOf("intake_step")]
TriageReason = Annotated[str, CodeOf("care_reason", "request_decline_reason")]
# Why a step of a case was made, by the staff, the family or what is heard of its match.
StepReason = Annotated[
    str,
    CodeOf(
        "care_reason", "request_decline_reason", "care_lift_reason", "case_takeover_reason",
        "aid_correction_reason", "aid_withdrawal_reason", "case_closed_reason",
        "case_reopen_reason", "match_decline_reason", "match_cancel_reason",
        "match_termination_reason", "addition_withdrawal_reason",
    ),
]  # fmt: skip
# What a step of a case came to, as a code, or the id of what it is about.
StepDetail = (
    Annotated[
        str,
        CodeOf(
            "triage_decision", "case_outcome", "request_decline_reason", "request_withdraw_reason"
        ),
    ]
    | str
)
