"""Image towers that a file has whole: open_clip builds the architecture, the file has the weights.

Such a tower needs no encoder of the store. It is described by its architecture and preprocessing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from facestore.encoders.devices import choose_device
from facestore.encoders.preprocessing import Preprocessing
from facestore.records import EncoderRecord

if TYPE_CHECKING:
    import torch
    from PIL import Image

# What the weights of transformers' CLIP vision models were trained as, by open_clip's names.
_NAMED = (
    "ViT-B-32", "ViT-B-32-quickgelu", "ViT-B-16", "ViT-B-16-quickgelu",
    "ViT-L-14", "ViT-L-14-quickgelu", "ViT-L-14-336", "ViT-L-14-336-quickgelu",
    "ViT-H-14", "ViT-H-14-quickgelu", "ViT-g-14", "ViT-bigG-14", "ViT-bigG-14-quickgelu",
)  # fmt: skip
_LIBRARIES = ("torch", "torchvision", "open_clip_torch", "pillow", "numpy")
# open_clip builds towers only together with a text tower; the smallest there is.
_NO_TEXTS = {"context_length": 1, "vocab_size": 1, "width": 64, "heads": 1, "layers": 1}


@dataclass(frozen=True)
class WholeTower:
    """The architecture of a ViT of open_clip, and how images get there.

    Attributes
    ----------
    vision
        `vision_cfg` of open_clip's model configs: width, layers, patch_size, image_size ...
    quick_gelu
        Whether it computes x * sigmoid(1.702 x) where others have GELU.
    preprocessing
        Fields of open_clip's `PreprocessCfg`: size, mean, std, interpolation, resize_mode ...
    """

    vision: Mapping[str, Any]
    quick_gelu: bool
    preprocessing: Mapping[str, Any]

    @property
    def n_blocks(self) -> int:
        """Number of its blocks."""
        return int(self.vision["layers"])

    @cached_property
    def architecture(self) -> str:
        """open_clip's name of it, such as `ViT-L-14-quickgelu`, or one made of its sizes."""
        import open_clip
        from open_clip.model import CLIPVisionCfg

        wanted = CLIPVisionCfg(**self.vision)
        for name in _NAMED:
            config = open_clip.get_model_config(name) or {"vision_cfg": {}}
            is_quick = bool(config.get("quick_gelu", False))
            if CLIPVisionCfg(**config["vision_cfg"]) == wanted and is_quick == self.quick_gelu:
                return name
        sizes = [self.vision[key] for key in ("width", "layers", "patch_size", "image_size")]
        return "-".join(["ViT", *map(str, sizes)]) + ("-quickgelu" if self.quick_gelu else "")

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes of its tensors by open_clip's names."""
        return {name: tuple(each.shape) for name, each in self._outline().state_dict().items()}

    def build(self) -> torch.nn.Module:
        """Build it without its projection into the space of texts; all weights are zero."""
        import torch

        visual = self._outline().to_empty(device="cpu")
        with torch.no_grad():
            for parameter in visual.parameters():
                parameter.zero_()
        return visual

    def identity(self, name: str, weights_sha256: str) -> EncoderRecord:
        """Return what identifies the tower, under the name of its classifier."""
        return EncoderRecord(
            source="imported",
            architecture=self.architecture,
            pretrained=name,
            precision="fp32",
            preprocessing=dict(self.preprocessing) | {"quick_gelu": self.quick_gelu},
            weights_sha256=weights_sha256,
            versions={library: version(library) for library in _LIBRARIES},
        )

    def _outline(self) -> torch.nn.Module:
        """Build it on the meta device: nothing is drawn, and it takes no memory."""
        import open_clip
        import torch

        with torch.device("meta"):
            model: Any = open_clip.CLIP(
                embed_dim=1,
                vision_cfg=dict(self.vision),
                text_cfg=_NO_TEXTS,
                quick_gelu=self.quick_gelu,
            )
        visual: Any = model.visual
        visual.proj = None
        outline: torch.nn.Module = visual
        return outline


class TowerOfFile:
    """The image model of a file that has its tower whole; in use as an encoder's is.

    Parameters
    ----------
    tower
        The architecture and the preprocessing.
    record
        What identifies the tower.
    device
        One of `encoder.DEVICES`.
    """

    def __init__(self, tower: WholeTower, record: EncoderRecord, device: str = "auto") -> None:
        self._tower = tower
        self.record = record
        self.device = choose_device(device)
        self._preprocessing = Preprocessing(tower.preprocessing)

    @property
    def visual(self) -> torch.nn.Module:
        """The tower without weights: all are zero, the file has them."""
        return self._tower.build()

    def preprocess(self, image: Image.Image) -> torch.Tensor:
        """Turn an RGB image into the tower's input, float32 (3, H, W)."""
        return self._preprocessing(image)
