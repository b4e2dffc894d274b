"""Where images lie: files of a folder, members of tars, rows of Parquet files, URIs.

Everything that can be read is an `ImageFile` (`facestore.records`): ingest makes one for each image
that it finds, and an `ImageSource` makes the same one again from the path of a sample.
"""

from __future__ import annotations

from facestore.images.files import MAX_BYTES, PlainFile, Unreadable
from facestore.images.parquets import ParquetRow, find_image_column, open_parquet
from facestore.images.places import ImageSource, expand, is_pattern, is_there, root_of
from facestore.images.remote import RemoteFile, check_protocol, is_uri
from facestore.images.tars import TarMember, scan_tar
from facestore.images.walk import Listing, printable, walk

__all__ = [
    "MAX_BYTES",
    "ImageSource",
    "Listing",
    "ParquetRow",
    "PlainFile",
    "RemoteFile",
    "TarMember",
    "Unreadable",
    "check_protocol",
    "expand",
    "find_image_column",
    "is_pattern",
    "is_there",
    "is_uri",
    "open_parquet",
    "printable",
    "root_of",
    "scan_tar",
    "walk",
]
