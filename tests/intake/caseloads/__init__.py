"""Tests of hand-overs of caseloads."""
