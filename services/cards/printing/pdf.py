"""The PDF of printed cards. Heavy imports happen only when one is drawn."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.cards import card_numbers
from shared.data_files import read_toml

HERE = Path(__file__).parent
FONT = "PTSans"
WIDTH, HEIGHT = 85.6, 54.0  # mm, ISO/IEC 7810 ID-1
COLUMNS, ROWS = 2, 5
QR_SIDE = 30.0


@dataclass(frozen=True, slots=True)
class Face:
    """The number and the QR code of one printed card."""

    number: str
    qr_text: str


@cache
def words() -> dict[str, dict[str, str]]:
    """Return the texts on cards and stickers."""
    return read_toml(HERE / "words.toml")


def pdf_of(faces: Sequence[Face]) -> bytes:
    """Return one card on a page of its own size, several on A4 sheets with lines to cut along."""
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    if len(faces) == 1:
        canvas = _canvas(Canvas, out, (WIDTH * mm, HEIGHT * mm))
        _draw(canvas, faces[0], 0, 0)
    else:
        canvas = _canvas(Canvas, out, (210 * mm, 297 * mm))
        for place, face in enumerate(faces):
            if place and place % (COLUMNS * ROWS) == 0:
                canvas.showPage()
            _draw_framed(canvas, face, place % (COLUMNS * ROWS))
    canvas.save()
    return out.getvalue()


def _canvas(kind: Any, out: io.BytesIO, size: tuple[float, float]) -> Any:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(HERE / "fonts" / "PTSans-Regular.ttf")))
    canvas = kind(out, pagesize=size, invariant=1)
    canvas.setTitle(words()["card"]["title"])
    return canvas


def _draw_framed(canvas: Any, face: Face, place: int) -> None:
    from reportlab.lib.units import mm

    left = (210 - COLUMNS * WIDTH) / 2 + place % COLUMNS * WIDTH
    bottom = 297 - (297 - ROWS * HEIGHT) / 2 - (place // COLUMNS + 1) * HEIGHT
    canvas.setDash(1, 3)
    canvas.rect(left * mm, bottom * mm, WIDTH * mm, HEIGHT * mm)
    canvas.setDash()
    _draw(canvas, face, left, bottom)


def _draw(canvas: Any, face: Face, left: float, bottom: float) -> None:
    from reportlab.lib.units import mm

    card = words()["card"]
    canvas.setFont(FONT, 12)
    canvas.drawString((left + 5) * mm, (bottom + 45) * mm, card["title"])
    canvas.setFont(FONT, 13)
    for row, part in enumerate((face.number[:8], face.number[8:])):
        canvas.drawString(
            (left + 5) * mm, (bottom + 32 - 7 * row) * mm, card_numbers.in_fours(part)
        )
    canvas.setFont(FONT, 7)
    canvas.drawString((left + 5) * mm, (bottom + 9) * mm, card["use"])
    canvas.setFont(FONT, 5.5)
    canvas.drawString((left + 5) * mm, (bottom + 5) * mm, card["lost"])
    _draw_qr(canvas, face.qr_text, left + WIDTH - QR_SIDE - 5, bottom + 12)


def _draw_qr(canvas: Any, text: str, left: float, bottom: float) -> None:
    import segno
    from reportlab.lib.units import mm

    matrix = segno.make_qr(text, error="m").matrix
    side = QR_SIDE / len(matrix)
    for row, modules in enumerate(matrix):
        y = bottom + QR_SIDE - (row + 1) * side
        for column, dark in enumerate(modules):
            if dark:
                x = left + column * side
                canvas.rect(x * mm, y * mm, side * mm, side * mm, stroke=0, fill=1)
