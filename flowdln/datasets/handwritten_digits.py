"""The small handwritten digits that come with scikit-learn."""

import numpy as np

from flowdln.datasets.dataset import Dataset


def digits(*, center: bool = False) -> Dataset:
    """Handwritten digits: inputs ``(1797, 64)``, 8 by 8 pixels from 0 to 1, with one-hot targets ``(1797, 10)``.

    Three pixels are blank in every image, so ``sigma_xx`` is singular: its rank is 61.

    Parameters
    ----------
    center
        Subtract the mean image from the inputs. The targets stay as they are, so the mean target, 1/10 for every
        digit, is then out of reach of a network without biases.

    Source: Alpaydin and Kaynak 1998, UCI optical recognition of handwritten digits, as in scikit-learn.

    Examples
    --------
    >>> data = digits()
    >>> data.inputs.shape, data.features[int(data.targets[0].argmax())]
    ((1797, 64), 'digit 0')
    """
    from sklearn.datasets import load_digits  # noqa: PLC0415  # half a second, so only where it is used

    pixels, labels = load_digits(return_X_y=True)
    inputs = pixels / 16
    if center:
        inputs = inputs - inputs.mean(axis=0)
    return Dataset("digits", inputs, np.eye(10)[labels], features=tuple(f"digit {digit}" for digit in range(10)))
