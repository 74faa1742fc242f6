"""What PostgreSQL refuses and keeps of 销售过程, a module for each kind."""
