"""Message -> plain text, terminal, Slack blocks. Pure functions."""
