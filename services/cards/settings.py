"""What cards alone reads from the environment; see `shared.settings`."""

from shared.settings import Setting

api_url = Setting("API_URL", ("cards",), "address of all APIs, for the QR of a sticker")
