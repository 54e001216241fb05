"""One command is one transaction, and an outcome that got lost is found out, never guessed."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from shared import aws, clock
from shared.errors import PreconditionFailed, Unavailable, VersionConflict
from shared.storage import connection, rows
from shared.storage import store as store_module
from shared.storage.command_context import (
    AlreadyProcessed,
    CommandContext,
    DedupKey,
    Receipt,
    in_parts,
)
from shared.storage.rows import Key, UniqueName
from shared.storage.store import MAX_ITEMS, Store
from shared.storage.tables import DISTURBED_ATTEMPTS
from shared.storage.transaction import SEQUENCES_PER_VERSION, NameTaken, OutOfOrder
from tests.shared.storage.wire import (
    OPERATOR,
    TABLES,
    Wire,
    cancelled,
    context,
    crowded,
    disturbed,
    key_of,
    lost_after,
    lost_before,
    opened,
    throttled,
)
from tests.simulation.fault_injection import client_error
from tests.simulation.sample_service import Case, Cases, Projections, Seen


def test_a_command_stores_row_event_audit_and_its_own_mark_together(
    store: Store, wire: Wire
) -> None:
    receipt = Cases(store).save(
        context(key_of("a"), reason="family_called"), Case(id="case_1"), events=[opened("case_1")]
    )

    assert (receipt.id, receipt.version) == ("case_1", 1)
    (request,) = wire.requests
    assert len(request["TransactItems"]) == 4
    (outbox,) = wire.rows("o").values()
    (entry,) = json.loads(outbox["entries"]["S"])
    assert json.loads(entry["detail"])["subject"] == "case_1"
    (audit,) = wire.rows("a").values()
    told = {name: audit[name]["S"] for name in ("actor", "role", "action", "reason", "fields")}
    assert told == {
        "actor": "usr_op",
        "role": "hotline_operator",
        "action": "open_case",
        "reason": "family_called",
        "fields": "id,reminded,tokens",
    }
    assert audit.keys() - told == {"pk", "sk", "at", "correlation_id", "type", "commit_id"}
    assert (audit["type"]["S"], audit["correlation_id"]["S"]) == ("CASE", "cor_1")
    assert abs(clock.parse(audit["at"]["S"]) - clock.now()) < timedelta(minutes=1)
    (row,) = (row for row in wire.rows("d").values() if "doc" in row)
    assert json.loads(row["doc"]["S"]) == {"id": "case_1", "tokens": [], "reminded": []}


def test_the_audit_names_both_who_acts_and_whom_for(store: Store, wire: Wire) -> None:
    operator = OPERATOR.acting_for("fam_1", "call_1")
    caused = CommandContext(operator, "open_case", "cor_1", causation_id="evt_1")

    Cases(store).save(caused, Case(id="case_1"))

    (audit,) = wire.rows("a").values()
    told = [audit[name]["S"] for name in ("actor", "on_behalf_of", "evidence", "causation_id")]
    assert told == ["usr_op", "fam_1", "call_1", "evt_1"]


def test_the_audit_names_only_the_fields_that_changed(
    store: Store, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "REMEMBERED", 1)
    cases = Cases(store)
    cases.save(context(), Case(id="case_1"))
    cases.save(context(), Case(id="case_2"))

    cases.get("case_2")
    case = cases.get("case_1")
    cases.save(context(), case.model_copy(update={"tokens": ("x",)}))

    latest = wire.rows("a")["case_1", "CASE#000000000002"]
    assert latest["fields"]["S"] == "tokens"


def test_the_audit_names_a_field_that_comes_or_goes(store: Store, wire: Wire) -> None:
    cases = Cases(store)
    cases.save(context(), Case(id="case_1"))
    for moment in (datetime(2026, 9, 14, tzinfo=UTC), None):
        case = cases.get("case_1")
        cases.save(context(), case.model_copy(update={"remind_at": moment}))

    changed = [row["fields"]["S"] for (_, sk), row in sorted(wire.rows("a").items())][1:]
    assert changed == ["remind_at", "remind_at"]


@pytest.mark.parametrize("trouble", [lost_before, lost_after, throttled, disturbed, crowded])
def test_a_lost_answer_is_resolved_and_the_effect_is_single(
    store: Store, wire: Wire, trouble: Any
) -> None:
    wire.plan = [trouble]

    Cases(store).save(context(key_of("a")), Case(id="case_1"), events=[opened("case_1")])

    assert len(wire.rows("o")) == len(wire.rows("a")) == 1
    assert Cases(store).get("case_1").version == 1


def test_a_lost_answer_is_resolved_even_when_somebody_has_written_since(
    store: Store, wire: Wire
) -> None:
    cases = Cases(store)
    cases.save(context(), Case(id="case_1"))

    def lost_and_overwritten(effect: Callable[[], Any]) -> Any:
        effect()
        other = Cases(Store(wire.tables, TABLES)).get("case_1")
        Cases(Store(wire.tables, TABLES)).save(
            context(), other.model_copy(update={"tokens": ("mine", "theirs")})
        )
        raise ReadTimeoutError(endpoint_url="x")

    wire.plan = [lost_and_overwritten]
    case = cases.get("case_1")
    receipt = cases.save(context(), case.model_copy(update={"tokens": ("mine",)}))

    assert receipt.version == 2
    assert cases.get("case_1").tokens == ("mine", "theirs")


def test_two_who_read_the_same_version_cannot_both_write(store: Store) -> None:
    cases = Cases(store)
    cases.save(context(), Case(id="case_1"))
    mine, theirs = cases.get("case_1"), cases.get("case_1")
    cases.save(context(), theirs)

    with pytest.raises(VersionConflict):
        cases.save(context(), mine)


def test_a_second_run_under_one_key_is_told_so(store: Store, wire: Wire) -> None:
    Cases(store).save(context(key_of("a")), Case(id="case_1"))

    with pytest.raises(AlreadyProcessed) as told:
        Cases(store).save(context(key_of("a")), Case(id="case_2"))

    assert json.loads(told.value.row["receipt"]["S"])["id"] == "case_1"
    with pytest.raises(AlreadyProcessed):
        store.require_first(context(key_of("a")))
    for first in (context(key_of("b")), context()):
        store.require_first(first)
    assert Cases(store).find("case_2") is None


def test_an_expired_key_may_be_used_again(store: Store) -> None:
    past = DedupKey(Key("IDEMPOTENCY#a", "IDEMPOTENCY"), datetime(2020, 1, 1, tzinfo=UTC))
    Cases(store).save(context(past), Case(id="case_1"))

    Cases(store).save(context(key_of("a")), Case(id="case_2"))

    assert Cases(store).get("case_2").version == 1


def test_a_unique_name_has_one_owner_until_released(store: Store) -> None:
    cases = Cases(store)
    name = UniqueName("phone#x", "case_1")
    cases.save(context(), Case(id="case_1"), unique=[name])

    with pytest.raises(NameTaken) as taken:
        cases.save(context(), Case(id="case_2"), unique=[UniqueName("phone#x", "case_2")])
    assert (taken.value.code, taken.value.owner) == ("already_taken", "case_1")

    cases.save(context(), cases.get("case_1"), release=[name])
    cases.save(context(), Case(id="case_2"), unique=[UniqueName("phone#x", "case_2")])


def test_only_the_owner_releases_a_name(store: Store) -> None:
    cases = Cases(store)
    cases.save(context(), Case(id="case_1"), unique=[UniqueName("n", "case_1")])

    with pytest.raises(VersionConflict):
        cases.save(context(), Case(id="case_2"), release=[UniqueName("n", "case_2")])


def test_a_cause_is_spent_by_one_commit(store: Store) -> None:
    spent = context()
    Cases(store).save(spent, Case(id="case_1"))

    with pytest.raises(RuntimeError, match="spent"):
        Cases(store).save(spent, Case(id="case_2"))


def test_an_older_version_in_if_match_is_refused_before_anything_is_written(
    store: Store, wire: Wire
) -> None:
    cases = Cases(store)
    cases.save(context(), Case(id="case_1"))
    wire.requests.clear()

    with pytest.raises(PreconditionFailed):
        cases.save(context(if_match=7), cases.get("case_1"))
    with pytest.raises(PreconditionFailed):
        store.commit(context(if_match=7), receipt=Receipt(id="case_1", version=1))
    store.commit(context(if_match=1), receipt=Receipt(id="case_1", version=1))
    assert not wire.requests, "nothing is written, not even a transaction of no items"
    assert cases.save(context(if_match=1), cases.get("case_1")).version == 2


class Ticket(Case):
    """What has a status, a number to read aloud, and ids of what belongs to it."""

    status: str | None = None
    number: str = "17"
    links: dict[str, str] = {}


class Reference(Ticket):
    """Shows a number that is another's."""

    NUMBERED: ClassVar[bool] = False


@pytest.mark.parametrize(
    ("change", "more", "says"),
    [
        (Ticket(id="t"), {}, {"number": "17"}),
        (Ticket(id="t"), {"number": "18"}, {"number": "18"}),
        (Reference(id="t"), {}, {}),
        (Ticket(id="t", status="open"), {}, {"number": "17", "status": "open"}),
        (Ticket(id="t", links={"a": "b"}), {}, {"number": "17", "links": {"a": "b"}}),
        (Case(id="t"), {"existing": True}, {"existing": True}),
    ],
)
def test_a_receipt_says_what_the_commit_made(
    store: Store, change: Case, more: Any, says: dict[str, Any]
) -> None:
    receipt = Cases(store).save(context(), change, **more)

    assert receipt.model_dump(exclude_defaults=True) == {"id": "t", "version": 1, **says}


def test_a_commit_is_bounded(store: Store) -> None:
    beside = MAX_ITEMS - len(("row", "audit"))
    names = [UniqueName(str(n), "case_1") for n in range(beside + 1)]

    with pytest.raises(RuntimeError, match="bounded"):
        Cases(store).save(context(), Case(id="case_1"), unique=names)
    assert Cases(store).save(context(), Case(id="case_1"), unique=names[1:]).version == 1


def test_the_sequences_of_a_commit_are_before_those_of_the_next_one(
    store: Store, wire: Wire
) -> None:
    """A guardian tells of each of its hundred cares at once."""
    cases, told = Cases(store), [opened("case_1")]
    for most, events in enumerate((told * SEQUENCES_PER_VERSION, told)):
        cases.save(context(), Case(id="case_1", version=most), events=events)
    rows_of = [row["entries"]["S"] for row in wire.rows("o").values()]
    found = [
        [int(json.loads(each["detail"])["sequence"]) for each in json.loads(text)]
        for text in rows_of
    ]

    first, second = sorted(found)
    assert sorted({*first, *second}) == [*first, *second]
    assert first[0] > 0
    with pytest.raises(RuntimeError, match="bounded"):
        cases.save(context(), Case(id="case_2"), events=told * (SEQUENCES_PER_VERSION + 1))


@pytest.mark.parametrize(
    ("found", "parts"), [("", []), ("a", ["a"]), ("abc", ["abc"]), ("abcdefg", ["abc", "def", "g"])]
)
def test_of_work_in_parts_the_last_alone_makes_the_effect_unique(
    found: str, parts: list[str]
) -> None:
    whole = context(key_of("a"), parked=Key("PARKED#a", "1"))

    given = [*in_parts(whole, found, 3)]

    assert [part for _, part in given] == parts
    assert [(of.once, of.parked) for of, _ in given[:-1]] == [(None, None)] * (len(parts) - 1)
    assert all(of is whole for of, _ in given[-1:])


@pytest.mark.parametrize(("sequence", "refusal"), [(6, OutOfOrder), (7, OutOfOrder), (8, None)])
def test_a_projection_takes_only_what_comes_after_what_it_has_seen(
    store: Store, sequence: int, refusal: type[Exception] | None
) -> None:
    seen = Projections(store)
    seen.save(context(), Seen(id="case_1", sequence=7))
    late = seen.get("case_1").model_copy(update={"sequence": sequence})

    with pytest.raises(refusal) if refusal else nullcontext():
        seen.save(context(), late)


@pytest.mark.parametrize(("sequence", "refusal"), [(8, OutOfOrder), (10, VersionConflict)])
def test_a_later_event_that_lost_a_race_to_an_earlier_one_is_not_passed_over(
    store: Store, sequence: int, refusal: type[Exception]
) -> None:
    seen = Projections(store)
    seen.save(context(), Seen(id="case_1", sequence=7))
    read = seen.get("case_1")
    seen.save(context(), read.model_copy(update={"sequence": 9}))

    with pytest.raises(refusal):
        seen.save(context(), read.model_copy(update={"sequence": sequence}))


@pytest.mark.parametrize(
    ("trouble", "tries"),
    [(throttled, aws.ATTEMPTS), (lost_before, aws.ATTEMPTS), (disturbed, DISTURBED_ATTEMPTS)],
)
def test_trouble_without_end_is_reported_as_unavailable_after_one_budget_of_tries(
    store: Store, wire: Wire, trouble: Any, tries: int
) -> None:
    wire.plan = [trouble] * 50

    with pytest.raises(Unavailable):
        Cases(store).save(context(), Case(id="case_1"))
    assert not wire.rows("d")
    assert len(wire.requests) == tries


def malformed(effect: Callable[[], Any]) -> Any:
    raise client_error("ValidationException", 400)


@pytest.mark.parametrize(
    ("trouble", "refusal"),
    [
        (malformed, ClientError),
        (cancelled("TransactionConflict", "ValidationError"), RuntimeError),  # an item over 400 KB
        (cancelled("ConditionalCheckFailed", "TransactionConflict"), VersionConflict),
        (cancelled("ThrottlingError", "ConditionalCheckFailed"), VersionConflict),
    ],
)
def test_what_no_repeat_can_mend_is_not_repeated(
    store: Store, wire: Wire, trouble: Any, refusal: type[Exception]
) -> None:
    wire.plan = [trouble]
    with pytest.raises(refusal):
        Cases(store).save(context(), Case(id="case_1"))
    assert len(wire.requests) == 1


def test_a_counter_refuses_when_its_window_is_full(store: Store, wire: Wire) -> None:
    assert [store.count("till#1", limit=2, seconds=60) for _ in range(3)] == [True, True, False]
    assert [store.counted(name, seconds=60) for name in ("till#1", "till#2")] == [2, 0]
    (row,) = wire.rows("d").values()
    assert 60 <= int(row["expires_at"]["N"]) - clock.wall().timestamp() <= 120


def test_rows_due_at_once_are_handed_to_the_queue(wire: Wire) -> None:
    nudged: list[tuple[list[Key], bool]] = []
    store = Store(wire, TABLES, nudge=lambda keys, jobs: nudged.append((keys, jobs)))
    cases = Cases(store)

    cases.save(context(), Case(id="case_1", remind_at=clock.now()))
    cases.save(context(), Case(id="case_2", remind_at=clock.now() + timedelta(hours=1)))
    also = [cases.row(Case(id="case_3", remind_at=clock.now())), cases.row(Case(id="case_4"))]
    store.commit(context(), *also)

    assert nudged == [([Key(f"CASE#{name}", "CASE")], False) for name in ("case_1", "case_3")]


def test_a_job_goes_to_the_queue_of_jobs_at_once_and_by_the_sweep(wire: Wire) -> None:
    nudged: list[tuple[list[Key], bool]] = []
    store = Store(wire, TABLES, nudge=lambda keys, jobs: nudged.append((keys, jobs)))
    work, row = Cases(store), Cases(store).row(Case(id="case_1", remind_at=clock.now()))

    store.commit(context(), replace(row, job=True))

    assert nudged == [([row.key], True)]
    now = clock.iso(clock.now())
    assert [found for shard in rows.JOB_SHARDS for found in store.due(shard, now, 10)]
    assert not [found for shard in rows.DUE_SHARDS for found in store.due(shard, now, 10)]
    assert work.get("case_1").version == 1


@pytest.mark.parametrize(("jobs", "url"), [(False, "events"), (True, "jobs")])
def test_due_rows_go_to_their_queue_in_batches_that_it_takes(
    monkeypatch: pytest.MonkeyPatch, jobs: bool, url: str
) -> None:
    names = dict.fromkeys(("DATA_TABLE", "OUTBOX_TABLE", "AUDIT_TABLE", "KEYS_TABLE"), "t")
    for name, value in (names | {"QUEUE_URL": "events", "JOBS_QUEUE_URL": "jobs"}).items():
        monkeypatch.setenv(name, value)
    queue = Mock()
    queue.send_message_batch.return_value = {"Failed": [{"Id": "0"}]}  # the sweep tells it again
    monkeypatch.setattr(aws, "client", lambda _: queue)
    nudge = connection.store.__wrapped__().nudge
    keys = [Key("CASE#1", str(number)) for number in range(11)]

    assert nudge is not None
    nudge(keys, jobs)

    sent = [call.kwargs for call in queue.send_message_batch.mock_calls]
    assert [each["QueueUrl"] for each in sent] == [url, url]
    assert [[entry["Id"] for entry in each["Entries"]] for each in sent] == [[*"0123456789"], ["0"]]
    bodies = [json.loads(entry["MessageBody"]) for each in sent for entry in each["Entries"]]
    assert bodies == [{"due": [*key]} for key in keys]


def test_a_lost_nudge_does_not_undo_what_is_stored(wire: Wire) -> None:
    def lost(*_: object) -> None:
        raise ReadTimeoutError(endpoint_url="x")

    cases = Cases(Store(wire, TABLES, nudge=lost))

    assert cases.save(context(), Case(id="case_1", remind_at=clock.now())).version == 1
