"""The parts that run beside the portal where no server is configured: Valkey and Oxigraph, on loopback."""
