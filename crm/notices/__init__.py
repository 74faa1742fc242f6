"""站内通知: what a person is told of that somebody else did."""
