"""Chinese names, regions and telephones: folded, read aloud, typed by pinyin."""
