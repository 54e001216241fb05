"""Loans of equipment to families."""
