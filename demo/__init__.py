"""The demonstration: a small project of a stranger is found out, run, broken, diagnosed and mended."""
