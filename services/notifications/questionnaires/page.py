"""The page behind a link to a form, in plain HTML; its words are in `page.toml`."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from services.notifications.footer_links.page_help import Texts, page_of, read_texts, refusal_page
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.questionnaires.domain import Questionnaire
from services.notifications.questionnaires.values import (
    LEAST,
    LONGEST,
    MOST,
    Answer,
    Fault,
    Question,
    QuestionKind,
)
from shared.api.inputs import Request
from shared.api.json_guard import cleaned
from shared.api.pages import Html, HtmlPage, fill, join
from shared.errors import DomainError
from shared.reference import code_lists

NOTHING = Html()
YES, NO = "yes", "no"


def of_questions(
    asked: Questionnaire, answers: Mapping[str, Answer] | None = None, faults: Sequence[Fault] = ()
) -> HtmlPage:
    """Return the page with the questions; answers that do not fit are named beside them."""
    given = answers or {}
    wrong = {fault.question: fault.code for fault in faults}
    html = _texts()["html"]
    body = fill(
        html["questions"],
        title=asked.title,
        intro=asked.intro,
        summary=_summary(asked, wrong) if wrong else NOTHING,
        questions=join(*(_question(each, given, wrong) for each in asked.questions)),
    )
    title = f"{_texts()['words']['wrong']} {asked.title}" if faults else asked.title
    return page_of(_texts(), title, body, 422 if faults else 200, posts=True)


def of_thanks(asked: Questionnaire) -> HtmlPage:
    """Return the page after the answer."""
    body = fill(_texts()["html"]["notice"], title=asked.thanks, text="")
    return page_of(_texts(), asked.title, body)


def of_refusal(refusal: DomainError, footer_links: FooterLinksRepository) -> HtmlPage:
    """Return the page of a link that is used up, too old, altered or tried too often."""
    return refusal_page(_texts(), refusal, footer_links)


def answers_of(request: Request, asked: Questionnaire) -> dict[str, Answer]:
    """Return what a person has filled in; an empty field is no answer."""
    try:
        fields = parse_qs(request.raw_body.decode(), max_num_fields=2 * len(asked.questions))
    except ValueError:
        return {}
    kinds = {question.code: question.kind for question in asked.questions}
    given = {code: cleaned(values[-1]).strip() for code, values in fields.items() if code in kinds}
    return {code: _value(kinds[code], said) for code, said in given.items() if said}


def _value(kind: QuestionKind, text: str) -> Answer:
    if kind is QuestionKind.SCALE and text.isascii() and text.isdecimal():
        return int(text[:9])
    return text == YES if kind is QuestionKind.YES_NO else text


def _question(question: Question, given: Mapping[str, Answer], wrong: Mapping[str, str]) -> Html:
    html, fault = _texts()["html"], wrong.get(question.code)
    values = {
        "code": question.code,
        "text": question.text,
        "marked": Html(html["marked"]) if fault else NOTHING,
        "error": _error(question, fault) if fault else NOTHING,
        "described": fill(html["described"], code=question.code) if fault else NOTHING,
    }
    answer = given.get(question.code)
    if question.kind is QuestionKind.WORDS:
        said = answer if isinstance(answer, str) else ""
        return fill(html["words"], said=said, most=str(LONGEST), **values)
    options = [
        _option(question, code, label, answer, first=place == 0)
        for place, (code, label) in enumerate(_options(question))
    ]
    return fill(html["choice"], options=join(*options), **values)


def _options(question: Question) -> list[tuple[str, str]]:
    match question.kind:
        case QuestionKind.SCALE:
            ends = {str(LEAST): _texts()["words"]["least"], str(MOST): _texts()["words"]["most"]}
            marks = [str(mark) for mark in range(LEAST, MOST + 1)]
            return [(mark, ends.get(mark, mark)) for mark in marks]
        case QuestionKind.CHOICE:
            return list(code_lists.choices(question.choices or "").items())
    return [(YES, _texts()["words"]["yes"]), (NO, _texts()["words"]["no"])]


def _option(
    question: Question, code: str, label: str, answer: Answer | None, *, first: bool
) -> Html:
    known = {True: YES, False: NO}.get(answer) if isinstance(answer, bool) else answer
    chosen = known is not None and str(known) == code
    return fill(
        _texts()["html"]["option"],
        name=question.code,
        first=fill(_texts()["html"]["first"], name=question.code) if first else NOTHING,
        code=code,
        label=label,
        chosen=Html(" checked") if chosen else NOTHING,
        needed=Html(" required") if question.required else NOTHING,
    )


def _summary(asked: Questionnaire, wrong: Mapping[str, str]) -> Html:
    """Return what is wrong, above the questions: each line leads to its question."""
    html = _texts()["html"]
    lines = (
        fill(html["fault"], code=each.code, question=each.text, text=_said_of(wrong[each.code]))
        for each in asked.questions
        if each.code in wrong
    )
    return fill(html["summary"], faults=join(*lines))


def _error(question: Question, fault: str) -> Html:
    return fill(_texts()["html"]["error"], code=question.code, text=_said_of(fault))


def _said_of(fault: str) -> str:
    words: dict[str, str] = _texts()["faults"]
    return words.get(fault, words["answer_missing"])


@cache
def _texts() -> Texts:
    return read_texts(Path(__file__).with_name("page.toml"))
