"""Money under many hands: random deeds by four writers, and what must hold after."""
