"""What trained heads say about samples."""

from collections.abc import Iterator

from facestore.training.decisions import Decided, decide
from facestore.training.heads import MultiTaskModel
from facestore.training.inputs import Inputs, Rows, in_order, loaded


def predict_batches(
    model: MultiTaskModel, inputs: Inputs, *, batch_size: int = 64
) -> Iterator[tuple[Rows, dict[str, Decided]]]:
    """Yield what each head says, batch by batch.

    Parameters
    ----------
    model
        A trained model.
    inputs
        Of N samples.
    batch_size
        Samples a forward pass.

    Yields
    ------
    int64 (B,), dict of str to Decided
        Rows of `inputs`, and by attribute what was decided.
    """
    import torch

    model.tower.eval()
    for rows, batch in loaded(inputs, in_order(len(inputs), batch_size)):
        with torch.inference_mode():
            outputs = model.outputs(batch)
        yield (
            rows,
            {
                task.attribute: decide(outputs[task.attribute].cpu().numpy(), task.classes)
                for task in model.tasks
            },
        )
