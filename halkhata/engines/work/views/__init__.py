"""Pages of the work engine."""
