"""The pages of competitors, encounters and industry news."""
