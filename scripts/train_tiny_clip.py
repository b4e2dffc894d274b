"""Train the bundled tiny CLIP on synthetic faces and their captions.

    python scripts/train_tiny_clip.py --cache build/faces

Takes about a quarter of an hour on two cores: the faces are drawn once into the cache folder, then
the model is trained for a fixed number of steps, so that the same machine gives the same weights.
It writes the configuration, the weights (float16) and the model card into
facestore/assets/tiny_clip.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import captions
import numpy as np
import numpy.typing as npt
import open_clip
import torch
from evaluate_tiny_clip import evaluate, write_card
from faces import AGES, FIRST_DEMO_SEED, GENDERS, RACES, make_face, render
from muon import Muon
from safetensors.torch import save_file

SIZE = 96
N_TRAIN, N_HELD_OUT = 40_000, 4_000
N_MERGES = 3_582  # of CLIP's own byte pairs: a vocabulary of 4,096 tokens
ASSETS = Path(__file__).resolve().parent.parent / "facestore" / "assets" / "tiny_clip"
MODEL = {
    "embed_dim": 128,
    "vision_cfg": {
        "image_size": SIZE, "layers": 4, "width": 128, "head_width": 32, "patch_size": 12,
        "pool_type": "avg", "final_ln_after_pool": True, "pos_embed_type": "learnable",
    },
    "text_cfg": {
        "context_length": 32, "vocab_size": 4096, "width": 64, "heads": 2, "layers": 2,
    },
}  # fmt: skip
PREPROCESS = {
    "size": SIZE,
    "mean": list(open_clip.OPENAI_DATASET_MEAN),
    "std": list(open_clip.OPENAI_DATASET_STD),
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}

Faces = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]


def main() -> None:
    """Draw, train, evaluate, write."""
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    train = load_faces(options.cache, "train", 0, N_TRAIN, options.threads)
    held_out = load_faces(options.cache, "held_out", FIRST_DEMO_SEED, N_HELD_OUT, options.threads)
    ASSETS.mkdir(parents=True, exist_ok=True)
    write_merges(ASSETS / "bpe.txt.gz")
    config = {"model_cfg": MODEL, "preprocess_cfg": PREPROCESS}
    (ASSETS / "open_clip_config.json").write_text(json.dumps(config, indent=1) + "\n")
    started = time.time()
    model = fit(train, options)
    minutes = (time.time() - started) / 60
    save_weights(model, ASSETS / "open_clip_model.safetensors")
    figures = evaluate(ASSETS, *held_out)
    write_card(ASSETS / "README.md", figures, steps=options.steps, minutes=minutes)
    print(json.dumps(figures, indent=1))


def load_faces(cache: Path, name: str, first_seed: int, n: int, workers: int) -> Faces:
    """Return n faces: uint8 (n, 96, 96, 3) pixels and int64 (n, 3) labels; draw them once."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / f"{name}_{SIZE}_{n}.npz"
    if not file.exists():
        with ProcessPoolExecutor(workers) as pool:
            drawn = list(pool.map(_draw, range(first_seed, first_seed + n), chunksize=100))
        pixels, labels = zip(*drawn, strict=True)
        np.savez(file, pixels=np.stack(pixels), labels=np.asarray(labels))
    with np.load(file) as content:
        return content["pixels"], content["labels"]


def _draw(seed: int) -> tuple[npt.NDArray[np.uint8], captions.Labels]:
    face = make_face(seed)
    labels = (GENDERS.index(face.gender), RACES.index(face.race), AGES.index(face.age))
    return np.asarray(render(face, photo=0, size=SIZE)), labels


def write_merges(file: Path) -> None:
    """Write the first byte pairs of CLIP's vocabulary, with the same bytes at every run."""
    with gzip.open(open_clip.tokenizer.default_bpe()) as whole:
        lines = whole.read().decode().split("\n")[: 1 + N_MERGES]
    file.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


def fit(faces: Faces, options: argparse.Namespace) -> torch.nn.Module:
    """Train a new model."""
    open_clip.factory._MODEL_CONFIGS["facestore-tiny"] = json.loads(json.dumps(MODEL))
    model = open_clip.create_model("facestore-tiny", force_patch_dropout=0.5)
    tokenizer = open_clip.SimpleTokenizer(bpe_path=str(ASSETS / "bpe.txt.gz"), context_length=32)
    optimizers = _optimizers(model, options)
    stream, order = random.Random(options.seed), np.random.default_rng(options.seed)
    model.train()
    batches = _batches(len(faces[0]), options, order)
    for step, chosen in enumerate(batches):
        share = step / options.steps
        _set_rates(optimizers, min(1.0, (step + 1) / 80) * (1 - share))
        if share > 0.8:  # whole pictures at the end, as they come when the model is used
            model.visual.patch_dropout = torch.nn.Identity()
        loss = _loss(model, tokenizer, faces[0][chosen], faces[1][chosen], stream, options)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        if step % 50 == 0:
            print(f"step {step} of {options.steps}: loss {loss.item():.3f}", flush=True)
    return model.eval()


def _batches(
    n: int, options: argparse.Namespace, order: np.random.Generator
) -> list[npt.NDArray[np.int64]]:
    """Return the indices of every batch: all faces once, shuffled, before any comes again."""
    per_epoch = n // options.batch_size
    n_epochs = -(-options.steps // per_epoch)
    batches = [
        batch
        for _ in range(n_epochs)
        for batch in np.split(order.permutation(n)[: per_epoch * options.batch_size], per_epoch)
    ]
    return batches[: options.steps]


def _loss(
    model: torch.nn.Module,
    tokenizer: open_clip.SimpleTokenizer,
    pixels: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    stream: random.Random,
    options: argparse.Namespace,
) -> torch.Tensor:
    """Return the contrastive loss over true captions plus that of class prompts."""
    images = torch.from_numpy(pixels)
    if stream.random() < 0.5:
        images = images.flip(2)
    image_vectors = model.encode_image(normalized(images), normalize=True)
    scale = model.logit_scale.exp().clamp(max=50)
    drawn = [captions.random_caption(tuple(each), stream) for each in labels[: options.captions]]
    text_vectors = model.encode_text(tokenizer([each.text for each in drawn]), normalize=True)
    truth = torch.from_numpy(captions.truth_matrix(drawn, labels)).float()
    logits = scale * image_vectors @ text_vectors.T
    loss = (_soft_cross_entropy(logits, truth) + _soft_cross_entropy(logits.T, truth.T)) / 2
    for prompts in captions.random_class_prompts(stream):
        fitting = torch.from_numpy(np.isin(labels[:, 2], list(prompts.ages)))
        if int(fitting.sum()) < 4:
            continue
        classes = model.encode_text(tokenizer(list(prompts.texts)), normalize=True)
        target = torch.from_numpy(labels[:, prompts.column])[fitting]
        entropy = torch.nn.functional.cross_entropy(
            scale * image_vectors[fitting] @ classes.T, target
        )
        # Guessing costs log K: every attribute weighs the same, by the share of faces it is for.
        loss = loss + 2 * entropy * float(fitting.float().mean()) / np.log(len(prompts.texts))
    return loss


def _soft_cross_entropy(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Cross entropy where several columns of a row are true: they share its weight."""
    targets = truth / truth.sum(1, keepdim=True).clamp(min=1)
    return -(targets * logits.log_softmax(1)).sum(1).mean()


def normalized(pixels: torch.Tensor) -> torch.Tensor:
    """Turn uint8 (B, H, W, 3) into the model's input, float32 (B, 3, H, W)."""
    mean = torch.tensor(PREPROCESS["mean"]).view(1, 3, 1, 1) * 255
    std = torch.tensor(PREPROCESS["std"]).view(1, 3, 1, 1) * 255
    return (pixels.permute(0, 3, 1, 2).float() - mean) / std


def _optimizers(
    model: torch.nn.Module, options: argparse.Namespace
) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    """Muon for the matrices of the blocks, AdamW for all the rest."""
    named = dict(model.named_parameters())
    matrices = [p for name, p in named.items() if p.ndim == 2 and "resblocks" in name]
    in_muon = {id(p) for p in matrices}
    rest = {name: p for name, p in named.items() if id(p) not in in_muon}
    decays = {name for name, p in rest.items() if p.ndim >= 2 and "embedding" not in name}
    adam = torch.optim.AdamW(
        [
            {"params": [p for name, p in rest.items() if name in decays], "weight_decay": 0.05},
            {"params": [p for name, p in rest.items() if name not in decays], "weight_decay": 0},
        ],
        lr=options.lr,
        betas=(0.9, 0.98),
    )
    muon = Muon(matrices, lr=options.muon_lr, weight_decay=0.05)
    for optimizer in (adam, muon):
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return adam, muon


def _set_rates(optimizers: tuple[torch.optim.Optimizer, ...], factor: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = factor * group["peak"]


def save_weights(model: torch.nn.Module, file: Path) -> None:
    """Save the weights in float16, and the temperature, which is one number, in float32."""
    weights = {
        name: (tensor.half() if tensor.is_floating_point() and tensor.ndim else tensor).contiguous()
        for name, tensor in model.state_dict().items()
    }
    save_file(weights, file)
    file.chmod(0o644)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("build/faces"), help="drawn faces")
    parser.add_argument("--steps", type=int, default=1_200)
    parser.add_argument("--batch-size", type=int, default=192)
    parser.add_argument("--captions", type=int, default=48, help="captions a step")
    parser.add_argument("--lr", type=float, default=2e-3, help="AdamW's peak rate")
    parser.add_argument("--muon-lr", type=float, default=1e-2, help="Muon's peak rate")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
