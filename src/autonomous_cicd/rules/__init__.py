"""The rules: what a line of a log means, as data. A new rule is one TOML table."""
