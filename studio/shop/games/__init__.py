"""Games with viewers: draws that anybody can check."""
