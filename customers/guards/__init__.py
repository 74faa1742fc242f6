"""What PostgreSQL refuses and keeps of registrations and of collisions."""
