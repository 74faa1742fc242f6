"""The pages of 客户信息, one module for each kind of thing."""
