"""How passwords are hashed: slow for whoever steals them, not for the two cores."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with the OWASP parameters that need little memory.

    About 15 ms of a core, against 400 ms of PBKDF2 with a million rounds, which made
    everybody wait on a Monday morning. 9 MiB, so that the four threads of a worker
    hashing at once add 36 MB to it, where Django's own choice would add 400 MB.
    """

    time_cost = 4
    memory_cost = 9 * 1024  # KiB
    parallelism = 1
