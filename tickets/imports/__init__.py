"""Tickets of other tools, with their past: each tool is a small room that reads its file into courses."""
