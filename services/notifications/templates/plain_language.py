"""Whether a text is plain: remarks for an editor before a wording is published."""

import re
from collections.abc import Iterator

from services.notifications.templates.domain import Template
from services.notifications.templates.values import PlainLanguage
from shared.domain import CodeEnum, ValueObject

_PLACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_ENDS = re.compile(r"[.!?:\n]+")


class RemarkCode(CodeEnum, of="wording_remark"):
    """What is hard to read."""

    LONG_SENTENCE = "long_sentence"
    OFFICIALESE = "officialese"
    FAMILIAR = "familiar"
    FOREIGN_LETTERS = "foreign_letters"
    NO_NEXT_STEP = "no_next_step"
    LONG_SMS = "long_sms"


class Remark(ValueObject):
    """Something hard to read in a variant; it forbids nothing."""

    variant: str
    code: RemarkCode
    words: str = ""


def remarks(template: Template, plain: PlainLanguage) -> tuple[Remark, ...]:
    """Return what is hard to read in the texts of a template, variant by variant."""
    return tuple(
        remark
        for variant, text in template.wordings.items()
        for remark in _of_text(variant, template.subject, text, template, plain)
    )


def _of_text(
    variant: str, subject: str, text: str, template: Template, plain: PlainLanguage
) -> Iterator[Remark]:
    said = _PLACES.sub(" ", text)
    for sentence in _ENDS.split(said):
        if len(sentence.split()) > plain.most_words:
            yield Remark(variant=variant, code=RemarkCode.LONG_SENTENCE, words=sentence.strip())
    for code, words in (
        (RemarkCode.OFFICIALESE, plain.stop),
        (RemarkCode.FAMILIAR, plain.familiar),
    ):
        for word in words:
            if found := re.search(word, f"{subject} {said}", re.IGNORECASE):
                yield Remark(variant=variant, code=code, words=found[0])
    if found := re.search(r"[A-Za-z]+", said):
        yield Remark(variant=variant, code=RemarkCode.FOREIGN_LETTERS, words=found[0])
    for_staff, for_people = plain.next_step
    wanted = for_staff if template.audience.role else for_people
    if wanted not in text:
        yield Remark(variant=variant, code=RemarkCode.NO_NEXT_STEP, words=wanted)
