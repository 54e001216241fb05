"""Closed lists of feedback forms."""

from shared.domain import CodeEnum


class FormStatus(CodeEnum, of="feedback_form_status"):
    """How far the form is."""

    PREPARED = "prepared"
    SENT = "sent"
    ANSWERED = "answered"
