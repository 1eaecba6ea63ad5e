"""What is to be expected: money and pieces by day, hour and SKU, and when stock runs out."""
