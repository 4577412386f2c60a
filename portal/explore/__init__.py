"""Looking around in what is approved: finding a thing, its page, pictures, paths, places and dates."""
