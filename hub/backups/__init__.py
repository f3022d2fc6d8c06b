"""Backups: one archive of database and files, made from one snapshot and checked wherever it is restored."""
