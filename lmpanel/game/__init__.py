"""The game: be the language model, and pay for surprise as it does."""
