"""An export from its first part to the end of its file."""

from datetime import timedelta

from services.matching.exports.domain import Export
from services.matching.exports.values import ExportKind, ExportStatus
from tests.matching.builders import START

OPENED = Export(
    export_id="exp_1",
    region="ZR",
    kind=ExportKind.MATCHES,
    first="2026-08",
    last="2026-09",
    opened_by="HQ-1",
    opened_at=START,
    moved_at=START,
)
LATER = START + timedelta(minutes=1)


def test_an_export_is_written_part_by_part_and_its_file_lives_for_an_hour() -> None:
    assert (OPENED.due_at, OPENED.count, OPENED.is_whole) == (START, None, False)
    assert OPENED.note(0, LATER).is_whole
    begun = OPENED.note(507, LATER).wrote(500, LATER)
    assert (begun.parts, begun.rows, begun.is_whole) == (1, 500, False)
    wrote = begun.wrote(7, LATER)
    assert (wrote.parts, wrote.rows, wrote.is_whole, wrote.due_at) == (2, 507, True, LATER)
    again = begun.note(9, LATER)
    assert (again.count, again.parts, again.rows) == (9, 0, 0)

    there = wrote.finish(LATER)
    assert (there.status, there.due_at) == (ExportStatus.READY, LATER + timedelta(hours=1))
    gone = there.delete()
    assert (gone.status, gone.due_at) == (ExportStatus.DELETED, None)


def test_a_failed_export_says_why_and_its_parts_are_deleted_once() -> None:
    failed = OPENED.note(507, LATER).wrote(500, LATER).fail("Не вышло.", LATER)
    assert (failed.status, failed.failure, failed.due_at) == ("failed", "Не вышло.", LATER)

    over = failed.forget_parts()
    assert (over.status, over.failure, over.due_at) == ("failed", "Не вышло.", None)
