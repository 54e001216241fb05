"""Sums of money as people read them."""


def rubles(kopecks: int) -> str:
    """Return a sum as people read it: whole rubles, with kopecks only where there are some."""
    whole, rest = divmod(kopecks, 100)
    grouped = f"{whole:,}".replace(",", "\u00a0")
    return f"{grouped},{rest:02d}" if rest else grouped
