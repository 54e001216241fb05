"""Every text for every event, filled with what life brings, and read as a person reads it."""

import re
from collections.abc import Iterator, Mapping

import pytest

from services.notifications.channels.sms.segments import LONGEST_SMS
from services.notifications.templates import rehearsal, wording
from services.notifications.templates.domain import Template
from services.notifications.templates.grammar import plural
from services.notifications.templates.plain_language import remarks
from services.notifications.templates.rehearsal import LINK, hole
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import FEEDBACK_LINK, FIRST_NAME, FactKind
from shared.events.base import Event
from shared.reference.code_lists import shipped
from shared.reference.regions import region, regions
from tests.support.world import at
from tools.event_catalogue import by_type

FOUND = Templates.connect()
PEOPLE = ("Александра-Вероника Константиновна", "John", "Я", "Анна-Мария", "О'Коннор", "d’Arc", "")
COUNTS = ("0", "1", "2", "5", "11", "21", "101", "1000000")
# Leap day, and the last minutes of a year in the west and in the east.
DAYS = ("2028-02-29", "2026-12-31", "2027-01-01", "2026-05-09")
MOMENTS = ("2028-02-28T20:59:59.000Z", "2026-12-31T20:59:59.000Z", "2026-12-31T12:00:00+00:00")
PARTNERS = ("Магазин «Ромашка»", "ООО «Торговый дом „Северные зори“ и сыновья»", "IKEA", "7")
LINKS = {"hq_phone": "8 800 000-00-00", "story": LINK, "federal_mail": "shtab@example.org"}
NOW = at("2026-11-30 18:00")
WORDS_A_SENTENCE = FOUND.phrases.plain.most_words
_ENDS = re.compile(r"[.!?:\n]+(?:\s|$)")


def edge_facts(template: Template, place: int) -> dict[str, str]:
    """The facts of an event at their edges, others each time, at times without what it may lack."""
    said = {
        FactKind.MOMENT: MOMENTS[place % len(MOMENTS)],
        FactKind.DAY: DAYS[place % len(DAYS)],
        FactKind.DISTRICT: ("D01", "D99")[place % 2],
        FactKind.PLAIN: COUNTS[place % len(COUNTS)],
    }
    event = by_type()[template.event_type]
    return {
        name: said[fact.kind]
        for name, fact in template.facts.items()
        if place % 3 or fact.field == template.by or not may_lack(event, fact.field)
    }


def may_lack(event: type[Event], field: str) -> bool:
    """Whether an event may come without a value."""
    return "None" in str(event.model_fields[field].annotation)


def edge_values(template: Template, place: int) -> Mapping[str, str]:
    """What the owners of contacts may give, at its edges."""
    known = {name: FOUND.phrases.samples.values[name] for name in wording.variables(template)}
    known |= {FIRST_NAME: PEOPLE[place % len(PEOPLE)], FEEDBACK_LINK: LINK}
    return known | ({"partner": PARTNERS[place % len(PARTNERS)]} if "partner" in known else {})


def readings() -> Iterator[tuple[str, Template, str]]:
    """Every text as somebody reads it: its name, its template and its words."""
    zones = [region(each).zone for each in regions()]
    for name, template in FOUND.by_name.items():
        for variant in template.wordings:
            for place in range(24):
                rendered = wording.render(
                    template,
                    variant,
                    FOUND.phrases,
                    now=NOW.astimezone(zones[place % len(zones)]),
                    facts=edge_facts(template, place),
                    districts={"D01": "Ромодановский городской округ"},
                    variables=edge_values(template, place),
                    links=LINKS if place % 2 else {},
                )
                yield f"{name}.{variant}", template, rendered.text


Read = list[tuple[str, Template, str]]


@pytest.fixture(scope="module")
def read() -> Read:
    """All readings, made once."""
    return list(readings())


def test_no_reader_of_any_message_finds_an_empty_place(read: Read) -> None:
    assert len(read) > 3000
    assert [(name, line) for name, _, text in read if (line := hole(text)) is not None] == []
    assert [name for name, _, text in read if len(text) > LONGEST_SMS] == []
    # A district that a region has no more.
    unknown = re.compile(rf"(?<!Район: )(?<!\(){FOUND.phrases.unknown_district}")
    assert [name for name, _, text in read if unknown.search(text)] == []
    # A phone may take the sign after a link for a part of it.
    ends = re.compile(rf"{LINK}(?!\s|$)")
    assert [name for name, _, text in read if ends.search(text)] == []


def test_every_sentence_is_short_whatever_it_is_filled_with(read: Read) -> None:
    long = {
        (name, sentence.strip())
        for name, _, text in read
        for sentence in _ENDS.split(text.replace(LINK, "ссылка"))
        if len(sentence.split()) > WORDS_A_SENTENCE
    }
    assert long == set()


def test_every_message_says_in_its_last_words_what_to_do(read: Read) -> None:
    staff, people = FOUND.phrases.plain.next_step
    for name, template, text in read:
        wanted = staff if template.audience.role else people
        assert text.count(wanted) == 1, name
        assert len(text.partition(wanted)[2].split()) >= 2, name


def test_every_text_is_one_that_an_editor_could_have_written() -> None:
    for name, template in FOUND.by_name.items():
        assert wording.fault(template, template.subject, template.wordings) is None, name
        assert remarks(template, FOUND.phrases.plain) == (), name
        found = rehearsal.fault(template.subject, template.wordings, template, FOUND.phrases)
        assert found is None, name


def test_times_are_those_of_the_reader_s_region() -> None:
    for name in regions():
        now = NOW.astimezone(region(name).zone)
        said = [FOUND.phrases.format_fact(FactKind.MOMENT, each, now, {}) for each in MOMENTS]
        assert all(re.fullmatch(r"\d{1,2} [а-я]+( 2028 года)? в \d\d:\d\d", one) for one in said), (
            name
        )
    now = NOW.astimezone(region("ZR").zone)
    said = [FOUND.phrases.format_fact(FactKind.MOMENT, each, now, {}) for each in MOMENTS]
    assert said == ["29 февраля 2028 года в 00:59", "1 января в 00:59", "31 декабря в 16:00"]


def test_a_check_of_three_years_does_not_seem_to_have_ended_yesterday() -> None:
    said = wording.render(
        FOUND.by_name["requirement_renewed_guardian"], "text", FOUND.phrases,
        now=NOW, facts={"due": "2029-11-29"}, districts={}, variables={FIRST_NAME: ""}, links={},
    ).text  # fmt: skip

    assert "действует по 29 ноября 2029 года включительно" in said


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-06-03", "3 июня"),
        ("2026-06-02", "2 июня 2026 года"),
        ("2026-11-30", "30 ноября"),
        ("2027-05-29", "29 мая"),
        ("2027-05-30", "30 мая 2027 года"),
        ("2027-11-30", "30 ноября 2027 года"),
    ],
)
def test_a_day_more_than_half_a_year_away_is_said_with_its_year(day: str, words: str) -> None:
    assert FOUND.phrases.format_fact(FactKind.DAY, day, NOW, {}) == words


@pytest.mark.parametrize("count", COUNTS)
def test_the_words_around_a_number_agree_with_it(count: str) -> None:
    template = FOUND.by_name["waiting_families_suited_hq"]
    for variant in ("true", "false"):
        said = wording.render(
            template, variant, FOUND.phrases, now=NOW, facts={"families": count},
            districts={}, variables={}, links={},
        ).text  # fmt: skip

        assert f"подходит {count} {plural(count, 'семье', 'семьям', 'семьям')}" in said


def unsaid(template: Template) -> set[str]:
    """The codes of the list by which a text is chosen that nobody is told of."""
    known = {*template.texts} - {"other", "none", "some"}
    fitting = [each.codes for each in shipped().values() if known <= {*each.codes}]
    # Other audiences are other roles' work, as the histories see.
    if not known or not fitting or "other" in template.texts or template.by == "audience":
        return set()
    return {*min(fitting, key=len)} - known - {*template.silent}


def test_every_code_of_a_coded_field_has_words_or_is_told_elsewhere() -> None:
    assert {name: found for name, each in FOUND.by_name.items() if (found := unsaid(each))} == {
        # the search that begins, and the closing of the case
        "request_triaged_family": {"care", "decline"},
        # the decision about the request; who has gone is told nothing
        "case_closed_family": {"redirected", "consent_withdrawn", "erased"},
        # only who was sent elsewhere is called
        "case_closed_hq": {
            "all_needs_met", "aid_given", "declined", "duplicate", "withdrawn",
            "consent_withdrawn", "erased",
        },
        # by the call of headquarters, and by GuardianRejected
        "interview_held_guardian": {"failed"},
        # the side that has given notice itself
        "termination_notified_family": {"guardian"},
        "notice_awaited_family": {"guardian"},
        "termination_notified_guardian": {"headquarters"},
        "notice_awaited_guardian": {"headquarters"},
        # the side that has taken its notice back itself
        "notice_withdrawn_family": {"headquarters"},
        "notice_withdrawn_guardian": {"guardian"},
    }  # fmt: skip


@pytest.mark.parametrize("words", ["расскажите новость", "Одних мы вас", "None", "бенефициар"])
def test_words_that_readers_stumbled_over_do_not_come_back(read: Read, words: str) -> None:
    phone = FOUND.phrases.phone_task
    assert words not in phone.text + phone.many + phone.subject
    assert [name for name, _, text in read if words in text] == []


# A person may have only a telephone, and nobody reads what is written to a bot but «стоп», «старт».
WRITTEN = re.compile(r"\b(напишите|напишем|напишет|пишем|писали|написали)\b", re.IGNORECASE)


def test_nobody_is_told_of_letters_who_may_have_been_called_or_has_no_address(read: Read) -> None:
    told = {
        name
        for name, template, text in read
        if template.audience.owner and WRITTEN.search(text) and not re.search("«ст(оп|арт)»", text)
    }
    assert told == set()


@pytest.mark.parametrize("news", ["withdrawn", "staying"])
def test_news_that_take_others_back_are_true_for_who_has_not_heard_these(news: str) -> None:
    """They may have been dropped on their way: taken back within a night or a minute."""
    said = FOUND.by_name["partner_news_due_holder"].texts[news]
    assert re.search(r"\bесли (вы|вам)\b", said, re.IGNORECASE)


def test_no_staff_is_sent_to_reach_a_family_that_may_have_left_no_contact(read: Read) -> None:
    events = "RequestReceived RequestJoined RequestExtended CaseUntaken CaseClosed CaseReopened"
    may_be_anonymous = {f"intake.{event}" for event in events.split()}
    asked = {
        name: text
        for name, template, text in read
        if template.event_type in may_be_anonymous
        and template.audience.role
        and re.search(r"позвоните семье|свяжитесь с (?:семьёй|ней)", text, re.IGNORECASE)
    }
    assert asked
    assert [name for name, text in asked.items() if "оставила" not in text] == []


def test_each_message_to_a_person_says_whom_to_turn_to() -> None:
    """A code is for at once."""
    helpless = {
        name
        for name, template in FOUND.by_name.items()
        if template.audience.owner and not template.lines
    }
    assert {name for name in helpless if not name.startswith("sign_in_requested")} == set()


def test_who_cannot_open_the_page_of_a_card_reads_a_telephone_too() -> None:
    asked = [each for each in FOUND.by_name.values() if "card_activation" in each.lines]
    assert len(asked) == 2
    assert [each.name for each in asked if "card_help" not in each.lines] == []


def test_who_holds_a_card_and_can_decline_news_of_it_reads_a_telephone_to_do_so() -> None:
    """A text message names no page, and a holder knows of no headquarters."""
    told = [each for each in FOUND.by_name.values() if each.audience == "holder" and each.optional]
    assert len(told) > 3
    assert [each.name for each in told if "card_help" not in each.lines] == []
    assert "штаб" not in FOUND.phrases.ways_out["sms"]
