"""What the workers run: the pipeline, its steps, and the sweeper that finds what nobody works on."""
