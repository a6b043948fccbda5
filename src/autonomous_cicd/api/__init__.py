"""The classes that the guides name."""
