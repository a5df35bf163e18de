"""Frames on their way to those who watch: each encoded once, and nobody waits for somebody who reads slowly."""
