"""Bots are looked at from time to time."""

from services.notifications.bots.repository import Bots
from services.notifications.bots.use_cases import watch_bot

DEADLINES = {Bots.prefix: watch_bot}
