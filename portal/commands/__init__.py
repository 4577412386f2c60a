"""The command line's commands: each parses nothing, calls a service, and writes one outcome."""
