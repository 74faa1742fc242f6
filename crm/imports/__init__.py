"""What an app says of files with its kinds: what importing asks, is in `system`."""
