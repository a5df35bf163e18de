"""Lessons: prose and, under the same slug, a typed experiment that the prose is checked against."""
