"""Fields of several aggregates that show a code of a list."""

from typing import Annotated

from shared.domain import CodeOf

DecisionReason = Annotated[
    str,
    CodeOf("guardian_rejection_reason", "guardian_pause_reason", "guardian_withdrawal_reason"),
]
# Why a match came to no care, or its care ended: by a side, the staff, or what became of the case.
OverReason = Annotated[
    str,
    CodeOf(
        "match_decline_reason", "match_cancel_reason", "match_termination_reason",
        "care_lift_reason", "case_closed_reason",
    ),
]  # fmt: skip
OverrideReason = Annotated[str, CodeOf("match_override_reason")]
RequirementCode = Annotated[str, CodeOf("guardian_requirement")]
StepCode = Annotated[str, CodeOf("matching_step")]
