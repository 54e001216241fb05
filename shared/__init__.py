"""The kernel: everything the services have in common, and nothing that knows a service."""

import gc
import os

# What is imported stays, so collecting while a container starts finds nothing and costs a seventh
# of the start. The first invocation turns the collector on again (shared.observability).
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()
