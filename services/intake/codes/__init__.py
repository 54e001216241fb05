"""The codes that rules of intake ask for, below its aggregates."""
