"""What surrounds the samples of audio files: whether all of them are there, and what else the file tells of them."""
