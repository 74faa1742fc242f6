"""公告: what the house tells its people for a while, and who has read it."""
