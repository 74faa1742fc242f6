"""How people sign in and stay signed in: attempts, sessions, passwords, devices."""
