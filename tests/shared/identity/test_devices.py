"""Devices: a chat stays bound, however often its person signs in elsewhere."""

from base64 import urlsafe_b64decode
from datetime import timedelta
from hashlib import sha256

import pytest

from shared import clock
from shared.identity.devices import LIFETIME, Device, Devices, refresh_token_of
from shared.principal import system
from shared.storage.command_context import CommandContext
from shared.storage.store import Store
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.store_fixtures import TABLES, use_secrets


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

    assert not gone.live(now) and gone.reason == "lost"
    assert gone.revoke("token_reused", now + timedelta(hours=1)) == gone


@pytest.mark.parametrize(
    ("chat", "lists"), [(None, {"by_owner"}), ("index", {"by_owner", "by_ref"})]
)
def test_a_device_goes_a_month_after_its_end_and_only_a_chat_is_found_by_its_index(
    chat: str | None, lists: set[str]
) -> None:
    device = Device.signed_in(clock.wall(), person="fam_1", role="family", kind="bot", chat=chat)

    row = Devices(Store(MemoryDynamoDB(), TABLES)).row(device)

    assert row.expires_at == device.expires_at + LIFETIME
    assert row.lists.keys() == lists


def test_a_refresh_token_is_signed_by_sha_256(monkeypatch: pytest.MonkeyPatch) -> None:
    use_secrets(monkeypatch)
    device = Device.signed_in(clock.wall(), person="fam_1", role="family", kind="phone")

    signature = refresh_token_of(device).rpartition(".")[2]

    assert len(urlsafe_b64decode(signature + "=")) == sha256().digest_size
