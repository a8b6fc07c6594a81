"""What Slack may send, one module a kind. A listener translates: ack, Question, ask, reply; it knows no municipality."""
