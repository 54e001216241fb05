"""A small app for the tests of the edge: a shelf of notes."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from shared.api.app import ServiceApp
from shared.api.inputs import Request
from shared.errors import (
    IllegalStep,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
    VersionConflict,
)
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Key, Receipt, Repeatable
from shared.storage.rows import Row
from shared.storage.store import Store

CANARY = "Иванова +79161234567 ivanova@example.ru"


class Colour(StrEnum):
    """What a note may look like."""

    RED = "red"
    BLUE = "blue"


class Sticker(BaseModel):
    """Kind of decoration: a sticker."""

    kind: Literal["sticker"]
    size: int = Field(ge=1, le=9)


class Ribbon(BaseModel):
    """Kind of decoration: a ribbon."""

    kind: Literal["ribbon"]
    length: float


class NewNote(BaseModel):
    """What a new note says."""

    text: str = Field(min_length=1, max_length=20)
    colour: Colour = Colour.RED
    weight: float = 0
    count: int = 0
    day: date | None = None
    decoration: Annotated[Sticker | Ribbon, Field(discriminator="kind")] | None = None
    anything: Any = None


class NotePath(BaseModel):
    """One note."""

    note_id: str = Field(pattern=r"^nte_[0-9A-Z]{3,26}$")


class NotesQuery(BaseModel):
    """Which notes."""

    limit: int = Field(default=20, ge=1, le=100)
    colour: Colour | None = None


class Note(BaseModel):
    """A note as it is stored and shown."""

    id: str
    text: str
    status: str = "new"
    version: int = 0


class Secret(BaseModel):
    """What is said once more when asked again."""

    id: str
    word: str


class Shelf:
    """What the handlers work with; tests set it up."""

    store: Store
    runs: int = 0
    losing: int = 0


app = ServiceApp("shelf", problems_file="tests/shared/api/sample_problems.toml")


def _row(note: Note) -> Row:
    return Row(note.id, Key(f"NOTE#{note.id}", "NOTE"), note, note.version)


def _write(note: Note, context: CommandContext) -> Receipt:
    Shelf.runs += 1
    if Shelf.losing > 0:
        Shelf.losing -= 1
        raise VersionConflict
    return Shelf.store.commit(context, _row(note))


def _read(note_id: str) -> Note:
    found = Shelf.store.get(Key(f"NOTE#{note_id}", "NOTE"))
    if found is None:
        raise NotFound("note", note_id)
    return Note.model_validate(found)


@app.post("/notes", caller="person|machine", example={"text": "Здравствуйте"})
def add_note(body: NewNote, context: CommandContext) -> Receipt:
    """Put a note on the shelf.

    It stays there.
    """
    return _write(Note(id=f"nte_{Shelf.runs:03d}", text=body.text), context)


@app.post("/notes/search", caller="person")
def search_notes(body: NewNote, caller: Principal) -> Note:
    """Find a note by what it says."""
    return Note(id="nte_000", text=body.text)


@app.get("/notes", caller="person")
def list_notes(query: NotesQuery, caller: Principal) -> Note:
    """Show notes."""
    return Note(id=f"nte_{query.limit:03d}", text=caller.role)


@app.get("/notes/{note_id}", caller="public")
def get_note(path: NotePath) -> Note:
    """Show one note."""
    return _read(path.note_id)


@app.put("/notes/{note_id}", caller="person", problems=("note_torn",))
def rewrite_note(path: NotePath, body: NewNote, context: CommandContext) -> Receipt:
    """Write a note anew."""
    return _write(_read(path.note_id).model_copy(update={"text": body.text}), context)


@app.post("/notes/{note_id}/tear", caller="person", status=200)
def tear_note(path: NotePath, context: CommandContext) -> Receipt:
    """Tear a note up."""
    raise IllegalStep("note_torn", ("mend", "burn"), since=date(2026, 10, 5))


def tell_word(receipt: Receipt, caller: Principal) -> Secret:
    """The word of a note, which can be worked out again."""
    return Secret(id=receipt.id, word=f"{receipt.id} of {caller.id}")


@app.post("/secrets", caller="person", answer=tell_word, location="/v1/notes/{id}")
def add_secret(body: NewNote, context: CommandContext) -> Receipt:
    """Put a secret note on the shelf."""
    return _write(Note(id=f"nte_{Shelf.runs:03d}", text=body.text), context)


@app.post("/broken", caller="public")
def break_down(body: NewNote) -> None:
    """Fail in a way nobody foresaw."""
    try:
        raise KeyError(body.text)
    except KeyError:
        raise ValueError(CANARY) from None


@app.post("/busy", caller="public")
def be_busy() -> None:
    """Refuse for now."""
    raise RateLimited(retry_after=7)


@app.post("/away", caller="public")
def be_away() -> None:
    """Be down."""
    raise Unavailable


@app.post("/hook", caller="webhook")
def take_hook(request: Request) -> None:
    """Take a provider's call."""
    if request.header("X-Webhook-Secret") != "yes" or request.raw_body != b"raw=1":
        raise Unauthenticated


@app.get("/key", caller="store")
def show_key(request: Request) -> Note:
    """Show a store what its key opens."""
    if request.header("X-API-Key") != "right":
        raise Unauthenticated("store_key_unknown")
    return Note(id="nte_000", text="ok")


class Sighting(BaseModel):
    """What a device read."""

    text: str


class Reading(Repeatable):
    """What was understood of it."""

    text: str


def device(request: Request) -> str:
    """The device that is calling."""
    shown = request.header("X-API-Key")
    if shown is None:
        raise Unauthenticated("store_key_unknown")
    return shown


@app.post("/readings", caller="store", identify=device, idempotent=True, device_text=True)
def read_text(body: Sighting, caller: str, request: Request) -> Reading:
    """Take what a device read."""
    reading = Reading(text=f"{caller}: {body.text.strip()}")
    return reading.again() if request.idempotency_key == "seen" else reading


@app.lambda_function(name="on-messages")
def on_messages(batch: dict[str, Any], context: object) -> dict[str, Any]:
    """Take a batch."""
    if batch.get("fail"):
        raise ValueError(CANARY)
    return {"batchItemFailures": batch["failures"]}
