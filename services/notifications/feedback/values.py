"""Closed lists of feedback forms."""

from enum import StrEnum


class FormStatus(StrEnum):
    """How far the form is."""

    __list__ = "feedback_form_status"

    PREPARED = "prepared"
    SENT = "sent"
    ANSWERED = "answered"


class NeedsMet(StrEnum):
    """Whether the help was the help that was needed."""

    __list__ = "feedback_needs_met"

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
