"""Texts of messages: one file of templates per publishing service."""
