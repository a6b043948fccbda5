"""What is done about what a code host tells: a red run, a green one, a pull request of ours, a comment."""
