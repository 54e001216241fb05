"""Rows of timelines: one partition per family, the same fact once."""

from typing import Any

import pytest

from services.intake.timeline.domain import Entry
from services.intake.timeline.repository import Timelines, timeline_rows
from services.intake.timeline.values import MeasureStatus, TimelineKind
from shared.storage.command_context import CommandContext
from shared.storage.repository import Slice
from shared.storage.store import Store
from tests.intake.api_client import HQ, IntakeClient
from tests.support.world import at


def entry(minute: int, family: str = "fam_1") -> Entry:
    """A request in some minute of an hour."""
    when = at(f"2026-09-14 10:{minute:02d}")
    return Entry(family_id=family, at=when, kind=TimelineKind.REQUEST, ref=f"req_{minute}")


def test_entries_are_read_by_family_in_the_order_of_time_and_once(client: IntakeClient) -> None:
    entries = [entry(3), entry(1), entry(2), entry(1), entry(5, "fam_2")]

    with client.world.service("intake"):
        timelines = Timelines.connect()
        for each in entries:
            context = CommandContext(HQ, "test", "cor_1")
            timelines.store.commit(context, writes=timeline_rows([each]))
        kept = timelines.all_of(["fam_1"])
        page = timelines.of_family("fam_1", ["fam_1"], caller=HQ, query=Slice(limit=2))
        rest = timelines.of_family(
            "fam_1", ["fam_1"], caller=HQ, query=Slice(limit=2, cursor=page.next_cursor)
        )

    assert [each.ref for each in kept] == ["req_1", "req_2", "req_3"]
    assert [each.ref for each in (*page.items, *rest.items)] == ["req_1", "req_2", "req_3"]


def test_an_entry_that_comes_late_shows_no_other_one_twice(client: IntakeClient) -> None:
    """Of several records, too, which are read beside each other."""
    both = ["fam_1", "fam_2"]
    with client.world.service("intake"):
        timelines = Timelines.connect()

        def keep(*entries: Entry) -> None:
            context = CommandContext(HQ, "test", "cor_1")
            timelines.store.commit(context, writes=timeline_rows(entries))

        keep(entry(3), entry(3)._with(kind=TimelineKind.AID, ref="aid_1"))
        keep(entry(4, "fam_2"), entry(5, "fam_2"))
        first = timelines.of_family("fam_1", both, caller=HQ, query=Slice(limit=3))
        keep(entry(1, "fam_2"))
        rest = timelines.of_family(
            "fam_1", both, caller=HQ, query=Slice(limit=1, cursor=first.next_cursor)
        )
        whole = timelines.all_of(both)

    shown = [each.ref for each in (*first.items, *rest.items)]
    assert shown == ["req_3", "aid_1", "req_4", "req_5"]
    assert rest.next_cursor is None
    assert [each.ref for each in whole] == ["req_1", *shown]


def test_a_page_reads_no_more_of_each_record_than_it_may_show(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, read = ["fam_1", "fam_2"], list[int]()
    page_of = Store.page

    def counted(store: Store, *where: Any, **how: Any) -> Any:
        found = page_of(store, *where, **how)
        read.append(len(found[0]))
        return found

    with client.world.service("intake"):
        timelines = Timelines.connect()
        for minute in range(0, 50, 5):
            of = both[minute % 2]
            context = CommandContext(HQ, "test", "cor_1")
            timelines.store.commit(context, writes=timeline_rows([entry(minute, of)]))
        whole = [each.ref for each in timelines.all_of(both)]
        monkeypatch.setattr(Store, "page", counted)
        shown, cursor = list[str](), None
        while not shown or cursor:
            query = Slice(limit=3, cursor=cursor)
            page = timelines.of_family("fam_1", both, caller=HQ, query=query)
            shown += [each.ref for each in page.items]
            cursor = page.next_cursor

    assert shown == whole and len(whole) == 10
    assert max(read) <= 4, "a page and one more, which says whether there is another"


def test_two_steps_of_a_measure_in_one_moment_are_both_kept(client: IntakeClient) -> None:
    measure = entry(1)._with(kind=TimelineKind.MEASURE, by="prv_1")
    with client.world.service("intake"):
        timelines = Timelines.connect()
        for status in ("planned", "accepted", "accepted"):
            context = CommandContext(HQ, "test", "cor_1")
            step = measure._with(status=MeasureStatus(status))
            timelines.store.commit(context, writes=timeline_rows([step]))
        kept = timelines.all_of(["fam_1"])

    assert sorted(each.status or "" for each in kept) == ["accepted", "planned"]


def test_what_somebody_did_is_listed_the_latest_first(client: IntakeClient) -> None:
    held = TimelineKind.CONSULTATION
    with client.world.service("intake"):
        timelines = Timelines.connect()
        for minute in (1, 3, 2):
            context = CommandContext(HQ, "test", "cor_1")
            by_her = entry(minute)._with(kind=held, by="SP-1")
            timelines.store.commit(context, writes=timeline_rows([by_her]))
        own = timelines.of_owner("PERSON#SP-1", held, caller=HQ, query=Slice(limit=9))

    assert [each.ref for each in own.items] == ["req_3", "req_2", "req_1"]
