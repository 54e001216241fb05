"""What notifications alone reads from the environment; see `shared.settings`."""

from shared.settings import Setting

OWN = ("notifications",)

channel_secrets = Setting(
    "CHANNEL_SECRETS",
    OWN,
    "parameter with the providers of messages and their secrets; without it only staff is reached",
    default="",
)
api_url = Setting(
    "API_URL",
    OWN,
    "address of all APIs, for links to our pages and for call-backs of providers",
    default="",
)
sms_part_kopecks = Setting(
    "SMS_PART_KOPECKS",
    OWN,
    "what a part of an SMS costs by the stage's contract, shown to editors of texts",
    default="",
)
private_webhooks = Setting(
    "PRIVATE_WEBHOOKS",
    OWN,
    "set on the local stage: integrators' addresses may be http, private and loopback",
    default="",
)


def recipients(owner: str) -> Setting:
    """Return the setting that names the function which resolves an owner's recipients."""
    return Setting(f"{owner.upper()}_RECIPIENTS", OWN, f"resolve-recipients of {owner}")
