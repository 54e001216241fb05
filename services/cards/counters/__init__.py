"""Counts that stay when people are forgotten."""
