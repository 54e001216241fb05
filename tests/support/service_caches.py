"""What services keep in memory, forgotten when the world of a test ends."""

import sys
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

# Caches of what is in the package's files or in its types, the same in every world. Reading
# the files again took longer than many a test.
READ_ONCE = {
    ("services.matching.participation.values", "texts"),
    ("services.notifications.questionnaires.repository", "_read"),
    ("services.notifications.templates.repository", "_read"),
    ("services.notifications.templates.repository", "_documents"),
    ("services.notifications.templates.wording", "_environment"),
    ("services.notifications.templates.wording", "_compiled"),
    ("shared.dependencies", "parts_of"),
    ("shared.message_catalogue", "_table"),
    ("shared.messaging.template_variables", "declared"),
    ("shared.reference.code_lists", "shipped"),
}


def forget_services() -> None:
    """Empty the caches of service modules: they hold the stores of the world that ends."""
    for cached in _caches(len(sys.modules)):
        cached.cache_clear()


@lru_cache(maxsize=1)
def _caches(modules: int) -> list[Any]:
    """The caches of all that is imported, looked for anew when there are more `modules`."""
    ours = [each for name, each in sys.modules.items() if name.startswith(("services.", "shared."))]
    return [cached for module in ours for cached in _caches_of(module)]


@cache
def _caches_of(module: ModuleType) -> tuple[Any, ...]:
    """The caches to empty, looked for once: worlds are many and modules have many members."""
    return tuple(
        member
        for name, member in vars(module).items()
        if hasattr(member, "cache_clear")
        and getattr(member, "__module__", "") == module.__name__
        and (module.__name__, name) not in READ_ONCE
    )
