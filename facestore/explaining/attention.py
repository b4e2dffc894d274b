"""Attention taken in passing: its probabilities, on the graph, of any tower, nothing patched.

open_clip's ViT and CoCa compute attention by `nn.MultiheadAttention`, its other blocks and timm's
towers by `scaled_dot_product_attention`. Both are public functions of torch, and a
`TorchFunctionMode` sees each call of them while it is active. There attention is computed in steps,
so that gradients of the probabilities can be had, which the fused kernels never have in memory.
"""

import math
from typing import Any

import torch  # noqa: TID253 - imported inside functions alone
import torch.nn.functional as F  # noqa: N812, TID253 - its usual name
from torch.overrides import TorchFunctionMode  # noqa: TID253


class AttentionTap(TorchFunctionMode):
    """Computes attention explicitly while active, and keeps its probabilities.

    Attributes
    ----------
    probabilities
        float32 (N, heads, queries, keys) of each attention, in the order of the calls.
    """

    def __init__(self) -> None:
        super().__init__()
        self.probabilities: list[torch.Tensor] = []

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Replace the two functions; all others run as they are."""
        kwargs = kwargs or {}
        if func is F.scaled_dot_product_attention:
            return self._attend(*args, **kwargs)
        if func is F.multi_head_attention_forward:
            # What it calls would not be seen: the mode is off while it handles a call.
            return self._multi_head(*args, **kwargs)
        return func(*args, **kwargs)

    def _attend(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attn_mask: torch.Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> torch.Tensor:
        """Compute what `scaled_dot_product_attention` is documented to compute.

        Dropout is left out, since towers are run in evaluation mode.
        """
        if enable_gqa:
            times = query.shape[-3] // key.shape[-3]
            key, value = (each.repeat_interleave(times, -3) for each in (key, value))
        factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
        logits = (query @ key.transpose(-2, -1) * factor).float()
        if is_causal:
            attn_mask = torch.ones(logits.shape[-2:], dtype=torch.bool, device=logits.device).tril()
        if attn_mask is not None and attn_mask.dtype == torch.bool:
            logits = logits.masked_fill(~attn_mask, -math.inf)
        elif attn_mask is not None:
            logits = logits + attn_mask
        probabilities = logits.softmax(-1)
        self.probabilities.append(probabilities)
        return probabilities.to(value.dtype) @ value

    def _multi_head(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        embed_dim_to_check: int,
        num_heads: int,
        in_proj_weight: torch.Tensor | None,
        in_proj_bias: torch.Tensor | None,
        bias_k: torch.Tensor | None,
        bias_v: torch.Tensor | None,
        add_zero_attn: bool,
        dropout_p: float,
        out_proj_weight: torch.Tensor,
        out_proj_bias: torch.Tensor | None,
        training: bool = True,
        key_padding_mask: torch.Tensor | None = None,
        need_weights: bool = True,
        attn_mask: torch.Tensor | None = None,
        use_separate_proj_weight: bool = False,
        q_proj_weight: torch.Tensor | None = None,
        k_proj_weight: torch.Tensor | None = None,
        v_proj_weight: torch.Tensor | None = None,
        **_: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Compute `multi_head_attention_forward` of inputs (tokens, N, width)."""
        if (
            bias_k is not None
            or bias_v is not None
            or add_zero_attn
            or key_padding_mask is not None
        ):
            message = "attention with added keys or padding is in no image tower of open_clip"
            raise NotImplementedError(message)
        weights: Any = (q_proj_weight, k_proj_weight, v_proj_weight)
        if not use_separate_proj_weight:
            weights = in_proj_weight.chunk(3) if in_proj_weight is not None else weights
        biases: Any = in_proj_bias.chunk(3) if in_proj_bias is not None else (None,) * 3
        heads = [
            # (tokens, N, width) to (N, heads, tokens, width of a head)
            F.linear(each, weight, bias).reshape(*each.shape[:2], num_heads, -1).permute(1, 2, 0, 3)
            for each, weight, bias in zip((query, key, value), weights, biases, strict=True)
        ]
        mixed = self._attend(heads[0], heads[1], heads[2], _additive(attn_mask))
        joined = mixed.permute(2, 0, 1, 3).flatten(-2)
        averaged = self.probabilities[-1].mean(1) if need_weights else None
        return F.linear(joined, out_proj_weight, out_proj_bias), averaged


def _additive(mask: torch.Tensor | None) -> torch.Tensor | None:
    """Turn a mask of `nn.MultiheadAttention` (True: not attended) into one to be added."""
    if mask is None or mask.dtype != torch.bool:
        return mask
    return torch.zeros_like(mask, dtype=torch.float32).masked_fill(mask, -math.inf)
