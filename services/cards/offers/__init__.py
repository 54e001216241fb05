"""The versions of a fixed discount: a part of the Partner aggregate, whose use cases change it."""
