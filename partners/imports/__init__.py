"""CSV files that become organizations, contacts and assignments, opportunities, renewals and interactions."""
