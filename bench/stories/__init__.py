"""What happens with customers, told through the services; each story becomes a mould (moulds.py)."""
