"""What whoever keeps the site can see of it: its health, its numbers, its log."""
