"""Setting the pipelines of opportunities and their stages."""
