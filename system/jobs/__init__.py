"""后台任务: what runs, what waits, what failed, and when what is due next."""
