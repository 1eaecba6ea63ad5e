"""What the last actions did to the figure they named."""
