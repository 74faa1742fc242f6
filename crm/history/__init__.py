"""The history as people read it, and the seals that show tampering."""
