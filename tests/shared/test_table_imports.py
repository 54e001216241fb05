"""A table on its way: how large it may be, and how far it has come."""

from datetime import UTC, datetime

import pytest

from shared.errors import IllegalStep
from shared.table_imports.domain import MAX_BYTES, TableImport

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
