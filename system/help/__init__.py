"""帮助: what each page is for, the words of the product, everything one can open."""
