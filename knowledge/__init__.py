"""What is known and how a question is understood. Imports nothing of ours: no Slack, no SQL, no clock, no environment."""
