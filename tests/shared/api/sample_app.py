"""A small app for the tests of the edge: a shelf of notes."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from botocore.exceptions import ClientError
from pydantic import BaseModel, Field

from shared.api.app import ServiceApp
from shared.api.inputs import Request
from shared.api.routes import Routes
from shared.errors import (
    Forbidden,
    IllegalStep,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
    VersionConflict,
)
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt, Repeatable
from shared.storage.rows import Key, Row
from shared.storage.store import Store

CANARY = "Иванова +79161234567 ivanova@example.ru"


NoteId = Annotated[str, Field(pattern=r"^nte_[0-9A-Z]{3,26}$")]


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


UNBOUND = "fam_" + "9" * 26


def require_bound(caller: Principal) -> None:
    """Refuse a family that no chat of a bot is bound to."""
    if caller.on_behalf_of in (None, UNBOUND):
        raise Forbidden("act_for_family", "not_bound")


SIGNED_OUT = "device:dev_out"


def require_signed_in(caller: Principal) -> None:
    """Refuse a device that is signed out."""
    if caller.evidence == SIGNED_OUT:
        raise Unauthenticated("sign_in_again")


app = ServiceApp(
    "shelf",
    problems_file="tests/shared/api/sample_problems.toml",
    represents=require_bound,
    signed_in=require_signed_in,
    welcomes={"matching": "guardian_rep"},
)


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
        raise NotFound("note")
    return Note.model_validate(found)


def add_note(body: NewNote, context: CommandContext) -> Receipt:
    """Put a note on the shelf.

    It stays there.
    """
    return _write(Note(id=f"nte_{Shelf.runs:03d}", text=body.text), context)


def search_notes(body: NewNote, caller: Principal) -> Note:
    """Find a note by what it says."""
    return Note(id="nte_000", text=body.text)


def list_notes(query: NotesQuery, caller: Principal) -> Note:
    """Show notes."""
    return Note(id=f"nte_{query.limit:03d}", text=caller.role)


def get_note(note_id: NoteId) -> Note:
    """Show one note."""
    return _read(note_id)


def rewrite_note(note_id: NoteId, body: NewNote, context: CommandContext) -> Receipt:
    """Write a note anew."""
    return _write(_read(note_id).model_copy(update={"text": body.text}), context)


def tear_note(note_id: NoteId, context: CommandContext) -> Receipt:
    """Tear a note up."""
    raise IllegalStep("note_torn", ("mend", "burn"), since=date(2026, 10, 5))


def tell_word(receipt: Receipt, caller: Principal) -> Secret:
    """The word of a note, which can be worked out again."""
    return Secret(id=receipt.id, word=f"{receipt.id} of {caller.id}")


def add_secret(body: NewNote, context: CommandContext) -> Receipt:
    """Put a secret note on the shelf."""
    return _write(Note(id=f"nte_{Shelf.runs:03d}", text=body.text), context)


def break_down(body: NewNote) -> None:
    """Fail in a way nobody foresaw."""
    try:
        raise KeyError(body.text)
    except KeyError:
        raise ValueError(CANARY) from None


def be_busy() -> None:
    """Refuse for now."""
    raise RateLimited(retry_after=7)


def be_away() -> None:
    """Be down, as what is needed is."""
    try:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": CANARY}}, "PutObject")
    except ClientError:
        raise Unavailable from None


def take_hook(request: Request) -> None:
    """Take a provider's call."""
    if request.header("X-Webhook-Secret") != "yes" or request.raw_body != b"raw=1":
        raise Unauthenticated


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


def read_text(body: Sighting, caller: str, request: Request) -> Reading:
    """Take what a device read."""
    reading = Reading(text=f"{caller}: {body.text.strip()}")
    return reading.again() if request.idempotency_key == "seen" else reading


routes = Routes()
routes.post("/notes", add_note, caller="person|machine", example={"text": "Здравствуйте"})
routes.post("/notes/search", search_notes, caller="person")
routes.get("/notes", list_notes, caller="person")
routes.get("/notes/{note_id}", get_note, caller="public")
routes.put("/notes/{note_id}", rewrite_note, caller="person", problems=("note_torn",))
routes.post("/notes/{note_id}/tear", tear_note, caller="person", status=200)
routes.post("/secrets", add_secret, caller="person", answer=tell_word, location="/v1/notes/{id}")
routes.post("/broken", break_down, caller="public")
routes.post("/busy", be_busy, caller="public")
routes.post("/away", be_away, caller="public")
routes.post("/hook", take_hook, caller="webhook")
routes.get("/key", show_key, caller="store")
routes.post(
    "/readings", read_text, caller="store", identify=device, idempotent=True, device_text=True
)
app.include(routes)


@app.lambda_function(name="on-messages")
def on_messages(batch: dict[str, Any], context: object) -> dict[str, Any]:
    """Take a batch."""
    if batch.get("fail"):
        raise ValueError(CANARY)
    return {"batchItemFailures": batch["failures"]}
