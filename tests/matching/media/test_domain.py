"""What a file is by its bytes, whatever it calls itself."""

from datetime import timedelta

import pytest

from services.matching.media.domain import BEGINNING, MediaErasure, content_type_of
from shared.storage.files import UPLOAD_FOR
from tests.matching.builders import START
from tests.matching.media.photos import JPEG, PNG, WEBP


def _box(*brands: bytes) -> bytes:
    """The file type box of a container: its size, its brand, a version, those it agrees with."""
    held = b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])
    return (len(held) + 4).to_bytes(4) + held + b"\x00\x00\x00\x08free"


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (_box(b"heic", b"mif1", b"heic"), None),
        (_box(b"isom", b"isom", b"iso2", b"avc1", b"mp41"), "video/mp4"),
        (_box(b"3gp4", b"isom", b"3gp4"), "video/mp4"),
        (_box(b"qt  ", b"qt  "), "video/quicktime"),
        (_box(b"XXXX"), None),
        (b"", None),
        (b"ftyp", None),
        (b"%PDF-1.7", None),
        (b"<html><script>", None),
        (b"MZ\x90\x00", None),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", None),
        (b"\x00\x00\x00\x04ftypmp42", None),
    ],
)
def test_a_file_is_what_its_bytes_say(beginning: bytes, found: str | None) -> None:
    assert content_type_of(beginning[:BEGINNING]) == found


def test_files_are_deleted_again_when_no_form_of_before_can_be_alive() -> None:
    first = MediaErasure(family_id="fam_1", due_at=START).delete(START)

    assert first.due_at is not None and first.due_at > START + UPLOAD_FOR
    assert first.delete(first.due_at).due_at is None
    assert first.put_off(START).due_at == START + timedelta(days=1)
