"""A class's audience at other workers than its own, through Socket.IO's message queue."""
