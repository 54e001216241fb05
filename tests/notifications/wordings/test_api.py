"""Words of messages, edited by operations without a release."""

from typing import Any

import pytest

from services.notifications.templates import wording as words
from services.notifications.templates.repository import Templates
from services.notifications.templates.wording import Fault
from services.notifications.wordings import repository
from services.notifications.wordings.repository import WordingsInForce
from tests.notifications.fakes import FEDERAL, HQ, OPERATIONS, NotificationsHarness
from tests.notifications.news import RECEIVED
from tests.notifications.wordings.drafts import COLLEAGUE, NAME, SHIPPED, WORDS, drafted
from tests.support.api import Api


@pytest.fixture
def api(harness: NotificationsHarness) -> Api:
    return harness.world.api("notifications", OPERATIONS)


def test_what_one_has_written_another_puts_in_force_for_the_next_message(
    harness: NotificationsHarness, api: Api
) -> None:
    wording = drafted(api)
    harness.tell(RECEIVED)
    assert (
        api.post(f"/wordings/{wording}/publish", {}, key="2").json["code"] == "second_person_needed"
    )
    assert api.get(f"/wordings/{wording}").json["next_steps"] == ["discard_wording"]
    colleague = api.as_(COLLEAGUE)
    assert [each["id"] for each in colleague.get("/wordings").json["items"]] == [wording]
    steps = colleague.get(f"/wordings/{wording}").json["next_steps"]
    assert steps == ["publish_wording", "discard_wording"]

    assert colleague.post(f"/wordings/{wording}/publish", {}, key="3").status == 200
    for step, body in (("publish", {}), ("discard", None)):
        refused = colleague.post(f"/wordings/{wording}/{step}", body, key=f"4{step}")
        assert refused.code == "wording_published"
    decided = colleague.get(f"/wordings/{wording}").json
    assert (decided["decided_by"], decided["decided_at"] is None) == (COLLEAGUE.id, False)
    harness.tell(RECEIVED)

    before, after = harness.gateway.to("family")
    assert (before.title, after.title) == (SHIPPED.subject, "Заявка у нас")
    assert "Ваша заявка 4824 у нас. дня" in after.text
    (reference,) = {e["reference"] for e in harness.docs("MESSAGE") if e["template"] == NAME}
    listed = api.as_(HQ).get(f"/messages?region=ZR&reference={reference}").json["items"]
    told = [each["wording_id"] for each in listed if each["template"] == NAME]
    assert told == [wording, None]
    assert api.get("/wordings").json["items"] == []


def test_a_newer_wording_replaces_and_the_words_of_the_release_come_back_at_once(
    harness: NotificationsHarness, api: Api
) -> None:
    colleague = api.as_(COLLEAGUE)
    first = drafted(api)
    assert colleague.post(f"/wordings/{first}/publish", {}, key="3").status == 200
    second = drafted(api, WORDS | {"subject": "Мы вас услышали", "based_on": first}, key="2")
    assert colleague.post(f"/wordings/{second}/publish", {}, key="4").status == 200
    seen = api.get(f"/templates/{NAME}").json
    assert (seen["wording_id"], seen["subject"]) == (second, "Мы вас услышали")
    assert seen["shipped_texts"] == dict(SHIPPED.wordings)
    assert seen["texts"] == WORDS["texts"]
    assert {"number", "first_name"} <= {*seen["values"]}
    states = {e["id"]: e["status"] for e in api.get(f"/wordings?template={NAME}").json["items"]}
    assert states == {first: "replaced", second: "published"}
    assert list(states) == [second, first]
    (edited,) = [e for e in api.get("/templates").json["items"] if e["wording_id"]]
    assert (edited["name"], edited["subject"]) == (NAME, "Мы вас услышали")

    assert api.post(f"/templates/{NAME}/restore", key="5").status == 200
    assert api.post(f"/templates/{NAME}/restore", key="6").json["code"] == "wording_not_edited"
    harness.tell(RECEIVED)

    assert harness.gateway.to("family")[-1].title == SHIPPED.subject
    assert api.get(f"/wordings/{second}").json["status"] == "replaced"


@pytest.mark.requirement("S3-29")
def test_a_long_sentence_is_warned_of_where_it_is_published(api: Api) -> None:
    long = "Что дальше: " + " ".join(["слово"] * 40) + ". Номер {{ number }}."
    wording = drafted(api, WORDS | {"texts": dict.fromkeys(SHIPPED.wordings, long)})

    seen = api.as_(COLLEAGUE).get(f"/wordings/{wording}").json

    hard = [each for each in seen["remarks"] if each["code"] != "long_sms"]
    assert {each["code"] for each in hard} == {"long_sentence"}
    assert {each["variant"] for each in hard} == {*SHIPPED.wordings}
    assert all("Номер 4824." in text for text in seen["previews"].values())
    path, colleague = f"/wordings/{wording}/publish", api.as_(COLLEAGUE)
    warned = colleague.post(path, {}, key="2").json
    assert [each["code"] for each in warned["errors"]] == ["wording_hard_to_read"]
    assert "проще: Длинное предложение «слово слово" in warned["errors"][0]["detail"]
    assert colleague.post(path, {"despite_remarks": True}, key="3").status == 200


def test_an_editor_sees_at_once_what_a_text_costs_and_how_it_reads(
    harness: NotificationsHarness, api: Api
) -> None:
    short = dict.fromkeys(SHIPPED.wordings, "Номер {{ number }}.\nЧто дальше: ждите.")
    long = dict.fromkeys(SHIPPED.wordings, short["text"] + " Мы помним о вас." * 6)
    harness.world.environment["SMS_PART_KOPECKS"] = "450"
    path = f"/templates/{NAME}/wordings"

    cheap = api.post(path, WORDS | {"texts": short}, key="1").json
    dear = api.post(path, WORDS | {"texts": long}, key="2")

    one = cheap["previews"]["text"]
    assert one.startswith("Здравствуйте, Анна!\nНомер 4824.\nЧто дальше: ждите.")
    assert (cheap["sms"]["text"], cheap["remarks"]) == ({"parts": 2, "kopecks": 900}, [])
    assert dear.json["sms"]["text"] == {"parts": 3, "kopecks": 1350}
    said = {(each["code"], each["words"]) for each in dear.json["remarks"]}
    assert said == {("long_sms", "3")}
    assert dear.headers["Location"] == f"/notifications/v1/wordings/{dear.json['id']}"
    seen = api.as_(COLLEAGUE).get(f"/wordings/{dear.json['id']}").json
    assert (seen["sms"], seen["remarks"]) == (dear.json["sms"], dear.json["remarks"])
    # It is dear and not hard to read: the second person decides without more words.
    published = api.as_(COLLEAGUE).post(f"/wordings/{dear.json['id']}/publish", {}, key="3")
    assert published.status == 200
    assert api.get(f"/templates/{NAME}").json["sms"] == dear.json["sms"]


def test_a_form_s_link_counts_as_long_as_it_is_and_the_staff_gets_no_sms(api: Api) -> None:
    """Without a price in the stage's contract none is made up."""
    asked = api.get("/templates/follow_up_due_family").json
    assert len(asked["previews"]["two_weeks"]) < 4 * 67
    assert asked["sms"]["two_weeks"] == {"parts": 6, "kopecks": None}
    assert api.get("/templates/request_received_hq").json["sms"] == {}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"texts": {}}, "/texts", "too_short"),
        ({"texts": {"nonsense": "Номер {{ number }}"}}, "/texts", "variant_missing"),
        ({"texts": WORDS["texts"] | {"zzz": "x"}}, "/texts/zzz", "variant_unknown"),
        ({"subject": "Ваш {{ number }}"}, "/subject", "values_unused"),
        ({"subject": "Ваш {{ number"}, "/subject", "wording_unreadable"),
    ],
)
def test_words_that_do_not_fit_are_refused(
    api: Api, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = api.post(f"/templates/{NAME}/wordings", WORDS | change, key="1")

    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ваша заявка у нас.", "value_missing"),
        ("{{ number }} {{ address }}", "value_unknown"),
        ("{{ number.__class__ }}", "wording_unreadable"),
        ("{{ number }} {% for x in number %}{% endfor %}", "wording_unreadable"),
    ],
)
def test_a_text_that_cannot_be_filled_is_refused(api: Api, text: str, code: str) -> None:
    words = WORDS | {"texts": dict.fromkeys(SHIPPED.wordings, text)}

    (error,) = api.post(f"/templates/{NAME}/wordings", words, key="1").json["errors"]

    assert error["code"] == code
    assert error["pointer"].startswith("/texts/")
    assert code != "value_missing" or "значения: number." in error["detail"]


def test_words_that_a_release_has_outdated_meanwhile_are_not_published(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    wording = drafted(api)
    missing = Fault("value_missing", "/texts", ("day",))
    monkeypatch.setattr(words, "fault", lambda *_: missing)
    refused = api.as_(COLLEAGUE).post(f"/wordings/{wording}/publish", {}, key="2")
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "value_missing")
    seen = api.get(f"/wordings/{wording}").json
    assert (seen["texts"], seen["previews"], seen["sms"]) == (WORDS["texts"], {}, {})


def test_words_that_a_release_has_outdated_are_not_sent(
    harness: NotificationsHarness, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    wording = drafted(api)
    api.as_(COLLEAGUE).post(f"/wordings/{wording}/publish", {}, key="2")
    changed = SHIPPED.with_words("Новое", dict.fromkeys(SHIPPED.wordings, "{{ first_name }}"), "")
    shipped, told = changed.model_copy(update={"wording_id": None}), list[str]()
    monkeypatch.setattr(repository, "count", told.append)
    with harness.world.service("notifications"):
        in_force = WordingsInForce.connect()

        assert in_force.worded(SHIPPED).wording_id == wording
        assert told == []
        assert in_force.worded(shipped) == shipped
        assert told == ["wording_outdated"]


def test_each_template_has_previews_and_nobody_else_edits(api: Api) -> None:
    for name in Templates.connect().by_name:
        assert api.get(f"/templates/{name}").status == 200, name
    wording = drafted(api)
    for caller in (HQ, FEDERAL):
        refused = api.as_(caller).post(f"/templates/{NAME}/wordings", WORDS, key="2")
        assert refused.status == (403 if caller is FEDERAL else 404)
        for path in (f"/wordings/{wording}/publish", f"/templates/{NAME}/restore"):
            body: dict[str, object] | None = {} if "publish" in path else None
            assert api.as_(caller).post(path, body, key="3").status == refused.status, path
    assert api.as_(HQ).get(f"/templates/{NAME}").status == 404
    assert api.as_(HQ).get("/templates").status == 403
    assert api.get("/templates/no_such").status == 404
    assert api.post(f"/wordings/{wording}/discard", key="4").status == 200
    assert api.as_(COLLEAGUE).post(f"/wordings/{wording}/publish", {}, key="5").json["code"] == (
        "wording_discarded"
    )


def test_work_is_shown_with_the_words_in_force(harness: NotificationsHarness, api: Api) -> None:
    harness.tell(RECEIVED)
    of_staff = Templates.connect().by_name["request_received_hq"]
    words = {"subject": "Новая семья", "texts": dict(of_staff.wordings)}
    wording = drafted(api, words, of_staff.name)
    api.as_(COLLEAGUE).post(f"/wordings/{wording}/publish", {}, key="2")

    (item,) = api.as_(HQ).get("/inbox?region=ZR").json["items"]

    assert item["title"] == "Новая семья"
