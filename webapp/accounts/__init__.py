"""Teachers' accounts: who signs in, how, and which classes are theirs. A site has them if it wants to."""
