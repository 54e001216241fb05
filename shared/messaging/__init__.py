"""Between services: the consumer of a queue, the outbox, deadlines, the owners of contacts."""
