"""What matching alone reads from the environment; see `shared.settings`."""

from shared.settings import Setting

assignment_function = Setting(
    "ASSIGNMENT_FUNCTION", ("matching",), "function that solves the assignment of a region"
)
