"""One file per site; the file's name is the site's name and its spider's name."""
