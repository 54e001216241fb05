"""The till: an app of its own on the tables of cards, whose only callers are stores."""

from services.cards.till.routes import routes
from shared.api.app import ServiceApp

app = ServiceApp("till", problems_file="services/cards/till/problems.toml")
app.include(routes)
