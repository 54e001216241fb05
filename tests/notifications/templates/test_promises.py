"""What a message promises a family is somebody's work, with a due time and an end.

Each text of intake in which the staff is to do something next has a line here. A new text that
promises something fails until it has one, and until headquarters is asked for that work by the same
event.
"""

import re
from collections.abc import Iterator, Mapping

import pytest

from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from services.notifications.work_items.endings import ENDED_BY

FOUND = Templates.connect()
# What the programme says that it will do; what a family may do ("напишите") promises nothing.
WILL_DO = re.compile(
    r"(специалист|штаб)\b[^.]*\b\w+(ит|ет|ёт|жет|ится)\b|\bждите\b|\bмы \w+(им|ем)\b"
    r"|\bнапишем\b|\bскажем\b|\bназначим\b|\bответим\b|\bпозвоним\b|\bпоможем\b",
    re.IGNORECASE,
)
# Text -> the work that keeps the promise; None where the words are about what is done already.
PROMISES: Mapping[str, str | None] = {
    "request_received_family": "review_request",
    "request_triaged_family.one_time": "give_aid",
    "request_triaged_family.redirect": "explain_decision",
    "care_required_family.false": "find_guardian",
    "care_requirement_lifted_family": "review_request",
    "case_reopened_family": "review_request",
    "person_requested_family": "answer_person",
    # after the family has called: what it says is a request of its own then (person_requested)
    "disclosed_to_office_family.child_in_danger": None,
    "disclosed_to_office_family.adult_in_danger": None,
    "disclosed_to_office_family.required_by_law": None,
    "person_answered_family.refused": None,
}
# A redirection closes the case in the same commit, and the closing asks for the call.
BY_ANOTHER_EVENT = {"request_triaged_family.redirect": "case_closed_hq"}


def texts() -> Iterator[tuple[str, Template, str, str]]:
    """Every text to families about events of intake: its name, template, variant and words."""
    for template in FOUND.by_name.values():
        if template.event_type.startswith("intake.") and template.audience == "family":
            for variant, words in (template.texts or {"": template.text or ""}).items():
                name = f"{template.name}.{variant}" if variant else template.name
                yield name, template, variant, words


def promising() -> set[str]:
    """The names of the texts that promise something."""
    return {name for name, _, _, words in texts() if WILL_DO.search(words)}


def test_each_text_that_promises_something_has_a_line_here() -> None:
    assert promising() == set(PROMISES)


@pytest.mark.parametrize("name", [name for name, kind in PROMISES.items() if kind])
def test_what_is_promised_is_asked_of_headquarters_and_ends(name: str) -> None:
    (found,) = [each for each in texts() if each[0] == name]
    _, template, variant, _ = found
    other = BY_ANOTHER_EVENT.get(name)
    asking = FOUND.by_name[other or template.name.replace("_family", "_hq")]

    assert asking.kind == PROMISES[name]
    assert (asking.due is None) != (asking.within_days is None)
    assert ENDED_BY[asking.kind]  # type: ignore[index]
    if asking.by is not None and not other and template.by == asking.by:
        assert variant in asking.texts
    if template.by is not None and template.by in asking.only:
        assert asking.only[template.by] == variant


def test_a_promise_is_noticed() -> None:
    assert WILL_DO.search("Что дальше: специалист штаба позвонит вам завтра.")
    assert WILL_DO.search("Что дальше: ждите, мы напишем вам.")
    assert not WILL_DO.search("Что дальше: напишите или позвоните нам.")
