"""The server: webhooks, JSON interface, live events. It translates, and decides nothing."""
