"""The throughput benchmark behind `fmnist-fast bench`: inputs, contestants, measuring, and reports."""
