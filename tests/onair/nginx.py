"""The real RTMP server the tests push to; it is the benchmarks' own."""

from bench.line.server import Nginx, free_port, is_there, module_path

__all__ = ["Nginx", "free_port", "is_there", "module_path"]
