"""From bytes to text units: decoding, structure, sentences, tokens."""
