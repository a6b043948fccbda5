"""The command line: translate, call App, print."""
