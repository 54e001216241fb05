"""What an operator does during a call: who calls, what was asked before, what is put right."""

from services.intake.calls.routes import routes

__all__ = ["routes"]
