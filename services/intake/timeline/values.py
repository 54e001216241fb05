"""What an entry of a family's timeline may be about."""

from shared.domain import CodeEnum


class TimelineKind(CodeEnum, of="timeline_kind"):
    """What has happened to a family."""

    REQUEST = "request"
    TRIAGE = "triage"
    AID = "aid"
    MATCH_PROPOSED = "match_proposed"
    INTRODUCTION = "introduction"
    CARE_STARTED = "care_started"
    CARE_ENDED = "care_ended"
    OUTCOME = "outcome"
    CASE_CLOSED = "case_closed"
    CASE_REOPENED = "case_reopened"
    CONSULTATION = "consultation"
    CARD = "card"
