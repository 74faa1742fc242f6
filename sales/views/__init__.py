"""The pages of 销售过程."""
