"""A photo keeps its pixels and nothing else."""

from io import BytesIO

import pytest
from PIL import Image

from services.matching.media import clean_photo
from services.matching.media.clean_photo import Unreadable
from tests.matching.media.photos import ORIENTATION, PLACE, QUARTER_TURN, photo, telling

MODEL, RESOLUTION = 0x0110, 0x011A


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_nothing_says_where_a_photo_was_made_and_it_is_seen_as_before(form: str) -> None:
    content = telling(form)
    assert content.count(PLACE.encode()) >= 2, "the sample tells it"

    clean = clean_photo.clean_photo(content, f"image/{form.lower()}")

    assert PLACE.encode() not in clean
    with Image.open(BytesIO(clean)) as seen:
        assert (seen.format, seen.size) == (form, (40, 60)), "turned as it is meant to be seen"
        assert not {"exif", "xmp", "comment", "Comment", "XML:com.adobe.xmp"} & {*seen.info}
        assert not seen.getexif()
        upper, lower = (seen.convert("RGB").getpixel((20, y)) for y in (5, 55))
    assert isinstance(upper, tuple) and isinstance(lower, tuple)
    assert upper[0] > 200 > lower[0]


@pytest.mark.parametrize("damaged", [b"\x01\x10\x00\x02", b"\x01\x1a\x00\x05"])
def test_a_photo_whose_words_are_damaged_is_turned_and_kept(damaged: bytes) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MODEL], exif[RESOLUTION] = QUARTER_TURN, "Phone", 72.0
    words = exif.tobytes()
    assert words.count(damaged) == 1, "a name in letters, a number"
    words = words.replace(damaged, damaged[:2] + (b"\x02\x02" if damaged[3] == 2 else b"\x00\x02"))

    clean = clean_photo.clean_photo(photo(size=(60, 40), exif=words), "image/jpeg")

    with Image.open(BytesIO(clean)) as seen:
        assert seen.size == (40, 60)


def test_a_second_picture_inside_a_photo_is_left_out() -> None:
    second = Image.open(BytesIO(telling("JPEG")))
    two = BytesIO()
    Image.new("RGB", (8, 8)).save(two, "MPO", save_all=True, append_images=[second])

    clean = clean_photo.clean_photo(two.getvalue(), "image/jpeg")

    with Image.open(BytesIO(clean)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (8, 8))


def test_colours_and_transparency_stay() -> None:
    profile = b"a colour profile"
    picture = BytesIO()
    Image.new("P", (4, 4)).save(picture, "PNG", transparency=0, icc_profile=profile)

    with Image.open(BytesIO(clean_photo.clean_photo(picture.getvalue(), "image/png"))) as seen:
        assert (seen.info["icc_profile"], seen.info["transparency"]) == (profile, 0)


@pytest.mark.parametrize(
    "content",
    [b"\xff\xd8\xff\xe0 no picture", photo()[:-200], photo("PNG")[:60], photo("GIF"), b""],
)
def test_what_is_no_picture_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable):
        clean_photo.clean_photo(content, "image/jpeg")


def test_a_picture_that_memory_does_not_hold_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_photo, "MOST_PIXELS", 23)
    with pytest.raises(Unreadable):
        clean_photo.clean_photo(photo(), "image/jpeg")
