"""The sealed words of the talks with an organisation."""

from shared.privacy.vault import RecordFields

SHOWN = ("question", "note")


def question_record(number: int) -> str:
    """Return the record of what the organisation was asked in its talk of that number."""
    return f"talk_{number}"


def answer_record(number: int) -> str:
    """Return the record of what came out of the talk."""
    return f"talk_{number}_result"


def words_of(guardian_id: str, talks: int) -> list[RecordFields]:
    """Return what is to be opened of every talk: its question, then its result."""
    return [
        RecordFields(guardian_id, record(number), SHOWN)
        for number in range(1, talks + 1)
        for record in (question_record, answer_record)
    ]
