"""Small pictures of samples, read again from what they were ingested from."""

from facestore.images.pictures import Pictures
from facestore.reporting.gallery import thumbnail


def find_thumbnail(pictures: Pictures | None, path: str, image_id: str | None) -> str | None:
    """Return the picture of a sample where its file is there and is still the same.

    Parameters
    ----------
    pictures
        Those of its data set; None: there are none.
    path
        Of the sample.
    image_id
        SHA-256 (hex) that its bytes must have. None: it is not known what they must be, so there is
        no picture.

    Returns
    -------
    str or None
        A JPEG as a `data:` URI.
    """
    if pictures is None or image_id is None:
        return None
    content = pictures.content(path, image_id)
    return None if content is None else thumbnail(content)
