"""Messengers whose bots write to people."""
