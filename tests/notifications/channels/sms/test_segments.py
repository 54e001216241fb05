"""Parts of an SMS."""

from services.notifications.channels.sms.segments import segments


def test_parts_are_counted_as_operators_bill_them() -> None:
    for text, parts in (
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("€" * 80, 1), ("€" * 81, 2), ("я" * 70, 1), ("я" * 71, 2), ("я" * 134, 2),
        ("я" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("я" * 66 + "😀" * 34, 3),
    ):  # fmt: skip
        assert segments(text) == parts, (text[:1], len(text))
    # An extension sign is not cut in two: 152 letters leave room for one half only.
    assert segments("a" * 152 + "€" + "a" * 152) == 3
