"""People and the outside world: command line, sentences, rendering. The only place that knows Slack."""
