"""What the pictures of a gallery look like on paper: a sheet for each image, and a page with all of them."""

from core.analysis.experiment import Subject
from core.analysis.results import StoredResult
from core.analysis.visualize.gallery import Gallery
from core.analysis.visualize.originals import originals
from core.analysis.visualize.sheets import Given, write_sheets


def write(result: StoredResult, subject: Subject | None = None) -> None:
    """Write sheets and page into the result's folder; with a subject, every image stands before its pictures."""
    gallery = Gallery(result.folder)
    write_sheets(result.folder, gallery, {} if subject is None else _given(gallery, subject))


def _given(gallery: Gallery, subject: Subject) -> Given:
    """The images themselves, which runs show and shipped results do not hold."""
    return {
        (image, kind): pixels
        for image in gallery.images
        for kind, pixels in originals(gallery, subject.model, subject.data, image).items()
    }
