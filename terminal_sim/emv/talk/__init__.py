"""The values that kernel and terminal exchange. They import nothing but `Secret`, so that the core can import them."""
