"""What an entry of a family's timeline may be about."""

from shared.domain import CodeEnum


class MeasureStatus(CodeEnum, of="measure_status"):
    """How far a measure of a plan has come."""

    PLANNED = "planned"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    DROPPED = "dropped"


class TimelineKind(CodeEnum, of="timeline_kind"):
    """What has happened to a family."""

    REQUEST = "request"
    TRIAGE = "triage"
    AID = "aid"
    AID_WITHDRAWN = "aid_withdrawn"
    MATCH_PROPOSED = "match_proposed"
    INTRODUCTION = "introduction"
    CARE_STARTED = "care_started"
    CARE_ENDED = "care_ended"
    OUTCOME = "outcome"
    CASE_CLOSED = "case_closed"
    CASE_REOPENED = "case_reopened"
    CONSULTATION = "consultation"
    MEASURE = "measure"
    CARD = "card"
