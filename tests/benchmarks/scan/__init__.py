"""How long looking for duplicates in everything takes, and how much room."""
