"""The page behind a link to a form, as an old phone shows it: no script, no login."""

from html.parser import HTMLParser
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest

from services.notifications.footer_links.repository import FooterLinksRepository
from shared.errors import Unavailable
from shared.identity import signed_links
from shared.storage.store import Store
from tests.notifications.fakes import CASE, FAMILY, MATCH, OPERATIONS, NotificationsHarness
from tests.notifications.news import CALL_DUE
from tests.support.api import Answer, Api
from tests.support.world import at

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GOOD = {"score": "5", "needs_met": "yes", "wants_call": "no", "comment": " ", "utm": "1"}


class Fields(HTMLParser):
    """What a page asks for, and which answers are chosen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.chosen: dict[str, str] = {}
        self.invalid = 0
        self.options: list[tuple[str, str, bool, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag in ("input", "textarea") and name and name not in self.names:
            self.names.append(name)
        if tag == "input" and name and "checked" in given:
            self.chosen[name] = given["value"] or ""
        if given.get("type") == "radio":
            shown = given["value"] or "", given.get("id") == name, "required" in given
            self.options.append((str(name), *shown))
        self.invalid += given.get("aria-invalid") == "true"


@pytest.fixture
def path(harness: NotificationsHarness) -> str:
    harness.tell(CALL_DUE)
    return "/forms/" + harness.gateway.to("family")[-1].text.rpartition("/forms/")[2].split()[0]


def send(public: Api, path: str, fields: dict[str, str]) -> Answer:
    return public.call("POST", path, urlencode(fields), headers=FORM)


@pytest.mark.requirement("S3-15")
def test_a_form_works_once_and_for_thirty_days(
    harness: NotificationsHarness, public: Api, path: str
) -> None:
    sent = {(form["form"], form["questionnaire_version"]) for form in harness.docs("FEEDBACK")}
    assert sent == {("care_feedback", 1), ("guardian_feedback", 1)}
    forms = [one["data"]["form"] for one in harness.world.events("notifications.FeedbackLinkSent")]
    assert sorted(forms) == ["care_feedback", "guardian_feedback"]
    # Five previews of a messenger open it and change nothing.
    for _ in range(5):
        shown = public.get(path)
        assert (shown.status, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert Fields(shown.text).names == ["score", "needs_met", "wants_call", "comment"]
    # A link of what is missing leads to the first answer of its question.
    options = [each for each in Fields(shown.text).options if each[0] != "needs_met"]
    assert options == [
        *(("score", str(mark), mark == 1, True) for mark in range(1, 6)),
        ("wants_call", "yes", True, False),
        ("wants_call", "no", False, False),
    ]
    asked = shown.text.partition("</style>")[2]
    for of_a_fault in ("summary", "Ответьте ещё раз", 'class="error"', "aria-describedby"):
        assert of_a_fault not in asked
    assert "Ответьте ещё раз" not in shown.text.partition("</title>")[0]
    assert "1 — плохо" in asked and "5 — отлично" in asked and ">3</label>" in asked
    for secret in ("Анна", CASE, FAMILY, MATCH):
        assert secret not in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy and "script" not in policy
    assert shown.headers["Cache-Control"] == "no-store"

    thanked = send(public, path, GOOD)
    assert (thanked.status, "Спасибо за ответ!" in thanked.text) == (200, True)
    again = send(public, path, GOOD | {"score": "1"})
    assert (again.status, "Вы уже ответили" in again.text) == (410, True)
    # Who to turn to: in words, or by the region's telephone where it is set; else by that of all.
    assert "скажите об этом штабу." in again.text
    for place, phone in (("ALL", "8 800 111-11-11"), ("ZR", "8 800 222-22-22")):
        values = {"values": {"hq_phone": phone}}
        set_by = public.as_(OPERATIONS).put(f"/programme-lines/{place}", values, if_match=0)
        assert set_by.status == 200
        assert f"позвоните в штаб: {phone}." in public.get(path).text
    assert "позвоните в штаб: 8 800 111-11-11." in public.get(path[:-3]).text
    assert public.get(path).status == 410
    harness.world.settle()
    harness.world.settle()
    (received,) = harness.world.events("notifications.FeedbackReceived")
    assert received["data"]["score"] == 5

    harness.tell(CALL_DUE.model_copy(update={"kind": "one_month"}))
    late = "/forms/" + harness.gateway.to("family")[-1].text.rpartition("/forms/")[2].split()[0]
    harness.world.set_time(at("2026-10-14 09:59"))
    assert public.get(late).status == 200
    harness.world.set_time(at("2026-10-14 10:01"))
    expired = public.get(late)
    assert (expired.status, "больше не действует" in expired.text) == (410, True)
    assert "позвоните в штаб: 8 800 222-22-22." in expired.text


def test_what_is_missing_is_asked_again_and_nothing_is_lost(public: Api, path: str) -> None:
    given = {"needs_met": "partly", "wants_call": "no", "comment": "Приходят </textarea><b>"}
    wrong = send(public, path, given)

    fields = Fields(wrong.text)
    assert (wrong.status, fields.invalid) == (422, 1)
    assert fields.chosen == {"needs_met": "partly", "wants_call": "no"}
    assert "Приходят &lt;/textarea&gt;&lt;b&gt;" in wrong.text
    assert "<title>Ответьте ещё раз." in wrong.text
    assert 'id="error-score"' in wrong.text and 'aria-describedby="error-score"' in wrong.text
    assert wrong.text.count('class="error"') == 1
    assert send(public, path, GOOD).status == 200


@pytest.mark.parametrize(
    "body", ["score=6&needs_met=yes", "score=x&needs_met=maybe", "&".join(["a=1"] * 50), "\xff"]
)
def test_what_a_browser_never_sends_is_asked_again_too(public: Api, path: str, body: str) -> None:
    assert public.call("POST", path, body, headers=FORM).status == 422


def test_a_long_answer_comes_back_whole_and_a_very_long_one_in_words(
    public: Api, path: str
) -> None:
    """What nobody sees in a text is left out of it; the newlines of a page are one sign each."""
    long = send(public, path, GOOD | {"comment": "да " * 3333})
    assert (long.status, "Сократите до 2000 знаков" in long.text) == (422, True)
    assert "да " * 3332 + "да</textarea>" in long.text
    too_long = send(public, path, GOOD | {"comment": "да" * 20_000})
    assert (too_long.status, "Вернитесь и сократите" in too_long.text) == (413, True)

    hidden = "Спасибо\u202e\u0000\ud800!\r\n" + "\r\n".join("я" * 994)
    body = urlencode(GOOD | {"comment": hidden}, errors="surrogatepass")
    assert public.call("POST", path, body, headers=FORM).status == 200


def test_what_is_not_the_fault_of_a_link_is_not_put_on_it(
    public: Api, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr(Store, "commit", down)

    answer = send(public, path, GOOD)

    assert (answer.status, "Сейчас не получилось" in answer.text) == (503, True)


def test_what_was_taken_is_said_though_nobody_knows_the_telephone_of_headquarters(
    public: Api, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(public, path, GOOD).status == 200
    monkeypatch.setattr(FooterLinksRepository, "find", Mock(side_effect=Unavailable))

    again, cut = public.get(path), public.get(path[:-3])

    assert (again.status, "Вы уже ответили" in again.text) == (410, True)
    assert (cut.status, "скажите об этом штабу" in cut.text) == (422, True)


def test_a_link_as_a_phone_copies_it_opens_too(public: Api, path: str) -> None:
    for copied in (f"{path}.", f"{path}).", f"{path}%C2%BB", f"{path}?utm_source=vk&utm_source=x"):
        assert public.get(copied).status == 200, copied
    assert send(public, f"{path}?fbclid=1", GOOD).status == 200


@pytest.mark.parametrize("link", ["x", "ryl_%3Cb%3E1234567890", "a" * 600, "%D0%BF" * 20])
def test_half_a_link_leads_to_words_too(public: Api, link: str) -> None:
    for answer in (public.get(f"/forms/{link}"), send(public, f"/forms/{link}", GOOD)):
        assert (answer.status, "Ссылка не подходит" in answer.text) == (404, True)
        assert answer.headers["Content-Type"].startswith("text/html")


def test_who_opens_it_too_often_and_who_meets_our_own_fault_read_words(
    public: Api, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(25):
        often = public.get(path[:-4])
    assert (often.status, often.headers["Retry-After"]) == (429, "60")
    assert "Подождите минуту" in often.text
    monkeypatch.setattr(signed_links, "open_link", lambda *_: 1 / 0)
    broken = public.get(path)
    assert (broken.status, "Сейчас не получилось" in broken.text) == (500, True)


def test_a_link_that_is_no_link_leads_to_words_and_not_to_json(public: Api, path: str) -> None:
    for answer in (public.get(path[:-4]), send(public, path[:-4], GOOD)):
        assert (answer.status, "Ссылка не подходит" in answer.text) == (422, True)
