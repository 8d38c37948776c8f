"""The benchmark: the built site beside what a user would pick instead, in the same browser."""
