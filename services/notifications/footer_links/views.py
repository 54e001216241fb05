"""What goes out about footer links."""

from collections.abc import Mapping

from shared.api.models import View


class LinesView(View):
    """The links and phones of a region, or of all."""

    region: str
    version: int
    values: Mapping[str, str]
