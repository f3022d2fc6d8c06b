"""The demo world, looked at from many sides: built once for all rooms of this folder."""

PASSWORD = "a password of our own"
