"""A table on its way: how large it may be, how far it has come, and its files at each step."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest

from shared import budget, clock
from shared.errors import IllegalStep, Invalid, VersionConflict
from shared.principal import system
from shared.storage.command_context import CommandContext
from shared.storage.files import Files
from shared.table_imports.domain import MAX_BYTES, TableImport
from shared.table_imports.shown import ends, may_name, short
from shared.table_imports.steps import PIECE, ROWS, TRIES, TableFiles, attempt
from tests.support.memory_s3 import MemoryS3

NOW = datetime(2026, 10, 5, 7, tzinfo=UTC)


class Table(TableImport):
    """What a service imports."""

    id: str = "tab_1"


def waiting() -> Table:
    """A table that was announced."""
    return Table(region="ZR", dry_run=False, opened_at=NOW)


def test_a_file_of_the_largest_size_is_taken_and_a_larger_one_refused_in_its_size() -> None:
    assert waiting().start(MAX_BYTES, "v1", NOW).input == "v1"
    with pytest.raises(IllegalStep) as refused:
        waiting().start(MAX_BYTES + 1, "v1", NOW)
    assert (refused.value.code, refused.value.facts) == ("file_too_large", {"limit_mib": 20})


def test_work_that_has_begun_is_not_begun_with_another_file() -> None:
    with pytest.raises(IllegalStep, match="table_running"):
        waiting().start(10, "v1", NOW).start(10, "v2", NOW)


def test_how_far_it_has_come_is_counted_in_its_rows_and_not_in_the_file() -> None:
    started = waiting().start(10, "v1", NOW)
    assert (waiting().percent_done, started.percent_done) == (0, 0)

    table = started.laid_out({"name": "ФИО"}, (), 300, NOW)
    assert table.percent_done == 0
    table = table.advance(200, accepted=1, skipped=0, problems=(), at=NOW)
    assert table.percent_done == 66
    assert table.cancel(NOW).fail("table_gone", NOW).percent_done == 66
    assert table.advance(300, accepted=1, skipped=0, problems=(), at=NOW).percent_done == 100


def test_each_step_is_due_when_the_one_before_has_ended() -> None:
    minutes = [NOW + timedelta(minutes=each) for each in range(4)]
    table = waiting().start(10, "v1", minutes[1])
    steps = [table, table.laid_out({"name": "ФИО"}, ("Пол",), 300, minutes[2])]
    steps.append(steps[1].advance(200, accepted=1, skipped=0, problems=(), at=minutes[3]))

    assert [each.due_at for each in steps] == minutes[1:]
    assert [each.parts for each in steps] == [0, 0, 1]
    assert (steps[1].total_bytes, steps[1].unread) == (300, ("Пол",))


def rows_of(lines: list[object]) -> tuple[TableFiles, Table]:
    """A table that was laid out so."""
    content = b"".join(f"{json.dumps(line)}\n".encode() for line in lines)
    s3 = MemoryS3()
    s3.objects["tables/1/rows.jsonl"] = content
    laid_out = waiting().start(10, "v1", NOW).laid_out({"name": "ФИО"}, (), len(content), NOW)
    return TableFiles(Files(s3, "files"), "tables/1"), laid_out


def test_long_rows_are_worked_whole_in_steps_that_are_shorter() -> None:
    """A step reads so much of the file, and where that ends in a row, the row is the next one's."""
    long = PIECE // ROWS + 1000
    files, table = rows_of([[n, {"name": "x" * long} if n % 10 else None] for n in range(2, 120)])
    found, skipped = list[int](), 0
    while table.percent_done < 100:
        rows = files.next_rows(table)
        assert 0 < len(rows.records) < ROWS
        found += [number for number, _ in rows.records]
        skipped += rows.skipped
        table = table.advance(rows.offset, accepted=0, skipped=0, problems=(), at=NOW)

    assert (found, skipped) == ([n for n in range(2, 120) if n % 10], 11)
    with pytest.raises(Invalid, match="table_gone"):
        files.next_rows(table)


def test_a_table_whose_work_is_over_is_cleaned_twice_and_rests() -> None:
    files, table = rows_of([[2, {"name": "Мария"}]])
    table = table.advance(table.total_bytes, accepted=1, skipped=0, problems=(), at=NOW)
    assert table.due_at == NOW

    before = clock.now()
    once = files.clean(table)
    assert once.due_at is not None and once.due_at >= before + timedelta(minutes=16)
    assert files.clean(once).due_at is None


def losing(races: int) -> Callable[[CommandContext], int]:
    """A command that another write is faster than, so many times."""
    runs = iter(range(races))

    def make(_: CommandContext) -> int:
        if next(runs, None) is not None:
            raise VersionConflict
        return races

    return make


def test_a_row_that_has_lost_a_race_gives_way_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits = list[int]()
    monkeypatch.setattr(budget, "give_way", waits.append)

    def worked(races: int) -> object:
        def context() -> CommandContext:
            return CommandContext(system("test"), "add", "cor_1")

        return attempt({}, context, losing(races), lambda _: 0, Mock())

    assert worked(TRIES - 1) == TRIES - 1
    assert waits == [*range(1, TRIES)]
    with pytest.raises(VersionConflict):
        worked(TRIES)


@pytest.mark.parametrize(
    "text",
    ["Иванова Анна", "Иванова А.С.", "ИВАНОВА АННА", "А. С. Иванова", "А.Иванова, 5", "5;7;8"],
)
def test_what_may_name_a_person_is_hidden_in_other_columns(text: str) -> None:
    assert may_name(text)
    assert "иванова" not in ends(text).lower()


@pytest.mark.parametrize("text", ["Первая помощь", "ПК-12 345", "г. Дальний", "ЛД-3, 4", "05.дек"])
def test_what_names_nobody_is_read_as_it_is(text: str) -> None:
    assert not may_name(text) and short(text) == text
