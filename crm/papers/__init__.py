"""Paper: what leaves as PDF, by templates that a company can change."""
