"""The whole job on drawn faces, without a network."""
