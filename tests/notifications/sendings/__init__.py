"""Tests of the send ledger."""
