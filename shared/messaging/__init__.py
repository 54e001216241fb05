"""Between services: the consumer of a queue, the outbox, deadlines, and who resolves a recipient."""
