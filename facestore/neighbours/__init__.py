"""Images that are near to an image, to a text or to each other."""
