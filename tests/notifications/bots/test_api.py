"""Subscribing a bot, and noticing that its messenger sends nothing any more."""

import pytest

from services.notifications.bots.repository import Bots
from services.notifications.bots.use_cases import watch_bot
from services.notifications.channels.bot.max import Max
from services.notifications.channels.bot.telegram import Telegram
from services.notifications.channels.bot.vk import Vk
from services.notifications.channels.registry import Channels
from shared import clock
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.carrier_stage import Stage
from tests.notifications.fakes import HQ, OPERATIONS
from tests.support.api import Api

KINDS: dict[str, type[Max | Vk | Telegram]] = {"max": Max, "vk": Vk, "telegram": Telegram}
URL = "https://ryadom.test/notifications/v1/webhooks/"


def api(stage: Stage) -> Api:
    """The API as operations call it."""
    return stage.harness.world.api("notifications", OPERATIONS)


def subscribe(stage: Stage, name: str, key: str = "1") -> None:
    """Subscribe a bot, and let it happen."""
    assert api(stage).post(f"/bots/{name}/subscription", key=name + key).status == 200
    stage.harness.world.settle()


def look(stage: Stage) -> None:
    """Let a deadline be heard of that was over before."""
    with stage.harness.world.service("notifications"):
        context = CommandContext(system("notifications"), "watch_bot", "cor_1")
        watch_bot("max", context, Bots.connect(), Channels.connect())


def test_a_bot_that_stops_receiving_is_noticed_and_subscribed_again_by_a_command(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("max", "vk", "telegram"):
        subscribe(stage, name)
        assert stage.server.carriers.webhooks[name] == f"{URL}{name}"
        assert api(stage).get(f"/bots/{name}").json["status"] == "receiving"
        assert stage.server.carriers.subscribed[name] == [*KINDS[name].wanted]
    capsys.readouterr()

    stage.server.carriers.webhooks.pop("max")
    stage.let_pass(hours=1, minutes=5)

    assert api(stage).get("/bots/max").json["status"] == "lost"
    assert api(stage).get("/bots/vk").json["status"] == "receiving"
    assert '"bot_subscription_lost":[1.0]' in capsys.readouterr().out
    noticed = api(stage).get("/bots/max").json["checked_at"]
    stage.let_pass(hours=1, minutes=5)
    assert '"bot_subscription_lost":[1.0]' in capsys.readouterr().out
    assert api(stage).get("/bots/max").json["checked_at"] > noticed

    subscribe(stage, "max", key="2")
    assert api(stage).get("/bots/max").json["status"] == "receiving"
    stage.let_pass(hours=2)
    assert '"bot_subscription_lost":[1.0]' not in capsys.readouterr().out


def test_a_messenger_that_does_not_answer_is_looked_at_again(stage: Stage) -> None:
    subscribe(stage, "max")
    down = stage.server.configuration()
    down["max"]["url"] = "http://127.0.0.1:9"
    stage.configure(**down)

    stage.let_pass(hours=3)

    assert api(stage).get("/bots/max").json["status"] == "receiving"
    (bot,) = stage.harness.docs("BOT")
    assert bot["due_at"] > clock.iso(stage.now), "in an hour, without an alarm"
    stage.configure(**stage.server.configuration())
    stage.server.carriers.webhooks.pop("max")
    look(stage)
    assert api(stage).get("/bots/max").json["status"] == "receiving", "its hour is not over"
    stage.configure(**down)
    subscribe(stage, "max", key="2")
    assert api(stage).get("/bots/max").json["status"] == "lost", "who asks reads that it failed"


def test_who_subscribes_a_bot_that_the_stage_does_not_have_reads_so_and_others_may_not_ask(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(stage, "viber")

    assert api(stage).get("/bots/viber").json["status"] == "absent"
    stage.let_pass(hours=1, minutes=5)
    subscribe(stage, "viber", key="2")
    assert api(stage).get("/bots/viber").json["status"] == "absent"
    assert "bot_subscription_lost" not in capsys.readouterr().out, "a typing error wakes no one"
    others = stage.harness.world.api("notifications", HQ)
    assert others.get("/bots/viber").status == 404
    assert others.post("/bots/viber/subscription", key="1").status == 404


def test_a_bot_that_is_taken_out_of_the_stage_is_told_once(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(stage, "max")
    left = {name: each for name, each in stage.server.configuration().items() if name != "max"}
    stage.configure(**left)
    capsys.readouterr()
    stage.let_pass(hours=1, minutes=5)

    assert api(stage).get("/bots/max").json["status"] == "absent"
    assert '"bot_subscription_lost":[1.0]' in capsys.readouterr().out
    stage.let_pass(hours=2)
    look(stage)
    assert "bot_subscription_lost" not in capsys.readouterr().out, "nobody can mend that each hour"
    stage.configure(**stage.server.configuration())
    subscribe(stage, "max", key="2")
    assert api(stage).get("/bots/max").json["status"] == "receiving"


@pytest.mark.parametrize("name", KINDS)
def test_a_release_that_reads_more_kinds_of_updates_gets_them_without_a_command(
    stage: Stage, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    with pytest.MonkeyPatch.context() as before:
        before.setattr(KINDS[name], "wanted", ("message_new",))
        subscribe(stage, name)
    sent = stage.server.carriers.subscribed
    assert sent[name] == ["message_new"]
    capsys.readouterr()

    with pytest.MonkeyPatch.context() as deaf:
        deaf.setattr(KINDS[name], "subscribe", lambda bot, url: False)
        stage.let_pass(hours=1, minutes=5)
    assert api(stage).get(f"/bots/{name}").json["status"] == "receiving", "what came still comes"
    stage.let_pass(hours=1, minutes=5)

    assert sent[name] == [*KINDS[name].wanted]
    assert "bot_subscription_lost" not in capsys.readouterr().out
    sent.clear()
    stage.let_pass(hours=2)
    assert sent == {}, "once"
