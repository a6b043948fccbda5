"""The program `autonomous-cicd`."""


def main() -> int:
    """Run the command line."""
    raise SystemExit("not built yet")
