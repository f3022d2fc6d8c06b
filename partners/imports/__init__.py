"""CSV files that become organizations, contacts and assignments."""
