"""The five steps that users see: `run(work)` each, idempotent, resumable, artifacts in the cycle's folder."""
