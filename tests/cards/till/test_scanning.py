"""A scanner types like a keyboard: what it garbles is read all the same, or asked for again."""

import json
from collections.abc import Callable

import pytest

from services.cards.till import domain
from tests.cards.till.till_client import CARD, Shop, TillClient
from tests.support.log_lines import metric_lines

# What a scanner that types with Shift leaves under the Russian layout, key by key.
_KEYS = dict(zip("QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ", strict=True)) | {
    ".": "ю",
    "]": "ъ",
}


def _russian(text: str) -> str:
    return "".join(_KEYS.get(each, each) for each in text)


def _under(**keys: str) -> Callable[[str], str]:
    """How the keys of a neighbour's layout differ from the Russian ones."""
    other = {
        {"dot": ".", "bracket": "]"}.get(key, key.strip("_")): sign for key, sign in keys.items()
    }
    return lambda text: "".join((_KEYS | other).get(each, each) for each in text)


GARBLED: dict[str, Callable[[str], str]] = {
    "Russian layout": _russian,
    "Russian layout under Caps Lock": lambda text: _russian(text).swapcase(),
    "Ukrainian layout": _under(S="І", bracket="Ї"),
    "Belarusian layout": _under(O="Ў", B="І"),
    "Kazakh layout": _under(
        _1='"', _2="ә", _3="і", _4="ң", _5="ғ", _6=",", _7=".", _8="ү", _9="ұ", _0="қ"
    ),
    "Tatar layout": _under(W="Ө", O="Ә", M="Җ", bracket="Ү"),
    "Bashkir layout": _under(
        _1="!", _2="ө", _3="ҡ", _4="ғ", _5="ҫ", _6=":", _7="ҙ", _8="һ", _9="?", _0="№"
    ),
    "small letters": str.lower,
    "prefix of a QR": lambda text: f"]Q3{text}",
    "prefix of a Code 128": lambda text: f"]C1{text}",
    "prefix of a Data Matrix": lambda text: f"]d2{text}",
    "prefix under the Russian layout": lambda text: _russian(f"]Q3{text}"),
    "prefix under the Ukrainian layout": lambda text: GARBLED["Ukrainian layout"](f"]Q3{text}"),
    "prefix under the Belarusian layout": lambda text: "'Й3" + GARBLED["Belarusian layout"](text),
    "prefix under the Tatar layout": lambda text: GARBLED["Tatar layout"](f"]Q3{text}"),
    "prefix of the scanner's own": lambda text: f"QR:{text}",
    "line end": lambda text: f"{text}\r\n",
    "tab": lambda text: f"\t{text}\t",
    "start and end of text": lambda text: f"\x02{text}\x03",
    "group separators": lambda text: f"\x1d{text}\x1d",
    "byte order mark": lambda text: f"\ufeff{text}",
    "spaces": lambda text: f" {text[:9]} {text[9:]} ",
    "twice": lambda text: text if text.isdecimal() else f"{text}\r\n{text}",
    "signs that nobody sees": lambda text: f"\u200e{text[:9]}\u200b{text[9:]}\u2060\u00a0",
    "everything": lambda text: _russian(f"]Q3{text.lower()}").upper() + "\r\t",
}


@pytest.mark.parametrize("how", GARBLED)
@pytest.mark.parametrize("what", ["number", "printed", "turning"])
@pytest.mark.parametrize("field", ["code", "number"])
def test_what_a_scanner_garbled_is_read(
    till_client: TillClient, shop: Shop, field: str, what: str, how: str
) -> None:
    text = {
        "number": CARD,
        "printed": till_client.static_code(CARD),
        "turning": till_client.turning_code(CARD),
    }[what]

    if what == "number" and how in ("Kazakh layout", "Bashkir layout"):
        return  # a number is typed, by a person who sees it

    answer = till_client.check(shop, **{field: GARBLED[how](text)})

    assert answer.body.get("valid"), answer.body


UNREADABLE = [
    "х",
    "12",
    "4601234567893",
    "100000000000000",
    "10000000000000091",
    "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦",
    "🙂" * 16,
    # Normalised, 18 signs for each: nobody spends our time so.
    "\ufdfa" * 400 + CARD,
    "9" * 64,
    # The QR of a bill, as long as they come.
    "ST00012|Name=УК Уют|Purpose=" + "квартплата " * 30,
    "\x00",
    "RS.A.1.B",
    "RS.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567.1.ABCDEFGH",
    "https://example.org/card",
    "такая карта есть",
    "1000000000000009 1000000000000018",
    # The QR of any receipt: the number of its fiscal store has 16 digits.
    "t=20261012T1200&s=1498.00&fn=9282440300669857&i=25151&fp=1186123459&n=1",
]


@pytest.mark.parametrize("text", UNREADABLE)
@pytest.mark.parametrize("field", ["code", "number"])
def test_what_names_no_card_is_asked_for_again_and_is_no_guess(
    till_client: TillClient, shop: Shop, field: str, text: str
) -> None:
    told = [till_client.check(shop, **{field: text}) for _ in range(domain.BAD_TRIES_A_MINUTE + 1)]

    assert {(answer.status, answer.body["code"]) for answer in told} == {(422, "card_unreadable")}
    assert told[0].body["errors"][0]["pointer"] == f"/{field}"
    assert told[0].body["detail"].startswith("Отсканируйте код ещё раз")
    assert not till_client.records()
    assert "till_tries" not in till_client.key_row(shop)
    assert till_client.check(shop, number=CARD).body["valid"]


def test_two_cards_in_one_scan_are_asked_for_again(till_client: TillClient, shop: Shop) -> None:
    other = "1000000000000018"
    till_client.card(other)
    both = till_client.static_code(CARD) + "\r\n" + till_client.static_code(other)

    assert till_client.check(shop, code=both).body["code"] == "card_unreadable"


def test_what_was_asked_for_again_may_come_under_the_same_key(
    till_client: TillClient, shop: Shop
) -> None:
    code = till_client.static_code(CARD)
    assert till_client.check(shop, repeat="once", code=code[:40]).status == 422

    assert till_client.check(shop, repeat="once", code=code).body["valid"]


def test_a_stranger_learns_nothing_about_codes(till_client: TillClient, shop: Shop) -> None:
    stranger = Shop(secret="guessed")

    assert till_client.check(stranger, code="RS.").status == 401


def test_codes_that_cannot_be_read_are_counted_for_operations(
    till_client: TillClient, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    till_client.check(shop, code="RS.")

    printed = capsys.readouterr().out
    assert metric_lines(printed)[-1]["card_unreadable"] == [1.0]
    assert "RS." not in json.dumps(printed)
