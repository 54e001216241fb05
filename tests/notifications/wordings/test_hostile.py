"""Editors who mean no good, or work at the same time as others."""

from dataclasses import replace
from typing import Any

import pytest

from services.notifications.channels.port import OnDoubt
from services.notifications.templates.repository import Templates
from shared.events import intake
from tests.notifications.fakes import (
    HQ,
    OF_CASE,
    OPERATIONS,
    FakeProvider,
    NotificationsHarness,
    meanwhile,
)
from tests.notifications.news import RECEIVED
from tests.notifications.wordings.drafts import COLLEAGUE, NAME, SHIPPED, WORDS, drafted
from tests.support.api import Answer, Api
from tests.support.world import at


@pytest.fixture
def api(harness: NotificationsHarness) -> Api:
    return harness.world.api("notifications", OPERATIONS)


def words(text: str, subject: str = "Новость", name: str = NAME) -> dict[str, Any]:
    """The same text for each variant of a template."""
    variants = Templates.connect().by_name[name].wordings
    return {"subject": subject, "texts": dict.fromkeys(variants, text)}


def refused(answer: Answer) -> tuple[int, set[str]]:
    """The status and the codes of a refusal."""
    return answer.status, {each["code"] for each in answer.json.get("errors", [])}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ number }} " + "слово " * 120, "string_too_long"),
        ("{{ number }}" + "{% if number %}" * 30, "wording_unreadable"),
        ("{{ " + "(" * 250 + "number" + ")" * 250 + " }}", "wording_unreadable"),
        ("{{ number }}{% for x in number %}{{ x }}{% endfor %}", "wording_unreadable"),
        ("{{ number }}{% include '/etc/passwd' %}", "wording_unreadable"),
        ("{{ number }}{{ number.__class__.__mro__ }}", "wording_unreadable"),
        ("{{ number }} {{ phone }}", "value_unknown"),
        ("{{ number }} {{ self }}", "value_unknown"),
        ("{% if number == 'нет' %}{{ number }}{% endif %} Ждите.", "value_missing"),
        ("{{ number }}: узнайте больше на ryadom-help.online", "wording_has_address"),
        ("{{ number }}. Звоните 8 (916) 123-45-67.", "wording_has_address"),
        ("{{ number }}. Звоните 8–800–555–35–35.", "wording_has_address"),
        ("{{ number }}. Звоните 8\u202f800\u202f555\u202f35\u202f35.", "wording_has_address"),
        ("{{ number }}. Звоните 8.916.123.45.67.", "wording_has_address"),
        ("{{ number }} {{ first_name }} , ждите.", "wording_has_hole"),
        ("{{ number }}. Ждите\u202e.", "forbidden_characters"),
        ("{{ number }}. Ждите\u200b.", "forbidden_characters"),
    ],
)
def test_a_text_that_would_do_harm_is_refused_when_it_is_written(
    api: Api, text: str, code: str
) -> None:
    answer = api.post(f"/templates/{NAME}/wordings", words(text), key="1")

    assert refused(answer) == (422, {code})
    assert api.get("/wordings").json["items"] == []


def test_a_hundred_kilobytes_are_not_even_read(api: Api) -> None:
    answer = api.post(f"/templates/{NAME}/wordings", words("я" * 100_000), key="1")

    assert answer.status == 413


def test_no_text_for_the_staff_names_a_person(api: Api) -> None:
    of_staff = "request_received_hq"
    text = "Заявка от {{ first_name }}.\nЧто сделать: позвоните."

    answer = api.post(f"/templates/{of_staff}/wordings", words(text, name=of_staff), key="1")

    assert refused(answer) == (422, {"value_unknown"})


@pytest.mark.parametrize(
    "subject", ["", "   ", "т" * 61, "Зайдите на ryadom.online", "{{ number }}", "а\nб"]
)
def test_a_subject_is_one_plain_line(api: Api, subject: str) -> None:
    answer = api.post(f"/templates/{NAME}/wordings", WORDS | {"subject": subject}, key="1")

    assert answer.status == 422


def test_nobody_publishes_the_own_words_in_another_role(api: Api) -> None:
    two = replace(OPERATIONS, roles=("operations", "federal_hq"))
    wording = drafted(api)

    for role, status in (("operations", 409), ("federal_hq", 403)):
        mine = api.as_(two).with_(Ryadom_Role=role)
        answer = mine.post(f"/wordings/{wording}/publish", {}, key=role)
        assert answer.status == status
        assert answer.code in ("second_person_needed", "forbidden", "not_found")


def test_of_two_editors_at_once_the_second_reads_what_the_first_has_put_in_force(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = drafted(api), drafted(api, WORDS | {"subject": "Вторая"}, key="2")
    third = api.as_(replace(OPERATIONS, id="usr_45"))
    meanwhile(monkeypatch, lambda: third.post(f"/wordings/{second}/publish", {}, key="4"))

    late = api.as_(COLLEAGUE).post(f"/wordings/{first}/publish", {}, key="3")

    assert (late.status, late.code) == (409, "wording_based_on_older")
    states = {e["id"]: e["status"] for e in api.get(f"/wordings?template={NAME}").json["items"]}
    assert states == {first: "draft", second: "published"}
    assert api.get(f"/templates/{NAME}").json["wording_id"] == second
    assert api.as_(COLLEAGUE).get(f"/wordings/{first}").json["next_steps"] == ["discard_wording"]


def test_an_older_draft_is_not_published_over_newer_words(api: Api) -> None:
    colleague, path = api.as_(COLLEAGUE), f"/templates/{NAME}/wordings"
    first, older = drafted(api), drafted(api, WORDS | {"subject": "Вторая"}, key="2")
    assert colleague.post(f"/wordings/{first}/publish", {}, key="3").status == 200

    refusals = [
        # Neither what waited, nor what was begun before and is written down now.
        colleague.post(f"/wordings/{older}/publish", {"despite_remarks": True}, key="4"),
        api.post(path, WORDS, key="5"),
        api.post(path, WORDS | {"based_on": older}, key="6"),
    ]

    assert {(each.status, each.code) for each in refusals} == {(409, "wording_based_on_older")}
    assert [each["id"] for each in api.get("/wordings").json["items"]] == [older]
    newer = drafted(api, WORDS | {"based_on": first}, key="7")
    assert colleague.get(f"/wordings/{newer}").json["based_on"] == first
    assert api.post(f"/wordings/{newer}/publish", {}, key="8").code == "second_person_needed"
    assert colleague.post(f"/wordings/{newer}/publish", {}, key="9").status == 200
    # After the words of the release have come back, what was written over theirs fits again.
    assert api.post(f"/templates/{NAME}/restore", key="10").status == 200
    stale = api.post(path, WORDS | {"based_on": newer}, key="11")
    assert (stale.status, "исходного текста номера нет" in stale.json["detail"]) == (409, True)
    assert colleague.post(f"/wordings/{older}/publish", {}, key="12").status == 200


def test_one_draft_is_published_once_or_discarded(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    wording = drafted(api)
    meanwhile(monkeypatch, lambda: api.post(f"/wordings/{wording}/discard", key="2"))

    answer = api.as_(COLLEAGUE).post(f"/wordings/{wording}/publish", {}, key="3")

    assert (answer.status, answer.code) == (409, "wording_discarded")
    dropped = api.get(f"/wordings/{wording}").json
    assert (dropped["decided_by"], dropped["decided_at"] is None) == (OPERATIONS.id, False)
    assert api.get(f"/templates/{NAME}").json["wording_id"] is None


def test_restoring_leaves_a_draft_that_waits_to_its_second_person(
    harness: NotificationsHarness, api: Api
) -> None:
    colleague = api.as_(COLLEAGUE)
    first, waits = drafted(api), drafted(api, WORDS | {"subject": "Вторая"}, key="2")
    assert colleague.post(f"/wordings/{first}/publish", {}, key="3").status == 200

    assert api.post(f"/templates/{NAME}/restore", key="4").status == 200

    assert [each["id"] for each in api.get("/wordings").json["items"]] == [waits]
    harness.tell(RECEIVED)
    assert colleague.post(f"/wordings/{waits}/publish", {}, key="5").status == 200
    harness.tell(RECEIVED)
    titles = [each.title for each in harness.gateway.to("family")]
    assert titles == [SHIPPED.subject, "Вторая"]


@pytest.mark.parametrize(
    ("fault", "title", "edited"),
    [("silent", SHIPPED.subject, False), ("down", "Заявка у нас", True)],
)
def test_a_text_that_is_edited_while_it_is_sent_is_the_one_that_the_ledger_names(
    harness: NotificationsHarness,
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    title: str,
    edited: bool,
) -> None:
    """What may have arrived is repeated as it was; what surely has not goes in the new words."""
    monkeypatch.setattr(FakeProvider, "on_doubt", lambda *_: OnDoubt.REPEAT)
    wording = drafted(api)
    harness.gateway.faults = [fault] * 2  # of the family's message and of the headquarters'
    harness.tell(RECEIVED)

    assert api.as_(COLLEAGUE).post(f"/wordings/{wording}/publish", {}, key="2").status == 200
    harness.world.advance(at("2026-09-14 10:05"))

    (sent,) = harness.gateway.to("family")
    (kept,) = [each for each in harness.docs("MESSAGE") if each["template"] == NAME]
    assert (sent.title, kept.get("wording_id")) == (title, wording if edited else None)
    assert kept["status"] == "sent"


def test_a_caller_says_the_words_that_the_ledger_names(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    hq = api.as_(HQ)
    (item,) = [e for e in hq.get("/inbox").json["items"] if e["kind"] == "tell_by_phone"]
    name = "case_reopened_family"
    wording = drafted(
        api, words("Заявка снова открыта.\nЧто дальше: мы позвоним.", name=name), name
    )

    assert api.as_(COLLEAGUE).post(f"/wordings/{wording}/publish", {}, key="2").status == 200

    (news,) = hq.get(f"/inbox/{item['item_id']}/call").json["news"]
    assert news["title"] == Templates.connect().by_name[name].subject
