"""The closed lists of intake, below its aggregates."""
