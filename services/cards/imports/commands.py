"""What a clerk sends about a table of holders."""

from services.cards.imports.values import Format
from shared.api.models import Command
from shared.domain import RegionCode


class OpenBatch(Command):
    """A table of holders to come; a dry run checks every line and issues nothing."""

    region: RegionCode
    format: Format = "csv"
    dry_run: bool = True
