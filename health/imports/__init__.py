"""Files of samples and of events."""
