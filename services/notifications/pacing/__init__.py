"""Pacing: how often one person is disturbed by what can wait."""
