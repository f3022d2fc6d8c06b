"""Where other tools call us."""
