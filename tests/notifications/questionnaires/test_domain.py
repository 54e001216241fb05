"""What fits a questionnaire, and that each of the registry can be asked."""

import pytest

from services.notifications.questionnaires.domain import Questionnaire
from services.notifications.questionnaires.repository import Questionnaires, codes_of
from services.notifications.questionnaires.values import Answer
from services.notifications.templates.plain_language import remarks
from services.notifications.templates.repository import Templates
from shared.errors import NotFound

KNOWN = Questionnaires.connect()
CARE = KNOWN.latest("care_feedback")
GOOD: dict[str, Answer] = {"score": 5, "needs_met": "yes"}


@pytest.mark.parametrize(
    ("more", "question", "code"),
    [
        ({"score": 6}, "score", "mark_expected"),
        ({"score": 0}, "score", "mark_expected"),
        ({"score": "5"}, "score", "mark_expected"),
        ({"score": True}, "score", "mark_expected"),
        ({"needs_met": "maybe"}, "needs_met", "answer_not_listed"),
        ({"needs_met": 1}, "needs_met", "answer_not_listed"),
        ({"wants_call": "yes"}, "wants_call", "yes_or_no_expected"),
        ({"comment": " "}, "comment", "words_expected"),
        ({"comment": "а" * 2001}, "comment", "words_too_long"),
        ({"name": "Анна"}, "name", "question_unknown"),
    ],
)
def test_what_does_not_fit_is_named(more: dict[str, Answer], question: str, code: str) -> None:
    (fault,) = CARE.faults(GOOD | more, codes_of(CARE))

    assert (fault.question, fault.code) == (question, code)


def test_what_is_required_is_missed_and_the_rest_is_not() -> None:
    assert [each.question for each in CARE.faults({}, codes_of(CARE))] == ["score", "needs_met"]
    for fits in ({}, {"score": 1}, {"comment": "а" * 2000}):
        assert CARE.faults(GOOD | fits, codes_of(CARE)) == ()


def test_words_are_kept_apart_and_silence_about_a_call_is_no() -> None:
    answers, words = CARE.given(GOOD | {"comment": "Спасибо"})

    assert words == {"comment": "Спасибо"}
    assert answers == CARE.given(GOOD)[0] == GOOD | {"wants_call": False}


def test_a_version_is_found_by_its_number_and_new_forms_have_the_latest() -> None:
    second = CARE.model_copy(update={"version": 2})
    both = Questionnaires({("care_feedback", 1): CARE, ("care_feedback", 2): second})

    assert (both.latest("care_feedback"), both.get("care_feedback", 1)) == (second, CARE)
    with pytest.raises(NotFound):
        both.get("care_feedback", 3)
    with pytest.raises(NotFound):
        both.latest("no_such")


@pytest.mark.parametrize("asked", KNOWN.all_latest(), ids=lambda each: each.code)
def test_each_begins_with_a_mark_and_reads_well(asked: Questionnaire) -> None:
    phrases = Templates.connect().phrases
    texts = [
        asked.topic,
        asked.title,
        asked.intro,
        asked.thanks,
        *(q.text for q in asked.questions),
    ]
    template = Templates.connect().by_name["match_proposed_family"]

    assert (asked.questions[0].code, asked.questions[0].kind) == ("score", "scale")
    assert len({each.code for each in asked.questions}) == len(asked.questions)
    for text in texts:
        worded = template.with_words("Новость", {"text": f"Что дальше: {text}"}, "w")
        assert remarks(worded, phrases.plain) == ()


def test_each_form_of_a_template_is_in_the_registry() -> None:
    for template in Templates.connect().by_name.values():
        assert template.form is None or KNOWN.latest(template.form)
