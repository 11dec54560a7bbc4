"""Meta's protocol, without the database: what webhooks say, what messages are made of, calls to the Graph API."""
