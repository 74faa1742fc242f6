"""重复与合并: the pages."""
