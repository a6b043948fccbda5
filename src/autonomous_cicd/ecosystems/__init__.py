"""Languages: how a project of each is recognised, built and tested."""
