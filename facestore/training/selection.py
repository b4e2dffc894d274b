"""Which samples are fitted, and which are held back to choose the penalty by."""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt


def held_back(
    keys: Sequence[str], classes: Sequence[Sequence[str | None]], *, fraction: float, seed: int
) -> set[str]:
    """Choose the images that are held back; all samples of an image and its copies go one way.

    Parameters
    ----------
    keys
        The image of each of N samples, or the name of the group of copies that it is in.
    classes
        For each attribute the class of each sample, or None. No class loses its last image to the
        part held back: a head cannot be fitted for a class that it never saw.
    fraction
        Share of the images, in (0, 1).
    seed
        Another seed gives another choice; the order of the samples does not matter.

    Returns
    -------
    set of str
        Of `keys`.
    """
    images = np.array(sorted(set(keys)), dtype=object)
    order = np.random.default_rng(seed).permutation(len(images))
    n_held = max(1, round(fraction * len(images))) if len(images) > 1 else 0
    chosen = set(images[order[:n_held]].tolist())
    for of_samples in classes:
        images_of: dict[str, set[str]] = {}
        for key, name in zip(keys, of_samples, strict=True):
            if name is not None:
                images_of.setdefault(name, set()).add(key)
        for name in sorted(images_of):
            if images_of[name] <= chosen:
                chosen.discard(min(images_of[name]))
    return chosen


def few_shot(
    keys: Sequence[str], targets: Sequence[str], *, per_class: int, seed: int
) -> tuple[list[int], list[int]]:
    """Choose `per_class` images of each class to fit, and up to 4 more to choose the penalty by.

    min(k, 4) a class are held back, as in the code of CoOp (Zhou et al. 2022,
    github.com/KaiyangZhou/CoOp). An image is taken once.

    Parameters
    ----------
    keys, targets
        Image, or group of copies, and class of each of N samples.
    per_class
        k; a class with fewer images than 2 gives all to the fit, another keeps one back at least.
    seed
        Another seed gives another choice.

    Returns
    -------
    list of int, list of int
        Numbers of the samples to fit and of those held back, in order.
    """
    first = {key: number for number, key in reversed(list(enumerate(keys)))}
    by_class: dict[str, list[str]] = {}
    for key in sorted(first):
        by_class.setdefault(targets[first[key]], []).append(key)
    rng = np.random.default_rng(seed)
    fit: list[int] = []
    validation: list[int] = []
    for name in sorted(by_class):
        images = by_class[name]
        order: npt.NDArray[np.int64] = rng.permutation(len(images))
        n_fit = min(per_class, max(1, len(images) - 1))
        numbers = [first[images[i]] for i in order[: n_fit + min(per_class, 4)]]
        fit += numbers[:n_fit]
        validation += numbers[n_fit:]
    return sorted(fit), sorted(validation)


def samples_sha256(samples: Iterable[tuple[str, str]]) -> str:
    """Return the fingerprint of training samples: SHA-256 over their sorted keys and labels.

    Parameters
    ----------
    samples
        The key of the image (SHA-256 of its content, where that is known) and the label of each.
    """
    digest = hashlib.sha256()
    for key, label in sorted(samples):
        digest.update(f"{key}\t{label}\n".encode())
    return digest.hexdigest()
