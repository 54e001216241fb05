"""Every message is whole, plain and allowed to say what it says."""

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.app import SUBSCRIPTIONS
from services.notifications.ended_links.reactions import end_links
from services.notifications.feedback.reactions import forget_words
from services.notifications.messages.reactions import SUBJECTS, announce
from services.notifications.preferences.reactions import forget_person
from services.notifications.reminders.reactions import keep_story_reminder
from services.notifications.sendings.outdating import outdate
from services.notifications.templates import syntax, wording
from services.notifications.templates.domain import Template
from services.notifications.templates.plain_language import remarks
from services.notifications.templates.repository import PHRASES, Templates
from services.notifications.templates.values import Audience, RenderedText
from services.notifications.webhook_deliveries.reactions import queue_webhooks
from services.notifications.work_items.reactions import end_work
from shared.events.intake import FamilyErased
from shared.events.matching import CareStarted
from shared.messaging.subscriptions import _each
from shared.reference.code_lists import shipped
from shared.reference.regions import region
from tests.support.world import at
from tools.event_catalogue import by_type

FOUND = Templates.connect()
TEMPLATES = list(FOUND.by_name.values())
NAMES = [pytest.param(template, id=template.name) for template in TEMPLATES]


@pytest.mark.requirement("X-14")
@pytest.mark.parametrize("template", NAMES)
def test_each_text_is_russian_short_and_plain(template: Template) -> None:
    assert remarks(template, FOUND.phrases.plain) == ()
    for text in template.wordings.values():
        assert re.search(r"[а-яё]", text)
        assert 20 <= len(text) <= 330


@pytest.mark.parametrize("template", NAMES)
def test_each_text_for_the_staff_names_facts_of_the_event_alone(template: Template) -> None:
    """Nobody is asked about a person whose inbox it is."""
    assert (wording.variables(template) == frozenset()) == (template.audience.owner is None)


@pytest.mark.parametrize("template", NAMES)
def test_each_declared_fact_is_named(template: Template) -> None:
    texts = template.wordings.values()
    named = {name for text in texts for name in syntax.names(text or "")}

    assert set(template.facts) <= named


def test_what_the_owner_must_give_is_read_from_the_texts() -> None:
    template = Template(
        event_type="intake.RequestReceived",
        audience=Audience.FAMILY,
        reference="case_id",
        subject="Новость",
        by="again",
        texts={"true": "{{ number }} и {{ day }}", "false": "{{ feedback_link }}"},
        facts={"day": "day day"},
        form="care_feedback",
    )

    assert wording.variables(template) == {"first_name", "number"}


@pytest.mark.parametrize("template", NAMES)
def test_each_template_speaks_of_an_event_that_exists_and_of_its_fields(template: Template) -> None:
    event = by_type()[template.event_type]
    fields = set(event.model_fields)

    named = {
        *template.reference_fields,
        *(fact.field for fact in template.facts.values()),
        *template.only,
        *template.unless,
    }
    assert named | ({template.by, template.opens} - {None}) <= fields
    assert template.form is None or SUBJECTS[template.audience] in fields


@pytest.mark.parametrize("template", NAMES)
def test_each_template_has_a_subject_and_known_lines(template: Template) -> None:
    assert 8 <= len(template.subject) <= 60
    assert set(template.lines) <= set(FOUND.phrases.lines)
    assert len(template.name) <= 64


def test_names_of_templates_are_unique_across_services() -> None:
    assert len(TEMPLATES) == len({template.name for template in TEMPLATES})
    assert sum(len(found) for found in FOUND.by_event.values()) == len(TEMPLATES)


def test_an_event_is_announced_because_it_has_a_template() -> None:
    announced = {
        event.detail_type()
        for event, reactions in SUBSCRIPTIONS.reactions.items()
        if announce in _each(reactions)
    }

    assert announced == set(FOUND.by_event)
    assert SUBSCRIPTIONS.reactions[CareStarted] == (
        end_work, announce, outdate, keep_story_reminder, queue_webhooks,
    )  # fmt: skip
    assert SUBSCRIPTIONS.reactions[FamilyErased] == (
        end_links,
        end_work,
        forget_words,
        forget_person,
        queue_webhooks,
    )


def test_a_message_with_a_form_ends_with_the_telephone_that_refusals_of_its_link_speak_of() -> None:
    for template in TEMPLATES:
        if template.form or template.opens:
            assert {"hq_phone", "card_help"} & {*template.lines}, template.name


def test_what_may_wake_a_person_is_little() -> None:
    told = [each for each in TEMPLATES if each.audience.owner]
    assert {each.name for each in told if each.urgent or each.urgent_when} == {
        # who asks for a code waits for it, and who asked for none must hear of that
        "sign_in_requested_family", "sign_in_requested_guardian", "sign_in_requested_holder",
        "sign_in_requested_volunteer",
        "family_contact_changed_family", "guardian_contact_changed_guardian",
        "holder_contact_changed_holder", "volunteer_contact_changed_volunteer",
        # the reader has just done that, or asked for it
        "request_received_family", "guardian_applied_guardian",
        "card_activated_holder", "card_held_holder",
        "preferences_changed_family", "preferences_changed_guardian", "preferences_changed_holder",
        "preferences_changed_partner", "preferences_changed_volunteer",
        # a card that was lost, an office that knows, a way that would be in vain
        "card_blocked_holder", "disclosed_to_office_family", "volunteer_task_cancelled_volunteer",
    }  # fmt: skip
    for each in told:
        assert not (each.urgent and (each.small or each.optional)), each.name


def test_who_writes_a_word_to_a_bot_is_answered_alike_whoever_it_is() -> None:
    answers = FOUND.by_event["notifications.PreferencesChanged"]

    assert len(answers) == 5
    for each in answers:
        assert each.only == {"audience": each.audience.value, "acknowledged": "true"}
        assert each.acknowledges and each.only_there and set(each.silent) == set(answers[0].silent)


def test_a_partner_is_told_what_it_has_not_done_itself_where_it_can_be_reached() -> None:
    told = [each for each in TEMPLATES if each.audience is Audience.PARTNER]
    assert len(told) > 8
    for each in told:
        fields = {"own": "false", "reachable": "true"}
        event = by_type()[each.event_type].model_fields
        asked = {name: said for name, said in fields.items() if name in event}
        assert asked.items() <= each.only.items(), each.name


def test_who_is_a_family_and_holds_a_card_is_asked_once_how_it_was_to_help() -> None:
    asked = FOUND.by_event["community.EngagementEnded"]
    for family in ("fam_1", None):
        found = [
            str(each.audience)
            for each in asked
            if each.variant({"family_id": family, "card_id": "crd_1"})
        ]
        assert found == (["family"] if family else ["holder"])


TERMS = {"due_at", "due_on", "introduction_due_at", "last_day", "closes_on", "confirm_by"}


def test_work_is_due_when_its_event_says_so() -> None:
    other = {
        each.name
        for each in TEMPLATES
        for terms in [TERMS & set(by_type()[each.event_type].model_fields)]
        if each.kind and terms and each.due not in terms
    }
    # The day of these is over: what comes after it has days of its own.
    assert other == {"introduction_overdue_operations", "follow_up_done_hq"}


def test_what_a_text_asks_for_today_is_due_today() -> None:
    """Who wrote that it was in danger was to be called today, within two days."""
    now = at("2026-09-15 10:00")
    for each in TEMPLATES:
        for variant, text in each.wordings.items():
            if each.within_days is None or "сегодня" not in text:
                continue
            by = {each.by: variant} if each.by else {}
            event = {**each.only, **each.urgent_when, **by}
            due = each.due_at(event, now, region("ZR").zone, lambda day: day)
            assert due - now < timedelta(days=1), f"{each.name}.{variant}"

    concern = FOUND.by_name["concern_raised_hq"]
    other = concern.due_at({"concern": "other"}, now, region("ZR").zone, lambda day: day)
    assert timedelta(days=2) < other - now < timedelta(days=3)


def test_each_text_with_a_code_says_that_it_is_for_nobody_else() -> None:
    codes = {"sign_in_code", "activation_code"}
    told = [text for each in TEMPLATES for text in each.wordings.values()
            if codes & syntax.names(text)]  # fmt: skip

    assert len(told) > 10
    assert [text for text in told if "никому" not in text.lower()] == []


def test_no_address_stands_in_a_template() -> None:
    for template in TEMPLATES:
        for text in [template.text or "", *template.texts.values()]:
            assert not re.search(r"https?:|www\.|@|\+7|\d{5,}", text)


def test_a_moment_is_told_on_the_clocks_of_the_region() -> None:
    template = FOUND.by_name["match_proposed_guardian"]

    rendered = wording.render(
        template,
        "false",
        FOUND.phrases,
        now=at("2026-09-14 11:00").astimezone(region("ZR").zone),
        facts={"due": "2026-09-17T07:00:00.000Z"},
        districts={},
        variables={"first_name": "Олег"},
        links={"hq_phone": "8 800 000-00-00"},
    )

    assert "не позже 17 сентября в 11:00" in rendered.text
    assert rendered.text.startswith("Здравствуйте, Олег!\n")
    assert rendered.text.endswith("Есть вопросы? Позвоните в штаб: 8 800 000-00-00")


@pytest.mark.parametrize("service", ["intake", "matching", "cards"])
def test_a_code_is_sent_to_no_contact_that_is_not_known(service: str) -> None:
    asked: dict[str, Any] = {"region": "ZR", "use": "sign_in"}
    for template in FOUND.by_event[f"{service}.SignInRequested"]:
        assert template.expires == "expires_at"  # a code that has ended is no news
        of_owner = {"of": template.audience.value}
        assert template.variant({**asked, **of_owner, "known": True}) is not None
        assert template.variant({**asked, **of_owner, "known": False}) is None


def test_a_line_that_operations_have_not_set_is_left_out() -> None:
    template = FOUND.by_name["match_proposed_family"]

    rendered = wording.render(
        template,
        "false",
        FOUND.phrases,
        now=at("2026-09-14 11:00"),
        facts={"due": "2026-09-17T08:00:00Z"},
        districts={},
        variables={"first_name": "Анна"},
        links={},
    )

    assert "познакомит вас не позже 17 сентября в 08:00" in rendered.text
    assert "Позвоните в штаб" not in rendered.text
    assert not {*"${}"} & {*rendered.text}


def test_every_result_of_a_call_that_needs_action_has_its_words() -> None:
    template = FOUND.by_name["follow_up_done_hq"]

    told = {*template.texts, *template.silent}

    assert told == {*shipped()["follow_up_result"].codes, "other"}


def silent_about_new_codes(template: Template) -> list[str]:
    """The open lists whose codes choose the text, where a code of a stage would say nothing."""
    chosen = {*template.texts, *template.silent} - {"other", "none", "some"}
    if not chosen or "other" in template.texts:
        return []
    lists = shipped().values()
    return [each.name for each in lists if each.open and chosen <= set(each.codes)]


@pytest.mark.parametrize("name", FOUND.by_name)
def test_a_code_that_a_stage_adds_is_announced_too(name: str) -> None:
    assert silent_about_new_codes(FOUND.by_name[name]) == []


def test_a_template_without_words_for_new_codes_is_noticed() -> None:
    known = FOUND.by_name["follow_up_done_hq"]
    texts = {code: text for code, text in known.texts.items() if code != "other"}

    broken = known.model_copy(update={"texts": texts})

    assert silent_about_new_codes(broken) == ["follow_up_result"]


@pytest.mark.parametrize(
    ("attempt", "final", "result", "told"),
    [
        (1, False, "unreachable", False),
        (3, True, "unreachable", True),
        (1, True, "problem", False),  # asked for by ConcernRaised
        (1, True, "needs_changed", True),
        (1, True, "fine", False),
        (1, True, "moving", True),
    ],
)
def test_a_call_leads_to_work_only_when_nothing_else_follows_by_itself(
    attempt: int, final: bool, result: str, told: bool
) -> None:
    done = {"attempt": attempt, "final": final, "result": result}

    assert (FOUND.by_name["follow_up_done_hq"].variant(done) is not None) is told


@pytest.mark.parametrize(
    ("template", "field", "asked"),
    [
        ("check_failed_hq", "assigned", True),
        ("check_failed_guardian", "known", False),
        ("guardian_withdrawn_hq", "assigned", True),
        ("story_taken_down_federal_hq", "by", "regional_hq"),
    ],
)
def test_work_is_asked_of_whom_it_concerns_alone(
    template: str, field: str, asked: bool | str
) -> None:
    other = not asked if isinstance(asked, bool) else "federal_hq"
    assert FOUND.by_name[template].variant({field: asked}) is not None
    assert FOUND.by_name[template].variant({field: other}) is None


def test_a_volunteer_without_an_account_is_not_sent_to_a_page() -> None:
    offered = FOUND.by_name["volunteer_task_offered_volunteer"]
    texts = {
        said: offered.texts[offered.variant({"logs_in": said}) or ""] for said in (True, False)
    }
    assert ("откройте" in texts[True], "откройте" in texts[False]) == (True, False)


def test_who_did_not_answer_is_called_again_and_the_family_is_asked_once() -> None:
    again = {"kind": "two_weeks", "attempt": 2}

    assert FOUND.by_name["follow_up_due_hq"].variant(again) == "other"
    assert FOUND.by_name["follow_up_due_family"].variant(again) is None


def words(value: object) -> Iterator[str]:
    """All texts of a TOML document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from words(inner)


@pytest.mark.parametrize("file", ["phrases.toml", "problems.toml"])
def test_phrases_and_refusals_are_plain_too(file: str) -> None:
    document = tomllib.loads(PHRASES.with_name(file).read_text(encoding="utf-8"))

    document.get("plain", {}).pop("stop", None)
    for text in words(document):
        for word in FOUND.phrases.plain.stop:
            assert not re.search(word, text, re.IGNORECASE), (word, text)


def test_news_in_a_digest_stands_under_its_title_with_one_sign_at_its_end() -> None:
    news = [RenderedText(subject=each, text="Новость.") for each in ("Готово", "Готово!", "Как?")]
    said = FOUND.phrases.digest.render(news, "Здравствуйте!").text.split("\n\n")
    assert said[1:] == ["Готово. Новость.", "Готово! Новость.", "Как? Новость."]


def test_no_work_comes_of_a_message_that_failed_at_a_former_contact_or_in_vain() -> None:
    asking = FOUND.by_name["message_failed_hq"]
    for name in ("family_contact_changed", "guardian_contact_changed", "call_back_ended"):
        (failed,) = [each for each in FOUND.by_name if each.startswith(name)]
        audience = str(FOUND.by_name[failed].audience)
        assert asking.variant({"audience": audience, "template": failed}) is None, name
    assert asking.variant({"audience": "family", "template": "case_closed_family"}) == "family"
    of_volunteers = FOUND.by_name["message_failed_volunteer_coordinator"]
    for name, asked in (
        ("sign_in_requested", False),
        ("volunteer_contact_changed", False),
        ("volunteer_task_offered", True),
    ):
        news = {"audience": "volunteer", "template": f"{name}_volunteer"}
        assert (of_volunteers.variant(news) is not None) is asked, name
