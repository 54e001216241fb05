"""Photos as phones make them: turned, with place, words and a second picture inside."""

from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PLACE = "53.195873 50.100193"
ORIENTATION, DESCRIPTION, GPS, QUARTER_TURN = 0x0112, 0x010E, 0x8825, 6
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{PLACE}</x:xmpmeta>".encode()


def photo(form: str = "JPEG", size: tuple[int, int] = (6, 4), **more: Any) -> bytes:
    """A photo of a type, red on its left half."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    made = BytesIO()
    picture.save(made, form, **more)
    return made.getvalue()


def telling(form: str) -> bytes:
    """A photo that says where it was made, in each way that its type has."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[DESCRIPTION] = QUARTER_TURN, PLACE
    exif[GPS] = {1: "N", 2: (53.0, 11.0, 45.0), 29: PLACE}
    more: dict[str, Any] = {"exif": exif, "quality": 95, "xmp": XMP, "comment": PLACE.encode()}
    if form == "PNG":
        words = PngInfo()
        words.add_text("Comment", PLACE)
        words.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=False)
        more = {"exif": exif, "pnginfo": words}
    return photo(form, (60, 40), **more) + (PLACE.encode() if form != "WEBP" else b"")


JPEG, PNG, WEBP = photo("JPEG"), photo("PNG"), photo("WEBP")
