"""Where images lie: files of a folder, members of tars, rows of Parquet files, URIs.

Everything that can be read is an `ImageFile` (`facestore.records`): ingest makes one for each image
that it finds, and an `ImageSource` makes the same one again from the path of a sample.
"""
