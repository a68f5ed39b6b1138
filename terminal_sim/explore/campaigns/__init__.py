"""Explorations of any size: jobs that go out as values to processes and machines, and a store in which nothing is lost and nothing twice."""
