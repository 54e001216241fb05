"""How people say by a word to a bot what they want no more, or again."""

import pytest

from services.notifications.messages import repository
from services.notifications.messages.repository import Messages
from services.notifications.preferences import page, use_cases
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.preferences.values import SetBy
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import Audience, OptionalNews
from shared.events import cards, intake
from shared.events.cards_partners import PartnerNewsDue
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import (
    ADDRESS,
    CARD,
    CASE,
    FAMILY_SIGNED_IN,
    HOLDER_SIGNED_IN,
    OF_CASE,
    NotificationsHarness,
)
from tests.notifications.news import CALL_DUE
from tests.notifications.preferences.told import to_family
from tests.support.api import Api
from tests.support.world import at


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (" СТОП! ", True), ("/stop", True), ("Отписаться", True), ("«стоп»\n", True),
        # as people and keyboards write
        ("Больше не пишите мне, пожалуйста…", True), ("Прошу отписать меня", True),
        ("стоооп", True), ("С Т О П", True), ("С\u00adтоп\u200b", True), ("CТOП", True),
        ("cnjg", True), ("/stop@ryadom_bot", True), ("стоп стоп", True),
        ("🛑 Стоп", True), ("Не\nпишите", True), ("STOP ALL", True), ("Не пиши!", True),
        ("Стоп, пожалуйста, спасибо", True), ("Остановите рассылку", True),
        ("не присылайте мне ничего", True),
        ("Отпишись", True), ("Удалите меня из рассылки, пожалуйста", True),
        ("Не хочу получать сообщения", True), ("не нужно мне писать", True),
        ("Стоп. Больше не пишите мне!", True), ("Хватит\nне шлите больше", True), ("ст0п", True),
        ("Прошу не писать", True), ("Не беспокойте меня", True), ("Отказ от рассылки", True),
        # with whatever words around it
        ("Отключите уведомления", True), ("перестаньте мне писать", True), ("не пишите нам", True),
        ("не надо больше писать", True), ("Не хочу больше получать ваши смс", True),
        ("Я хочу отписаться", True), ("отписаться от уведомлений", True), ("стоп пж", True),
        ("больше ничего не присылайте", True), ("Хватит сообщений!", True),
        ("не присылайте мне вообще ничего", True), ("мы отписываемся", True),
        ("ничего не нужно, спасибо", False), ("больше не нужно", False), ("не хочу писать", False),
        ("не хочу отписаться", False), ("удалите меня", False), ("сообщения", False),
        ("не отключайте уведомления", False), ("отменить", False), ("я", False),
        ("Стоп. Старт.", False), ("Стоп. Спасибо вам за продукты!", False),
        ("не беспокойтесь", False),
        ("Отмена подписки", True), ("не хочу", False), ("не нужно", False),
        ("Удалите мою заявку", False),
        # of food, of an answer, of a signature: not of what we send
        ("Нам хватит", False), ("Спасибо, нам уже хватит!", False), ("хватит, спасибо", False),
        ("Мне хватит. Спасибо", False), ("Отпишите мне, пожалуйста", False), ("отпиши нам", False),
        ("нам хватит продуктов", False), ("хватит звонить", False), ("стоп-кран", False),
        ("не надо больше помощи", False), ("отпишитесь, когда приедете", False), ("да", False),
        ("Не нужны вопросы и новости? Напишите нам «стоп».", False), ("стоп мошенники", False),
        ("Хватит!!!", True), ("ну хватит уже", True), ("отпишите нас", True),
        ("хватит нам писать", True), ("Вы мне больше сюда не пишите", True),
        ("не пишіть", True), ("Язмагыз!", True), ("отписатся", True),
        ("Не нужны нам ваши сообщения", True),
        ("стоп точка", True), ("убери меня из рассылки", True), ("точка", False),
        # as a command to nobody
        ("Прекратить!", True), ("больше не присылать", True), ("Не слать мне смс", True),
        ("отказаться от уведомлений", True), ("Удалить меня из рассылки", True),
        ("отказаться", False), ("отказаться от помощи", False), ("прекратить помощь", False),
        ("Отпишите меня. Не пишите больше!", True), ("Отпишите меня. Не пишите?!", True),
        ("не стоп", False), ("стоп, а когда привезут продукты?", False), ("", False), ("!", False),
        ("пожалуйста", False), ("спасибо", False), ("стопка", False), ("пишите мне больше", False),
    ],
)  # fmt: skip
def test_stop_is_heard_however_it_is_spelt(said: str, heard: bool) -> None:
    assert (page.word_of(said) is SetBy.WORD) is heard


@pytest.mark.parametrize(
    "said",
    [
        "Старт!",
        "с т а р т",
        "СТAPТ",
        "cnfhn",
        "START",
        "Пишите, пожалуйста",
        "старт старт",
        "Старт! Пишите",
        "пишите нам снова",
        "включите уведомления",
        "возобновить рассылку",
        "Хочу снова получать сообщения",
        "можно снова присылать",
    ],
)
def test_start_is_heard_however_it_is_spelt(said: str) -> None:
    assert page.word_of(said) is SetBy.START_WORD


@pytest.mark.parametrize("said", ["подпишите, пожалуйста", "начните снова", "да", "подписка"])
def test_other_words_start_nothing(said: str) -> None:
    assert page.word_of(said) is None


def write(harness: NotificationsHarness, said: str, chat: str = ADDRESS) -> bool:
    """Somebody writes to the bot of MAX; whether that changes anything."""
    with harness.world.service("notifications"):
        wishes = PreferencesRepository.connect()
        rows, events = use_cases.heed_word("max", chat, said, wishes, Messages.connect())
        context = CommandContext(system("notifications"), "heed_word", "cor_1")
        wishes.store.commit(context, *rows, events=events)
    harness.world.settle()
    return bool(rows)


@pytest.mark.parametrize(
    ("said", "chat", "heard"),
    [("Стоп!", ADDRESS, True), ("не стоп", ADDRESS, False), ("стоп", "+79160000000", False)],
)
def test_who_writes_stop_to_a_bot_gets_only_what_it_needs(
    harness: NotificationsHarness, api: Api, said: str, chat: str, heard: bool
) -> None:
    harness.owners.change(address=f"max:{ADDRESS}")
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))

    assert write(harness, said, chat) is heard
    harness.tell(CALL_DUE)

    last = ("follow_up_due_family", "withheld", "unwanted") if heard else (
        "follow_up_due_family", "sent", None,
    )  # fmt: skip
    assert last in to_family(harness)
    told = [one for one in to_family(harness) if one[0] == "preferences_changed_family"]
    assert told == ([("preferences_changed_family", "sent", None)] if heard else [])
    assert api.get("/own-preferences").json["set_by"] == ("word" if heard else None)


@pytest.mark.parametrize("fault", ["refuse:blocked_by_user", "taken_then_silent"])
def test_who_writes_stop_and_shuts_the_bot_is_written_to_nowhere_else_about_that(
    harness: NotificationsHarness, api: Api, fault: str
) -> None:
    harness.owners.change(address=f"max:{ADDRESS}")
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    sent = len(harness.gateway.sends)
    harness.gateway.faults, harness.gateway.deaf = [fault], True

    assert write(harness, "стоп")
    harness.world.advance(at("2026-09-14 10:20"))

    assert to_family(harness)[-1] == ("preferences_changed_family", "withheld", "unwanted")
    assert len(harness.gateway.sends) == sent + 1
    assert "check_contact" not in [one["kind"] for one in harness.docs("WORK_ITEM")]
    # What is needed takes the next channel as ever.
    harness.gateway.faults, harness.gateway.deaf = ["refuse:blocked_by_user"], False
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))
    assert to_family(harness)[-1] == ("care_requirement_lifted_family", "sent", None)


def test_who_writes_start_gets_again_what_stop_has_ended_and_nothing_else(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(address=f"max:{ADDRESS}")
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    declined = {"channels": ["bot"], "unwanted": ["stories"], "together": False}
    assert api.put("/own-preferences", declined, if_match=0).status == 200
    assert not write(harness, "старт"), "what the person itself has declined stays"

    heard = [write(harness, said) for said in ("стоп", "старт", "старт")]
    harness.tell(CALL_DUE)

    assert heard == [True, True, False]
    now = api.get("/own-preferences").json
    assert (now["unwanted"], now["channels"], now["set_by"]) == (["stories"], ["bot"], "start_word")
    assert ("follow_up_due_family", "sent", None) in to_family(harness)
    answers = [one for one in harness.docs("MESSAGE") if "preferences_changed" in one["template"]]
    assert {one["variant"] for one in answers} == {"word", "start_word"}


def test_who_has_declined_all_on_the_page_gets_all_again_by_start(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(address=f"max:{ADDRESS}")
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    none = {"channels": [], "unwanted": [*OptionalNews], "together": True}
    assert api.put("/own-preferences", none, if_match=0).status == 200

    assert [write(harness, "старт"), write(harness, "старт")] == [True, False]

    now = api.get("/own-preferences").json
    assert (now["unwanted"], now["together"], now["set_by"]) == ([], True, "start_word")
    assert ("preferences_changed_family", "sent", None) in to_family(harness)


def test_one_word_stops_all_that_a_chat_can_do_without_and_is_answered_once(
    harness: NotificationsHarness, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A family that holds a card is two people to us, and one in its chat."""
    # However much the one was sent since the other's last message.
    monkeypatch.setattr(repository, "MOST_READ", 1)
    harness.owners.change(address=f"max:{ADDRESS}")
    shop = {"announcement_id": "ann_1", "reference": f"ann_1.{CARD}", "day": "2026-10-31"}
    harness.tell(PartnerNewsDue(region="ZR", holder_id="hol_1", news="leaving", **shop))
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    code = {"sign_in_id": "sgn_01HC0000000000000000000000", "expires_at": "2026-09-14T06:10:00Z"}
    harness.tell(cards.SignInRequested(region="ZR", known=True, use="sign_in", **code))
    assert write(harness, "стоп"), "a code came last, which names nobody"
    for person in (FAMILY_SIGNED_IN, HOLDER_SIGNED_IN):
        said = harness.world.api("notifications", person).get("/own-preferences").json
        assert (said["set_by"], len(said["unwanted"])) == ("word", len(OptionalNews))
    answers = [one for one in harness.docs("MESSAGE") if "preferences_changed" in one["template"]]
    assert [one["audience"] for one in answers] == ["family"]
    changed = harness.world.events("notifications.PreferencesChanged")
    assert {one["data"]["reference"] for one in changed} == {CASE, CARD}, "news may be over by then"
    harness.tell(intake.FamilyErased(region="ZR", family_id=FAMILY_SIGNED_IN.id))
    assert not write(harness, "стоп"), "who is forgotten stays so"


def test_who_had_the_chat_two_months_before_says_nothing_there(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(address=f"max:{ADDRESS}")
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    harness.world.set_time(at("2026-11-13 10:01"))
    shop = {"announcement_id": "ann_1", "reference": f"ann_1.{CARD}", "day": "2026-12-31"}
    harness.tell(PartnerNewsDue(region="ZR", holder_id="hol_1", news="leaving", **shop))

    assert write(harness, "стоп")

    assert api.get("/own-preferences").json["set_by"] is None
    of_holder = harness.world.api("notifications", HOLDER_SIGNED_IN).get("/own-preferences")
    assert of_holder.json["set_by"] == "word"


def test_whoever_writes_stop_is_answered() -> None:
    answers = Templates.connect().by_event["notifications.PreferencesChanged"]

    assert {each.audience for each in answers} == {each for each in Audience if each.owner}
