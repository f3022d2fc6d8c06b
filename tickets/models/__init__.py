"""Tickets, their messages, clocks and everything about them."""
