"""What a file is by its bytes, whatever it calls itself."""

from datetime import timedelta

import pytest

from services.matching.media.domain import BEGINNING, Media, MediaErasure, content_type_of
from services.matching.media.values import MEBIBYTE, MediaKind
from shared.errors import IllegalStep
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
        (_box(b"XXXX", b"mp41"), "video/mp4"),
        (_box(b"isom").replace(b"ftyp", b"moov"), None),
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


PHOTO = Media(
    media_id="med_1",
    match_id="mat_1",
    family_id="fam_1",
    guardian_id="gua_1",
    region="ZR",
    kind=MediaKind.PHOTO,
    content_type="image/jpeg",
    opened_at=START,
)
MOST = 20 * MEBIBYTE


def test_a_file_counts_when_it_is_of_its_kind_and_not_too_large() -> None:
    there = PHOTO.confirm(MOST, "etag", "image/png", START)
    assert (there.status, there.size, there.etag) == ("confirmed", MOST, "etag")
    assert (there.content_type, there.confirmed_at) == ("image/png", START)
    clean = there.clean(7)
    assert (clean.size, clean.metadata_removed, there.metadata_removed) == (7, True, False)

    with pytest.raises(IllegalStep, match="media_too_large"):
        PHOTO.confirm(MOST + 1, "etag", "image/png", START)
    for found in (None, "video/mp4"):
        with pytest.raises(IllegalStep, match="media_of_another_type"):
            PHOTO.confirm(1, "etag", found, START)
    with pytest.raises(IllegalStep, match="media_is_confirmed"):
        there.confirm(1, "etag", "image/png", START)


def test_a_file_is_removed_once_and_deleted_until_it_is_gone() -> None:
    for present in (PHOTO, PHOTO.confirm(1, "etag", "image/jpeg", START)):
        gone = present.remove(START)
        assert (gone.status, gone.delete_at) == ("removed", START)
        assert gone.put_off(START).delete_at == START + timedelta(days=1)
        assert gone.delete().delete_at is None
        with pytest.raises(IllegalStep, match="media_is_removed"):
            gone.remove(START)


def test_files_are_deleted_again_when_no_form_of_before_can_be_alive() -> None:
    first = MediaErasure(family_id="fam_1", due_at=START).delete(START)

    assert first.due_at is not None and first.due_at > START + UPLOAD_FOR
    assert first.delete(first.due_at).due_at is None
    assert first.put_off(START).due_at == START + timedelta(days=1)
