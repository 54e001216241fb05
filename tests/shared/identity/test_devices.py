"""Devices: a chat stays bound, however often its person signs in elsewhere."""

from datetime import timedelta

from shared import clock
from shared.identity.devices import Device, Devices
from shared.principal import system
from shared.storage.command_context import CommandContext
from shared.storage.store import Store
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.store_fixtures import TABLES


def test_a_chat_stays_bound_however_often_its_person_signs_in_elsewhere() -> None:
    store, now = Store(MemoryDynamoDB(), TABLES), clock.wall()
    devices, whose = Devices(store), {"person": "fam_1", "role": "family"}
    chat = Device.signed_in(now, **whose, kind="bot", bot="telegram", chat="c")
    phones = [Device.signed_in(now, **whose, kind="phone") for _ in range(101)]
    gone = [phone.revoke("by_holder", now) for phone in phones]
    for number in range(0, 101, 8):
        context = CommandContext(system("test"), "sign_in", "cor_1")
        store.commit(context, *map(devices.row, [chat, *gone][number : number + 8]))

    assert devices.find_bound("fam_1", "telegram") == chat.model_copy(update={"version": 1})


def test_a_device_that_is_used_lives_on_and_one_that_is_not_ends() -> None:
    now = clock.wall()
    device = Device.signed_in(now, person="fam_1", role="family", kind="phone")
    last = device.expires_at - timedelta(seconds=1)
    used = device.renew(last)

    assert device.live(last) and not device.live(device.expires_at)
    assert used.live(device.expires_at) and used.used_at == last
    assert used.generation != device.generation


def test_a_device_is_revoked_once_and_for_good() -> None:
    now = clock.wall()
    gone = Device.signed_in(now, person="fam_1", role="family", kind="phone").revoke("lost", now)

    assert not gone.live(now)
    assert gone.revoke("token_reused", now + timedelta(hours=1)) == gone
