"""The job of an export: some pages a step, each in a file of its own, joined at the end."""

from typing import TypeVar

from pydantic import BaseModel

from services.matching.exports.domain import Export
from services.matching.exports.repository import LIST, Exports, file_of, folder_of
from services.matching.exports.tables import columns_of, guardian_line, match_line
from services.matching.exports.values import ExportKind, ExportStatus
from services.matching.guardians.repository import GUARDIAN, Guardians
from services.matching.matches.repository import Matches, prefixes_of_months
from shared import clock
from shared.message_catalogue import Catalogue
from shared.messaging.deadlines import Job
from shared.principal import system
from shared.reference import calendar
from shared.storage.command_context import CommandContext
from shared.storage.files import Files
from shared.storage.list_keys import region_key
from shared.storage.office_tables.lines import FileInParts
from shared.storage.repository import PAGE_LIMIT, Page, Repository, Slice

A = TypeVar("A", bound=BaseModel)

PAGES_OF_STEP = 5
READER = system("exports")
CATALOGUE = Catalogue("services/matching/problems.toml")


class Source:
    """Where the lines of an export come from."""

    def __init__(self, export: Export, guardians: Guardians, matches: Matches) -> None:
        self._export, self._guardians, self._matches = export, guardians, matches
        months = calendar.months(export.first, export.last)
        of_matches = export.kind is ExportKind.MATCHES
        self.prefixes = prefixes_of_months(months) if of_matches else (GUARDIAN,)

    def lines(self, prefix: str, cursor: str | None) -> tuple[list[list[str]], str | None]:
        """Return the lines of the next page, and where it goes on."""
        if self._export.kind is ExportKind.GUARDIANS:
            found = self._page(self._guardians, prefix, cursor)
            shown = [guardian_line(each, self._export.region) for each in found.items]
            return shown, found.next_cursor
        page = self._page(self._matches, prefix, cursor)
        wanted = {match.guardian_id for match in page.items}
        known = {each.guardian_id: each for each in self._guardians.get_many(wanted)}
        lines = [match_line(match, known.get(match.guardian_id)) for match in page.items]
        return lines, page.next_cursor

    def _page(self, found: Repository[A], prefix: str, cursor: str | None) -> Page[A]:
        return found.page(
            "by_region",
            region_key(self._export.region),
            lambda each: each,
            caller=READER,
            query=Slice(limit=PAGE_LIMIT, cursor=cursor),
            prefix=prefix,
        )


def work_on_export(
    export_id: str,
    context: CommandContext,
    exports: Exports,
    guardians: Guardians,
    matches: Matches,
    files: Files,
) -> None:
    """Write the next part of an export, join its parts, or delete its file in time."""
    export, now = exports.get(export_id), clock.now()
    if export.due_at is None or export.due_at > now:
        return
    parts = FileInParts(files, folder_of(export))
    if export.status is not ExportStatus.WORKING:
        files.delete([file_of(export), *parts.keys(export.parts)])
        gone = export.status is ExportStatus.READY
        exports.save(context, export.delete() if gone else export.forget_parts())
        return
    source = Source(export, guardians, matches)
    if export.prefix < len(source.prefixes):
        exports.save(context, _write(export, source, parts))
        return
    parts.join(export.parts, columns_of(export.kind), LIST)
    exports.save(context, export.finish(now))


def _write(export: Export, source: Source, parts: FileInParts) -> Export:
    """Write some pages; the same step again writes the same file."""
    lines: list[list[str]] = []
    prefix, cursor = export.prefix, export.cursor
    for _ in range(PAGES_OF_STEP):
        found, cursor = source.lines(source.prefixes[prefix], cursor)
        lines += found
        if cursor is None:
            prefix += 1
        if prefix == len(source.prefixes):
            break
    parts.add(export.parts, lines)
    return export.wrote(len(lines), prefix, cursor, clock.now())


def give_up_export(export_id: str, context: CommandContext, exports: Exports) -> None:
    """End an export whose step never came to an end, with a reason for the person."""
    export = exports.get(export_id)
    if export.status is ExportStatus.WORKING:
        words = CATALOGUE.field_text("export_given_up", {})
        exports.save(context, export.fail(words, clock.now()))


JOBS = {"EXPORT": Job(work_on_export, give_up=give_up_export)}
