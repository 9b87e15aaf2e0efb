"""Handwritten digits by the name of where they come from, centred, for experiments that run on either set."""

from flowdln.datasets.dataset import Dataset
from flowdln.datasets.handwritten_digits import digits
from flowdln.datasets.mnist_files import mnist
from flowdln.errors import DatasetError, InputError


def handwriting(source: str) -> Dataset:
    """Handwritten digits with centred inputs and targets, which a network without biases can tell apart.

    Parameters
    ----------
    source
        ``"digits"``, the 1797 small images of :func:`digits`; or ``"mnist"``, the 60,000 training images of
        :func:`mnist`, or, where only those are to be had, its 10,000 test images: the name says which they are.

    Raises
    ------
    InputError
        For another ``source``.
    DatasetError
        As :func:`mnist`, if neither split is there.

    Examples
    --------
    >>> data = handwriting("digits")
    >>> bool(abs(data.inputs.mean(axis=0)).max() < 1e-13), bool(abs(data.targets.mean(axis=0)).max() < 1e-13)
    (True, True)
    """
    if source == "digits":
        data = digits()
    elif source == "mnist":
        try:
            data = mnist("train")
        except DatasetError:
            data = mnist("test")
    else:
        raise InputError(
            what="source", received=f"is {source!r}", expected="'digits' or 'mnist'", advice="'digits' needs no files."
        )
    inputs, targets = (array - array.mean(axis=0) for array in (data.inputs, data.targets))
    return Dataset(data.name, inputs, targets, features=data.features)
