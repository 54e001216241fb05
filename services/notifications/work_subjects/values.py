"""Kinds of work, and marks in the order of what happened to a subject."""

from datetime import datetime

from shared.domain import KnownCodes, ValueObject


class WorkKind(KnownCodes, of="work_kind"):
    """What a role of the staff is asked to do, as far as the deed ends it."""

    REVIEW_REQUEST = "review_request"
    TAKE_CASE = "take_case"
    HAND_OVER_CASE = "hand_over_case"
    GIVE_AID = "give_aid"
    CLARIFY_NEEDS = "clarify_needs"
    FIND_GUARDIAN = "find_guardian"
    SEE_FAMILY = "see_family"
    ANSWER_PERSON = "answer_person"
    EXPLAIN_DECISION = "explain_decision"
    CALL_BACK = "call_back"
    RETURN_CALL = "return_call"
    FINISH_NOTE = "finish_note"
    TELL_BY_PHONE = "tell_by_phone"
    CHECK_CONTACT = "check_contact"
    AGREE_ON_CONTACT = "agree_on_contact"
    COMPARE_FAMILIES = "compare_families"
    VET_GUARDIAN = "vet_guardian"
    ASSIGN_GUARDIAN = "assign_guardian"
    TALK_TO_GUARDIAN = "talk_to_guardian"
    RENEW_EVIDENCE = "renew_evidence"
    PREPARE_GUARDIAN = "prepare_guardian"
    CHECK_FAMILIES = "check_families"
    PROPOSE_GUARDIAN = "propose_guardian"
    RELIEVE_GUARDIAN = "relieve_guardian"
    GET_AGREEMENT_SIGNED = "get_agreement_signed"
    GET_HELP_STARTED = "get_help_started"
    SETTLE_WITHOUT_NEEDS = "settle_without_needs"
    HOLD_INTRODUCTION = "hold_introduction"
    CHECK_HEADQUARTERS = "check_headquarters"
    COVER_NEEDS = "cover_needs"
    CALL_FAMILY = "call_family"
    MEDIATE = "mediate"
    ACT_ON_CALL = "act_on_call"
    ASK_STORY_CONSENT = "ask_story_consent"
    READ_STORY = "read_story"
    SETTLE_ENDING = "settle_ending"
    HELP_ACTIVATE = "help_activate"
    HAND_OVER_CARD = "hand_over_card"
    PASS_ON_LOST_CARD = "pass_on_lost_card"
    HAND_OVER_CODES = "hand_over_codes"
    DECIDE_HELD_CARD = "decide_held_card"
    TELL_OF_DECISION = "tell_of_decision"
    DECIDE_PLACEMENT = "decide_placement"
    CHECK_CLOSED_CARD = "check_closed_card"
    CONFIRM_OFFER = "confirm_offer"
    RENEW_OFFER = "renew_offer"
    RENEW_KEYS = "renew_keys"
    CONTACT_BUSINESS = "contact_business"
    REPLACE_PARTNER = "replace_partner"
    DECIDE_VOLUNTEER = "decide_volunteer"
    ASK_VOLUNTEER = "ask_volunteer"
    SETTLE_TASK = "settle_task"
    SETTLE_RESERVATION = "settle_reservation"
    COLLECT_GIFT = "collect_gift"
    MEND_WEBHOOK_ENDPOINT = "mend_webhook_endpoint"


class Mark(ValueObject):
    """When an event happened: its place among those of one source, its time among all others."""

    source: str
    sequence: int = 0
    at: datetime

    @property
    def place(self) -> tuple[datetime, str, int]:
        """Its place among all others, where each must have one: by time first."""
        return (self.at, self.source, self.sequence)

    def covers(self, earlier: "Mark") -> bool:
        """Return whether this came later, or is the same; across sources a tie is not later."""
        if self.source == earlier.source:
            return self.sequence >= earlier.sequence
        return self.at > earlier.at
