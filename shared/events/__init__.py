"""The published language: one module per publishing service, facts in the past tense."""
