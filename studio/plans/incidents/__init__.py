"""What is made of incidents when they are over: report, review, actions, cases."""
