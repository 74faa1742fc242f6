"""销售过程: what may become a contract, and how far it has come."""
