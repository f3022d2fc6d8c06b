"""Reads that join several models and return frozen dataclasses, one room a page."""
