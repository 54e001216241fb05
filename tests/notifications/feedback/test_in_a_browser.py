"""The page of a form in headless Chromium on the screen of an old phone, asked by axe."""

from tests.notifications.fakes import FAMILY, HQ, NotificationsHarness
from tests.notifications.news import CALL_DUE
from tests.support.phone import Phone
from tests.support.world import at

LONG = "Приходят каждый вторник. " * 90  # more than the page lets a person type


def path(harness: NotificationsHarness) -> str:
    """The path behind the link in the last message to the family."""
    return "/forms/" + harness.gateway.to("family")[-1].text.rpartition("/forms/")[2].split()[0]


def test_no_page_of_a_form_hinders_anybody(harness: NotificationsHarness, phone: Phone) -> None:
    public, page = harness.world.api("notifications"), phone.page
    harness.tell(CALL_DUE)
    link = path(harness)
    harness.tell(CALL_DUE.model_copy(update={"kind": "one_month"}))
    late = path(harness)
    assert (phone.open(public, link), phone.findings()) == (200, [])
    asked = ("Как вам помогают?", "Вам помогли с тем, что нужно?", "Позвонить вам?")
    assert all(page.get_by_role("radiogroup", name=each).is_visible() for each in asked)
    assert phone.reached() == ["score", "needs_met", "wants_call", "comment", "Отправить"]

    # What is wrong is read first, and each line of it leads to its question.
    words = page.get_by_label("Хотите что-нибудь добавить?")
    words.evaluate("(each, said) => { each.value = said }", LONG)
    page.get_by_role("button", name="Отправить").click()
    assert phone.findings() == []
    assert page.title().startswith("Ответьте ещё раз.")
    summary = page.get_by_role("alert")
    assert summary.evaluate("each => each === document.activeElement")
    assert summary.get_by_role("link").count() == 3
    for name in ("score", "needs_met"):
        question = page.locator(f"fieldset:has(#{name})")
        assert question.get_attribute("aria-describedby") == f"error-{name}"
    assert words.get_attribute("aria-describedby") == "error-comment"
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.name") == "score"

    # Only keys, no pointer: a mark, an answer, words, and off it goes.
    for key in ("ArrowUp", "Tab", "Space"):
        page.keyboard.press(key)
    words.fill("Спасибо")
    page.get_by_role("button").press("Enter")
    assert page.get_by_role("heading").inner_text().startswith("Спасибо за ответ!")
    assert phone.findings() == []

    assert (phone.open(public, link), phone.findings()) == (410, [])
    assert page.title() == "Вы уже ответили"
    assert (phone.open(public, link[:-4]), phone.findings()) == (422, [])
    harness.world.set_time(at("2026-10-20 10:00"))
    assert (phone.open(public, late), phone.findings()) == (410, [])
    (form,) = [each for each in harness.docs("FEEDBACK") if each["status"] == "answered"]
    assert form["answers"]["needs_met"] == "yes"


def test_the_page_of_preferences_hinders_nobody(
    harness: NotificationsHarness, phone: Phone
) -> None:
    harness.tell(CALL_DUE)
    hq = harness.world.api("notifications", HQ)
    link = hq.post(f"/people/{FAMILY}/preferences/link").json["link"]
    public, path = hq.as_(None), "/preferences/" + link.rpartition("/")[2]

    assert (phone.open(public, path), phone.findings()) == (200, [])
    for asked in ("О чём ещё писать?", "Куда писать в первую очередь?", "Как часто?"):
        assert phone.page.get_by_role("group", name=asked).is_visible()
    phone.page.get_by_role("button").press("Enter")
    assert phone.page.get_by_role("heading").inner_text() == "Готово, мы запомнили"
    assert phone.findings() == []
    assert (phone.open(public, path[:-4]), phone.findings()) == (422, [])
