"""What intake alone reads from the environment; see `shared.settings`."""

from shared.settings import Setting

OWN = ("intake",)

telephony_secrets = Setting(
    "TELEPHONY_SECRETS",
    OWN,
    "parameter with the telephony providers and their secrets; without it no events are taken",
    default="",
)
