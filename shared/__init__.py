"""The kernel: everything the services have in common, and nothing that knows a service."""

import gc

from shared import settings

# What is imported stays, so collecting while a container starts finds nothing and costs a seventh
# of the start. The first invocation turns the collector on again (shared.observability).
if settings.in_lambda():
    gc.disable()
