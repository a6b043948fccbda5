"""What the product does: one verb, one module."""
