"""Handwritten digits by the name of where they come from, centred, for experiments that run on either set."""

import logging

from flowdln.choices import chosen
from flowdln.datasets.dataset import Dataset
from flowdln.datasets.handwritten_digits import digits
from flowdln.datasets.mnist_files import FILES, mnist
from flowdln.errors import MissingDataError

LOG = logging.getLogger("flowdln")


def handwriting(source: str) -> Dataset:
    """Handwritten digits with centred inputs and targets, which a network without biases can tell apart.

    Parameters
    ----------
    source
        ``"digits"``, the 1797 small images of :func:`digits`; or ``"mnist"``, the 60,000 training images of
        :func:`mnist`, or, where only those are to be had, its 10,000 test images: the name and a warning say so.

    Raises
    ------
    InputError
        For another ``source``.
    DatasetError
        As :func:`mnist`: if neither split is there, or for files that are damaged.

    Examples
    --------
    >>> data = handwriting("digits")
    >>> bool(abs(data.inputs.mean(axis=0)).max() < 1e-13), bool(abs(data.targets.mean(axis=0)).max() < 1e-13)
    (True, True)
    """
    chosen("source", source, ("digits", "mnist"), advice="'digits' needs no files.")
    data = digits() if source == "digits" else _mnist()
    inputs, targets = (array - array.mean(axis=0) for array in (data.inputs, data.targets))
    return Dataset(data.name, inputs, targets, features=data.features)


def _mnist() -> Dataset:
    """The training images, or the test images where the files of the former are not there."""
    try:
        return mnist("train")
    except MissingDataError as absent:
        try:
            data = mnist("test")
        except MissingDataError as neither:
            expected = ", or ".join(" and ".join(files) for files in FILES.values())
            raise MissingDataError(
                f"MNIST has neither its training nor its test images here; expected {expected}. Of the training "
                f"images: {absent}"
            ) from neither
        LOG.warning("the test images of MNIST stand in for its training images: %s", absent)
        return data
