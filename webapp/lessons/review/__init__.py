"""The review: questions from all lessons on new random clusters. What is right is what the engine's run says."""
