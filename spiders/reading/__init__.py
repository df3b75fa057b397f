"""Reading pages, whatever their site: bytes, text, paragraphs, links, times and JSON-LD. No I/O, no clock."""
