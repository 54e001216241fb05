"""The vault: what is sealed stays sealed, every read is written down, an erasure is final."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from shared import clock
from shared.errors import IllegalStep, NotFound, Unavailable, VersionConflict
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault
from shared.storage.command_context import CommandContext
from shared.storage.rows import RawWrite
from shared.storage.store import Store
from tests.support.store_fixtures import fixed_secrets, moto_store

HQ = Principal(id="usr_hq1", kind="person", role="regional_hq", on_behalf_of="fam_1")
CONTACT = {"name": "Мария Рябинина", "phone": "+79001234567"}


@pytest.fixture
def store() -> Iterator[Store]:
    with moto_store() as fresh:
        yield fresh


@pytest.fixture
def vault(store: Store) -> Vault:
    return Vault(store, fixed_secrets())


def commit(store: Store, writes: list[RawWrite]) -> None:
    store.commit(CommandContext(actor=HQ, action="test", correlation_id="c"), writes=writes)


def dump(store: Store) -> list[dict[str, Any]]:
    names = (store.tables.data, store.tables.keys, store.tables.audit, store.tables.outbox)
    return [row for name in names for row in store.client.scan(TableName=name)["Items"]]


def test_what_was_sealed_opens_again_field_by_field(store: Store, vault: Vault) -> None:
    commit(store, vault.seal("fam_1", "CONTACT", CONTACT, new_subject=True))
    commit(store, vault.seal("fam_1", "NEED#1", {"text": "протекает крыша"}))
    assert vault.open("fam_1", "CONTACT", ("name", "phone"), HQ, "first_call") == CONTACT
    assert vault.open("fam_1", "CONTACT", ("phone",), HQ, "first_call") == {
        "phone": CONTACT["phone"]
    }
    assert vault.open("fam_1", "NEED#1", ("text", "other"), HQ, "triage") == {
        "text": "протекает крыша"
    }


def test_records_that_are_sealed_later_have_the_key_of_the_first(
    store: Store, vault: Vault
) -> None:
    commit(store, vault.seal_records("fam_1", {"CONTACT": CONTACT}))
    commit(store, vault.seal_records("fam_1", {"NEED#1": {"text": "протекает крыша"}}))
    assert vault.open("fam_1", "CONTACT", ("name", "phone"), HQ, "first_call") == CONTACT

    commit(store, vault.forget("fam_1", "CONTACT"))
    assert not vault.keeps("fam_1", "CONTACT")
    assert vault.open("fam_1", "NEED#1", ("text",), HQ, "triage") == {"text": "протекает крыша"}


def test_what_is_left_of_a_record_is_kept_no_longer_than_the_whole(
    store: Store, vault: Vault
) -> None:
    ends = clock.wall() + timedelta(days=30)
    words = {"need_1": "протекает крыша", "need_2": "нет дров"}
    commit(store, vault.seal("req_1", "req_1", words, expires_at=ends))
    (key,) = store.client.scan(TableName=store.tables.keys)["Items"]
    assert "expires_at" not in key  # it opens what else is kept of its subject

    commit(store, vault.forget_fields("req_1", "req_1", ["need_1"]))
    assert vault.forget_fields("req_1", "req_1", ["need_1"]) == []

    assert vault.open("req_1", "req_1", ("need_1", "need_2"), HQ, "triage") == {
        "need_2": "нет дров"
    }
    (row,) = store.client.scan(TableName=store.tables.data)["Items"]
    assert row["expires_at"]["N"] == str(int(ends.timestamp()))

    sooner = clock.wall() + timedelta(days=1)
    commit(store, vault.keep_until("req_1", "req_1", sooner))
    (row,) = store.client.scan(TableName=store.tables.data)["Items"]
    assert row["expires_at"]["N"] == str(int(sooner.timestamp()))
    assert vault.keeps("req_1", "req_1")

    commit(store, vault.forget_fields("req_1", "req_1", ["need_2"]))
    assert store.client.scan(TableName=store.tables.data)["Items"] == []
    assert not vault.keeps("req_1", "req_1")
    assert vault.forget_fields("req_1", "req_1", ["need_2"]) == []
    assert vault.keep_until("req_1", "req_1", ends) == []


def test_several_records_of_a_new_subject_share_one_key(store: Store, vault: Vault) -> None:
    writes = vault.seal_records("fam_1", {"CONTACT": CONTACT, "NOTE": {"text": "а"}})
    assert [write.table for write in writes] == ["keys", "data", "data"]
    commit(store, writes)
    assert vault.open("fam_1", "NOTE", ("text",), HQ, "triage") == {"text": "а"}


@pytest.mark.requirement("X-08")
def test_no_table_shows_what_was_sealed(store: Store, vault: Vault) -> None:
    commit(store, vault.seal("fam_1", "CONTACT", CONTACT))
    vault.open("fam_1", "CONTACT", ("name", "phone"), HQ, "first_call")
    everything = repr(dump(store)) + json.dumps(dump(store), default=str, ensure_ascii=False)
    for value in (*CONTACT.values(), "9001234567", "Рябинина"):
        assert value not in everything
        assert repr(value.encode())[2:-1] not in everything


@pytest.mark.requirement("X-13")
def test_a_read_is_written_down_first_with_fields_and_purpose(store: Store, vault: Vault) -> None:
    commit(store, vault.seal("fam_1", "CONTACT", CONTACT))
    vault.open("fam_1", "CONTACT", ("phone", "name"), HQ, "first_call")
    (entry,) = store.query("audit", "fam_1", 10)
    assert entry["sk"]["S"].startswith("READ#")
    told = {name: entry[name]["S"] for name in ("actor", "role", "on_behalf_of", "action")}
    assert told == {
        "actor": "usr_hq1",
        "role": "regional_hq",
        "on_behalf_of": "fam_1",
        "action": "read",
    }
    assert (entry["fields"]["S"], entry["purpose"]["S"]) == ("name,phone", "first_call")


def test_a_read_within_a_command_carries_its_correlation(store: Store, vault: Vault) -> None:
    commit(store, vault.seal("fam_1", "CONTACT", CONTACT))
    context = CommandContext(actor=HQ, action="introduce", correlation_id="corr-7")
    vault.open("fam_1", "CONTACT", ("name",), context, "introduction")
    (entry,) = store.query("audit", "fam_1", 10)
    assert entry["correlation_id"]["S"] == "corr-7"
    assert context.receipt is None


@pytest.mark.requirement("X-13")
def test_without_an_audit_entry_there_is_no_data(
    store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(store, vault.seal("fam_1", "CONTACT", CONTACT))
    read: list[str] = []

    def down(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr(store, "put", down)
    monkeypatch.setattr(store, "item", lambda *key: read.append(str(key)))
    with pytest.raises(Unavailable):
        vault.open("fam_1", "CONTACT", ("name",), HQ, "first_call")
    assert not read


def test_a_purpose_is_a_code_so_that_no_text_reaches_the_audit(vault: Vault) -> None:
    with pytest.raises(ValueError, match="code"):
        vault.open("fam_1", "CONTACT", ("name",), HQ, "звонок Марии")


def test_many_records_open_in_the_order_asked_with_an_entry_each(
    store: Store, vault: Vault
) -> None:
    for family in range(1, 21):
        commit(store, vault.seal(f"fam_{family}", "CONTACT", {"name": f"Н{family}"}))
    commit(store, vault.erase("fam_2"))
    wanted = [RecordFields(f"fam_{family}", "CONTACT", ("name",)) for family in range(1, 22)]
    opened = vault.open_many(wanted, HQ, "resolve")
    assert opened[0] == {"name": "Н1"}
    assert opened[1] is None
    assert opened[19] == {"name": "Н20"}
    assert opened[20] is None
    for family in range(1, 22):
        assert len(store.query("audit", f"fam_{family}", 10)) == 1


@pytest.mark.requirement("X-13")
def test_an_erased_subject_is_unreadable_even_from_a_copy(store: Store, vault: Vault) -> None:
    commit(store, vault.seal("fam_1", "CONTACT", CONTACT))
    copy = store.client.scan(TableName=store.tables.data)["Items"]
    vault.require_living("fam_1")
    commit(store, vault.erase("fam_1"))
    with pytest.raises(IllegalStep):
        vault.require_living("fam_1")
    for row in copy:  # a backup of the data table comes back
        store.client.put_item(TableName=store.tables.data, Item=row)
    with pytest.raises(NotFound):
        vault.open("fam_1", "CONTACT", ("name",), HQ, "first_call")
    assert "wrapped" not in repr(store.client.scan(TableName=store.tables.keys)["Items"])
    with pytest.raises(IllegalStep):
        vault.seal("fam_1", "CONTACT", CONTACT)
    with pytest.raises(VersionConflict):
        commit(store, vault.seal("fam_1", "CONTACT", CONTACT, new_subject=True))


def test_of_two_first_sealings_at_once_one_must_read_again(store: Store, vault: Vault) -> None:
    one, other = (vault.seal("fam_1", record, {"text": record}) for record in ("A", "B"))
    commit(store, one)
    with pytest.raises(VersionConflict):
        commit(store, other)
    commit(store, vault.seal("fam_1", "B", {"text": "B"}))
    assert vault.open("fam_1", "A", ("text",), HQ, "triage") == {"text": "A"}


def _rows(store: Store) -> dict[str, dict[str, Any]]:
    found = store.client.scan(TableName=store.tables.data)["Items"]
    return {f"{row['pk']['S']}/{row['sk']['S']}": row for row in found}


@pytest.mark.parametrize("move", ["record", "subject", "field", "time", "byte"])
def test_nothing_sealed_can_be_moved_or_altered(store: Store, vault: Vault, move: str) -> None:
    for subject in ("fam_1", "fam_2"):
        commit(store, vault.seal_records(subject, {"A": {"x": "1", "y": "2"}, "B": {"x": "3"}}))
    before = _rows(store)["VAULT#fam_1/A"]
    commit(store, vault.seal("fam_1", "A", {"x": "4", "y": "5"}))
    rows = _rows(store)
    target = rows["VAULT#fam_1/A"]
    if move == "byte":
        sealed = bytearray(target["f_x"]["B"])
        sealed[-1] ^= 1
        target["f_x"] = {"B": bytes(sealed)}
    elif move == "field":
        target["f_x"] = target["f_y"]
    elif move == "time":
        target["f_x"] = before["f_x"]
    else:
        source = rows["VAULT#fam_1/B" if move == "record" else "VAULT#fam_2/A"]
        target |= {"f_x": source["f_x"], "sealing": source["sealing"]}
    store.client.put_item(TableName=store.tables.data, Item=target)
    with pytest.raises(InvalidTag) as refused:
        vault.open("fam_1", "A", ("x",), HQ, "triage")
    assert str(refused.value) == ""


def test_a_key_of_one_subject_does_not_open_for_another(store: Store, vault: Vault) -> None:
    commit(store, vault.seal("fam_1", "A", {"x": "1"}))
    (row,) = store.client.scan(TableName=store.tables.keys)["Items"]
    row["pk"] = {"S": "SUBJECT#fam_2"}
    store.client.put_item(TableName=store.tables.keys, Item=row)
    with pytest.raises(InvalidTag):
        vault.open("fam_2", "A", ("x",), HQ, "triage")


def test_a_blind_index_meets_itself_and_nobody_elses(store: Store, vault: Vault) -> None:
    phone = CONTACT["phone"]
    assert vault.blind_index("phone", phone) == vault.blind_index("phone", phone)
    others = {
        vault.blind_index("phone", "+79001234568"),
        vault.blind_index("card", phone),
        Vault(store, fixed_secrets("cards")).blind_index("phone", phone),
        Vault(store, fixed_secrets(root=b"x" * 32)).blind_index("phone", phone),
    }
    assert len(others | {vault.blind_index("phone", phone)}) == 5
    assert len(vault.blind_index("phone", phone)) == 32
