"""Tests of channels, by kind."""
