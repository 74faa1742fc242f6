"""A crowd at work: people who click every few seconds, whether or not it is quick.

    python -m tests.benchmarks.crowd --people 300 --seconds 120

starts the program in a directory of its own, with its own PostgreSQL, and prints how
long people waited, what failed, and what each process took of memory and processors.
The crowd itself takes some of the same processors.
"""
