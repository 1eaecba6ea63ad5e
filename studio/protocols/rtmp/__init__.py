"""RTMP on the wire: chunks and AMF0 values, for who sends and who listens."""
