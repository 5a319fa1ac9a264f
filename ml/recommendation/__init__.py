"""What will a customer want next: recommenders behind one contract, and their contest."""
