"""A rehearsed command is refused like the real one, and nothing of it happens."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock, keyring
from shared.errors import IllegalStep, VersionConflict
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import AlreadyProcessed, CommandContext, DedupKey
from shared.storage.rehearsal import Rehearsal
from shared.storage.rows import DUE_SHARDS, Key, Row, UniqueName
from shared.storage.store import Store
from shared.storage.transaction import NameTaken
from tests.simulation.sample_service import Case, CaseOpened, Cases
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.store_fixtures import TABLES, use_secrets

NAME = UniqueName("case|one", "CASE#1")


@pytest.fixture
def tables() -> MemoryDynamoDB:
    """The tables under the store."""
    return MemoryDynamoDB()


@pytest.fixture
def store(tables: MemoryDynamoDB) -> Store:
    """The store that is rehearsed on."""
    return Store(tables, TABLES)


def context(line: int | None = None) -> CommandContext:
    key = Key(f"IDEMPOTENCY#{line}", "IDEMPOTENCY")
    once = None if line is None else DedupKey(key, datetime(2100, 1, 1, tzinfo=UTC))
    return CommandContext(
        Principal(id="p", kind="person", role="leader"), "open", "cor_1", once=once
    )


def test_a_later_command_meets_what_an_earlier_one_would_have_stored(
    store: Store, tables: MemoryDynamoDB
) -> None:
    rehearsed = Cases(Rehearsal(store, "bat_1"))
    receipt = rehearsed.save(
        context(1), Case(id="1"), events=[CaseOpened(region="ZR", case_id="1")], unique=[NAME]
    )

    again = Cases(Rehearsal(store, "bat_1"))
    assert (receipt.version, again.get("1").version) == (1, 1)
    with pytest.raises(NameTaken):
        again.save(context(2), Case(id="2"), unique=[NAME])
    with pytest.raises(AlreadyProcessed):
        again.save(context(1), Case(id="1"), unique=[NAME])

    assert Cases(store).find("1") is None
    assert Cases(Rehearsal(store, "bat_2")).find("1") is None
    assert not tables.rows(TABLES.outbox) and not tables.rows(TABLES.audit)
    # A long table is rehearsed for hours; a day later all of it is gone.
    left = [row for row in tables.rows(TABLES.data).values() if "REHEARSAL" in row["pk"]["S"]]
    tomorrow = (clock.wall() + timedelta(days=1)).timestamp()
    assert all(abs(int(row["expires_at"]["N"]) - tomorrow) < 60 for row in left) and len(left) == 2
    assert all("expires_at" in row for row in tables.rows(TABLES.data).values())
    Cases(store).save(context(), Case(id="1"), unique=[NAME])


class Shown(Cases):
    """Cases that are in a list, and due."""

    def row(self, aggregate: Case) -> Row:
        return self._row(aggregate, lists={"by_owner": ("ALL", aggregate.id)}, due_at=clock.now())


def test_what_is_rehearsed_is_in_no_list_and_never_due(store: Store) -> None:
    Shown(Rehearsal(store, "bat_1")).save(context(), Case(id="1"))

    assert Shown(store).list_all("by_owner", "ALL") == []
    assert not [row for shard in DUE_SHARDS for row in store.due(shard, "9999", 9)]


def test_a_name_that_is_held_is_refused(store: Store) -> None:
    Cases(store).save(context(), Case(id="1"), unique=[NAME])

    with pytest.raises(NameTaken):
        Cases(Rehearsal(store, "bat_1")).save(context(), Case(id="2"), unique=[NAME])


def test_a_name_is_taken_from_the_owner_it_was_read_of_and_from_no_other(store: Store) -> None:
    Cases(store).save(context(), Case(id="1"), unique=[NAME])
    from_one, from_two = (
        UniqueName(NAME.name, owner, taken_from=before)
        for owner, before in (("CASE#2", NAME.owner), ("CASE#3", "CASE#2"))
    )
    rehearsed = Cases(Rehearsal(store, "bat_1"))

    rehearsed.save(context(), Case(id="2"), unique=[from_one])

    held = rehearsed.store.item(NAME.key)
    assert held is not None and held["held_by"]["S"] == "CASE#2"
    with pytest.raises(NameTaken):
        rehearsed.save(context(), Case(id="4"), unique=[from_one])
    rehearsed.save(context(), Case(id="3"), unique=[from_two])
    with pytest.raises(NameTaken):
        Cases(store).save(context(), Case(id="3"), unique=[from_two])
    Cases(store).save(context(), Case(id="2"), unique=[from_one])


def test_a_name_that_has_ended_is_free(store: Store) -> None:
    ended = UniqueName(NAME.name, NAME.owner, expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    Cases(store).save(context(), Case(id="1"), unique=[ended])

    Cases(Rehearsal(store, "bat_1")).save(context(), Case(id="2"), unique=[NAME])


def test_a_row_that_is_there_is_changed_in_the_rehearsal_only(store: Store) -> None:
    Cases(store).save(context(), Case(id="1"))
    rehearsed = Cases(Rehearsal(store, "bat_1"))

    rehearsed.save(context(), rehearsed.get("1"))

    assert (rehearsed.get("1").version, Cases(store).get("1").version) == (2, 1)
    assert [case.version for case in rehearsed.get_many(["0", "1"])] == [2]


def test_a_name_taken_in_the_rehearsal_is_found_there(store: Store) -> None:
    rehearsal = Rehearsal(store, "bat_1")
    Cases(rehearsal).save(context(), Case(id="1"), unique=[NAME])

    found = rehearsal.item(NAME.key)

    assert found is not None and found["held_by"]["S"] == "CASE#1"
    assert store.item(NAME.key) is None


def test_nothing_that_is_rehearsed_comes_due(store: Store, tables: MemoryDynamoDB) -> None:
    due = Case(id="1", remind_at=datetime(2020, 1, 1, tzinfo=UTC))

    Cases(Rehearsal(store, "bat_1")).save(context(), due)

    (row,) = tables.rows(TABLES.data).values()
    assert row.keys().isdisjoint({"due_at", "due_shard"})


def test_a_row_that_is_there_is_not_made_anew(store: Store) -> None:
    Cases(store).save(context(), Case(id="1"), unique=[NAME])

    with pytest.raises(VersionConflict):
        Cases(Rehearsal(store, "bat_1")).save(context(), Case(id="1"), unique=[NAME])


def test_a_row_that_changed_since_is_refused(store: Store) -> None:
    Cases(store).save(context(), Case(id="1"))
    rehearsed = Cases(Rehearsal(store, "bat_1"))
    read = rehearsed.get("1")
    rehearsed.save(context(), read)

    with pytest.raises(VersionConflict):
        rehearsed.save(context(), read)


def test_of_a_person_who_was_erased_nothing_is_kept_in_a_rehearsal_either(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_secrets(monkeypatch)
    vault = Vault(Rehearsal(store, "bat_1"), keyring.from_env())
    store.commit(context(), writes=vault.erase("p_1"))

    with pytest.raises(IllegalStep):
        vault.seal("p_1", "contact", {"name": "a"})
