"""What a repository reads: whole lists, pages, rows together, and nothing that is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from shared.errors import Invalid, NotFound
from shared.storage.repository import Page, Slice
from shared.storage.rows import Index, Row
from shared.storage.store import Store
from tests.shared.storage.wire import OPERATOR, TABLES, Wire, context, opened
from tests.simulation.sample_service import Case, Cases
from tests.support.store_fixtures import use_secrets


class Listed(Cases):
    """Cases that somebody lists whole."""

    def row(self, aggregate: Case) -> Row:
        return self._row(aggregate, lists={"by_owner": ("ALL", aggregate.id)})


def test_a_list_of_all_leaves_out_none(store: Store, wire: Wire) -> None:
    cases = Listed(store)
    cases.save(context(), Case(id="case_0000"), events=[opened("case_0000")])
    (first,) = wire.tables.rows(TABLES.data).values()
    for number in range(1, 1_001):
        name = f"case_{number:04}"
        more = {"pk": {"S": f"CASE#{name}"}, "owner_sk": {"S": name}}
        wire.tables.put_item(TableName=TABLES.data, Item=first | more)

    assert len(cases.list_all("by_owner", "ALL")) == 1_001
    assert len(cases.list_all("by_owner", "ALL", most=150)) == 150


def test_the_latest_of_a_list_come_first_where_that_is_asked(store: Store) -> None:
    for name in ("a1", "a2", "b1"):
        Listed(store).save(context(), Case(id=name))

    found = Listed(store).list_all("by_owner", "ALL", newest_first=True, most=2)

    assert [each.id for each in found] == ["b1", "a2"]


def test_what_is_not_there_is_refused_by_its_type(store: Store) -> None:
    with pytest.raises(NotFound) as refused:
        Cases(store).get("case_1")
    assert refused.value.facts == {"what": "case"}


@pytest.mark.parametrize(
    ("prefix", "until", "shown"),
    [
        ("", "", ["a1", "a2", "b1"]),
        ("a", "", ["a1", "a2"]),
        ("", "a2", ["a1"]),
        ("a", "2", ["a1", "a2"]),
        ("a1", "~", ["a1"]),
    ],
)
def test_a_page_begins_and_ends_where_it_is_asked_to(
    store: Store, prefix: str, until: str, shown: list[str]
) -> None:
    for name in ("a1", "a2", "b1"):
        Listed(store).save(context(), Case(id=name))

    found, _ = store.page("by_owner", "ALL", limit=9, prefix=prefix, until=until)

    assert [each["id"] for each in found] == shown


class Ending(Cases):
    """Cases that end, and are listed by their state."""

    def row(self, aggregate: Case) -> Row:
        lists: dict[Index, tuple[str, str]] = {
            "by_owner": ("ALL", aggregate.id),
            "by_state": (f"TOKENS#{len(aggregate.tokens)}", aggregate.id),
        }
        ends = aggregate.remind_at
        return self._row(aggregate, lists=lists, expires_at=ends)


def test_rows_that_are_read_together_come_in_the_order_asked(store: Store) -> None:
    for name in ("case_1", "case_2", "case_3"):
        Cases(store).save(context(), Case(id=name))
    asked = ["case_3", "case_0", "case_1", "case_2", "case_3"]

    found = [case.id for case in Cases(store).get_many(asked)]

    assert found == ["case_3", "case_1", "case_2"]


def test_what_has_expired_is_not_shown_although_it_is_still_there(store: Store) -> None:
    cases, past = Ending(store), clock.wall() - timedelta(minutes=1)
    cases.save(context(), Case(id="case_1", remind_at=past))
    cases.save(context(), Case(id="case_2"))

    assert cases.find("case_1") is None
    assert [case.id for case in cases.get_many(["case_1", "case_2"])] == ["case_2"]
    assert [case.id for case in cases.list_all("by_owner", "ALL")] == ["case_2"]
    assert [case.id for case in cases.list_all("by_state", "TOKENS#0")] == ["case_2"]


def test_what_leaves_a_list_while_it_is_read_is_not_shown_there(
    store: Store, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases, query = Ending(store), wire.tables.query
    cases.save(context(), Case(id="case_1"))
    cases.save(context(), Case(id="case_2"))
    case = cases.get("case_1")

    def moved_meanwhile(**request: Any) -> Any:
        answer = query(**request)
        cases.save(context(), case.model_copy(update={"tokens": ("x",)}))
        return answer

    monkeypatch.setattr(wire.tables, "query", moved_meanwhile)

    assert [each.id for each in cases.list_all("by_state", "TOKENS#0")] == ["case_2"]


def test_a_page_that_goes_on_is_another_one_before_its_cursor_is_too_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def content(hour: int, cursor: str | None) -> str:
        monkeypatch.setattr(clock, "wall", lambda: datetime(2026, 9, 14, hour, tzinfo=UTC))
        return Page[Case](items=[], next_cursor=cursor).content

    assert content(0, None) == content(12, None)
    assert content(0, "one") == content(11, "of another spelling") != content(12, "one")


def test_a_page_of_several_partitions_goes_through_each_and_leaves_out_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_secrets(monkeypatch)
    cases, tokens = Ending(store), {"case_1": 0, "case_2": 0, "case_3": 0, "case_4": 1, "case_5": 1}
    for name, many in tokens.items():
        cases.save(context(), Case(id=name, tokens=("x",) * many))
    parts: list[tuple[Index, str, Callable[[Case], Case]]] = [
        ("by_state", f"TOKENS#{many}", lambda case: case) for many in range(3)
    ]

    def page(cursor: str | None, limit: int) -> Page[Case]:
        return cases.page_of_each(parts, caller=OPERATOR, query=Slice(limit=limit, cursor=cursor))

    for limit in (1, 2, 3, 4, 5, 6):
        seen, cursor = list[str](), None
        while cursor is not None or not seen:
            found = page(cursor, limit)
            assert len(found.items) <= limit
            seen, cursor = [*seen, *(case.id for case in found.items)], found.next_cursor
        assert seen == [*tokens]
    for odd in ("x.", "3.", "-1.", "0.x"):
        with pytest.raises(Invalid):
            page(odd, 2)
