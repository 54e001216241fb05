"""The job of an export: which lines it has, then some of them a step, joined at the end."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from services.matching.exports.domain import Export
from services.matching.exports.repository import LIST, Exports, file_of, folder_of, ids_of
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

LINES_OF_STEP = 500
READER = system("exports")
CATALOGUE = Catalogue("services/matching/problems.toml")


class Source:
    """Where the lines of an export come from."""

    def __init__(self, export: Export, guardians: Guardians, matches: Matches) -> None:
        self._export, self._guardians, self._matches = export, guardians, matches

    def ids(self) -> list[str]:
        """Return what the list holds now, each once: it moves between the pages of a region."""
        found: Repository[Any] = self._guardians
        prefixes: Sequence[str] = (GUARDIAN,)
        if self._export.kind is ExportKind.MATCHES:
            found = self._matches
            prefixes = prefixes_of_months(calendar.months(self._export.first, self._export.last))
        return [*dict.fromkeys(each for prefix in prefixes for each in self._ids(found, prefix))]

    def lines(self, identifiers: Sequence[str]) -> list[list[str]]:
        """Return the lines of these as they are now."""
        if self._export.kind is ExportKind.GUARDIANS:
            found = self._guardians.get_many(identifiers)
            return [guardian_line(each, self._export.region) for each in found]
        matches = self._matches.get_many(identifiers)
        wanted = {match.guardian_id for match in matches}
        known = {each.guardian_id: each for each in self._guardians.get_many(wanted)}
        return [match_line(match, known.get(match.guardian_id)) for match in matches]

    def _ids(self, found: Repository[Any], prefix: str) -> Iterator[str]:
        region, cursor = region_key(self._export.region), None
        while True:
            page: Page[Any] = found.page(
                "by_region",
                region,
                lambda each: each,
                caller=READER,
                query=Slice(limit=PAGE_LIMIT, cursor=cursor),
                prefix=prefix,
            )
            yield from map(attrgetter(found.id_field), page.items)
            if (cursor := page.next_cursor) is None:
                return


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
        files.delete([file_of(export), ids_of(export), *parts.keys(export.parts)])
        gone = export.status is ExportStatus.READY
        exports.save(context, export.delete() if gone else export.forget_parts())
        return
    source = Source(export, guardians, matches)
    if export.is_whole:
        parts.join(export.parts, columns_of(export.kind), LIST)
        exports.save(context, export.finish(now))
    elif export.count is None or (noted := files.read(ids_of(export))) is None:
        exports.save(context, _noted(export, source, files))
    else:
        exports.save(context, _written(export, noted, source, parts))


def _noted(export: Export, source: Source, files: Files) -> Export:
    """Write down which lines the list has: what moves while it is written is on it, and once."""
    found = source.ids()
    files.write(ids_of(export), "\n".join(found).encode())
    return export.note(len(found), clock.now())


def _written(export: Export, noted: bytes, source: Source, parts: FileInParts) -> Export:
    """Write the next lines; the same step again writes the same file."""
    wanted = noted.decode().split("\n")[export.rows : export.rows + LINES_OF_STEP]
    parts.add(export.parts, source.lines(wanted))
    return export.wrote(len(wanted), clock.now())


def give_up_export(export_id: str, context: CommandContext, exports: Exports) -> None:
    """End an export whose step never came to an end, with a reason for the person."""
    export = exports.get(export_id)
    if export.status is ExportStatus.WORKING:
        words = CATALOGUE.field_text("export_given_up", {})
        exports.save(context, export.fail(words, clock.now()))


JOBS = {"EXPORT": Job(work_on_export, give_up=give_up_export)}
