"""A photo without what the phone wrote into it: place, time, device, words, a second picture.

The picture is written anew from its pixels alone, turned as it is meant to be seen. Its colour
profile stays, without which colours change.
"""

from io import BytesIO
from typing import Any

# In Pillow's words.
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# Written fast and without a visible loss.
HOW: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90},
    "PNG": {"compress_level": 1},
    "WEBP": {"quality": 90, "method": 2},
}
# What a function's memory holds twice.
MOST_PIXELS = 64_000_000
KEPT = ("icc_profile", "transparency")


class Unreadable(Exception):
    """No picture can be had from the file."""


def clean_photo(content: bytes, content_type: str) -> bytes:
    """Return a photo of the same type with its pixels and nothing else; raises Unreadable."""
    from PIL import Image

    form = FORMATS[content_type]
    try:
        with Image.open(BytesIO(content), formats=[form]) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Unreadable
            return _written(found, form)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise Unreadable from None


def _written(found: Any, form: str) -> bytes:
    found.load()
    kept: dict[Any, Any] = {name: found.info[name] for name in KEPT if name in found.info}
    upright = _upright(found, kept)
    upright.info = kept
    anew = BytesIO()
    upright.save(anew, form, icc_profile=kept.get("icc_profile"), **HOW[form])
    return anew.getvalue()


def _upright(found: Any, kept: dict[Any, Any]) -> Any:
    """Return the picture turned as it is meant to be seen, or as it came when nothing says how.

    Of the phone's words the turn alone is read: others may be damaged, and Pillow would write them.
    """
    from PIL import ExifTags, ImageOps

    words = found.getexif()
    turn = words.get(ExifTags.Base.Orientation)
    found.info = kept
    words.clear()
    if turn is not None:
        words[ExifTags.Base.Orientation] = turn
    return ImageOps.exif_transpose(found)
