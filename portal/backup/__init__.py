"""The whole installation in one file, and back: rows, graphs, files, index, settings; secrets in another."""
