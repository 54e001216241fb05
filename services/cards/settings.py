"""What cards alone reads from the environment; see `shared.settings`."""

from shared.settings import Setting

public_url = Setting("PUBLIC_URL", ("cards",), "site that the QR of a sticker leads to", default="")
