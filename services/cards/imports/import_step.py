"""One step of a batch: a few rows, each in a transaction of its own, and their result lines."""

from pydantic import ValidationError

from services.cards.cards.commands import IssueCard
from services.cards.cards.repository import Cards
from services.cards.cards.use_cases import check_issue, issue_card
from services.cards.imports import result_file
from services.cards.imports.domain import Batch
from services.cards.imports.kinds import holders
from services.cards.imports.repository import ROWS_FILE, file_of, input_of
from services.cards.imports.values import BatchStatus, RowProblem
from services.cards.programmes.repository import Programmes
from shared import clock
from shared.errors import DomainError, Invalid, Unavailable, VersionConflict
from shared.message_catalogue import Catalogue
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage import idempotency, office_tables
from shared.storage.command_context import AlreadyProcessed, CommandContext, Receipt
from shared.storage.files import Files
from shared.storage.office_tables import Cells

ROWS = 50  # some seconds of work, well within a function's time
PIECE = 128 * 1024  # more than the longest row can have, with each of its cells at its longest
TRIES = 4
CATALOGUE = Catalogue("services/cards/problems.toml")


def lay_out(batch: Batch, files: Files) -> Batch:
    """Understand the file as a whole, once; what follows works on its rows."""
    content = files.read(input_of(batch))
    if content is None:
        raise Invalid("table_gone")
    laid_out = office_tables.lay_out(content, holders.columns())
    if not laid_out.records:
        raise Invalid("table_empty")
    files.write(file_of(batch, ROWS_FILE), laid_out.lines)
    return batch.laid_out(laid_out.titles, len(laid_out.lines), clock.now())


def work(
    batch: Batch,
    correlation_id: str,
    cards: Cards,
    programmes: Programmes,
    vault: Vault,
    files: Files,
) -> Batch:
    """Issue (or check) the next rows and write a result line for each."""
    piece = files.read(file_of(batch, ROWS_FILE), batch.offset, PIECE) or b""
    lines = [line for line in piece.splitlines(keepends=True)[:ROWS] if line.endswith(b"\n")]
    if not lines:
        raise Invalid("table_gone")
    results, problems, skipped = [], [], 0
    for row in map(office_tables.row_of, lines):
        if row.cells is None:
            skipped += 1
            continue
        outcome = _issue(batch, row.number, row.cells, correlation_id, cards, programmes, vault)
        if isinstance(outcome, RowProblem):
            problems.append(outcome)
        results.append(result_file.line_of(batch, row.number, row.cells, outcome))
    result_file.keep(batch, results, files)
    advanced = batch.advanced(
        batch.offset + sum(map(len, lines)),
        accepted=len(results) - len(problems),
        skipped=skipped,
        problems=problems,
        at=clock.now(),
    )
    if advanced.status is BatchStatus.DONE:
        result_file.finish(advanced, files)
    return advanced


def _issue(
    batch: Batch,
    line: int,
    cells: Cells,
    correlation_id: str,
    cards: Cards,
    programmes: Programmes,
    vault: Vault,
) -> str | RowProblem:
    """Return the id of the card of a line, or why there is none."""
    try:
        body = IssueCard.model_validate(holders.command_fields(batch.region, cells))
    except ValidationError as error:
        return _wrong_cell(batch, line, error)
    except Invalid as unreadable:
        return _refused(batch, line, unreadable)
    for _ in range(TRIES):
        context = CommandContext(
            actor=_clerk(batch),
            action="issue_card",
            correlation_id=correlation_id,
            once=idempotency.once(batch.id, "batch", str(line), (body.holder_ref,)),
        )
        try:
            if batch.dry_run:
                check_issue(body, context, cards, programmes)
                return ""
            return issue_card(body, context, cards, programmes, vault).id
        except AlreadyProcessed as earlier:
            # This very line was issued by a step whose end was lost.
            return Receipt.model_validate_json(earlier.row["receipt"]["S"]).id
        except VersionConflict:
            continue
        except Unavailable:
            raise
        except DomainError as refused:
            return _refused(batch, line, refused)
    raise VersionConflict


def _clerk(batch: Batch) -> Principal:
    clerk = batch.clerk
    return Principal(
        id=clerk.id,
        kind="person",
        role=clerk.role,
        roles=(clerk.role,),
        regions=clerk.regions,
        districts=clerk.districts,
    )


def _wrong_cell(batch: Batch, line: int, error: ValidationError) -> RowProblem:
    first = error.errors(include_url=False, include_input=False)[0]
    code = first["type"]
    return RowProblem(
        line=line,
        column=_title(batch, str(first["loc"][-1]) if first["loc"] else None),
        code=code,
        reason=CATALOGUE.field_text(code, first.get("ctx", {})),
    )


def _refused(batch: Batch, line: int, error: DomainError) -> RowProblem:
    pointer = error.pointer.rpartition("/")[2] if isinstance(error, Invalid) else None
    return RowProblem(
        line=line,
        column=_title(batch, pointer),
        code=error.code,
        reason=CATALOGUE.field_text(error.code, error.facts),
    )


def _title(batch: Batch, field: str | None) -> str | None:
    """Return a column as the file calls it, or as it might have called it."""
    if field in batch.titles:
        return batch.titles[field]
    return next((column.titles[0] for column in holders.columns() if column.name == field), None)
