"""Saved views: keeping a list as it was asked for, sharing it, having it at hand."""
