"""Finding customers who are one person, merging them, and undoing it (A56.5, A56.6, US-55)."""
