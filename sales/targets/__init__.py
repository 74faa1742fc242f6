"""Targets 目标: how far they were reached, who has which, what becomes of them."""
