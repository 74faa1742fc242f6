"""后台任务: what is done without anybody waiting for it, and when it is due."""
