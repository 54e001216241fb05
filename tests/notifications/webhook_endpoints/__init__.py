"""Tests of webhook endpoints."""
