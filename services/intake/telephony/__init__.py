"""What telephony says about calls: its routes."""

from services.intake.telephony.routes import routes

__all__ = ["routes"]
