"""TensorBoard event files, where TensorBoard is installed; it is no dependency."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from facestore.training.records import EpochRecord, Metrics, StepRecord


class EventFiles:
    """Writes records as TensorBoard scalars; does nothing where TensorBoard is not installed.

    Parameters
    ----------
    folder
        Where event files go.
    notify
        Called with a line for the user where TensorBoard is missing.
    """

    def __init__(self, folder: Path, notify: Callable[[str], None]) -> None:
        self._writer: Any = None
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            notify(
                f"No event files in '{folder}': TensorBoard is not installed "
                "(`pip install tensorboard`). The curves are in the table training_steps."
            )
        else:
            self._writer = SummaryWriter(str(folder))

    def write(self, record: StepRecord | EpochRecord) -> None:
        """Write one record."""
        if isinstance(record, StepRecord):
            self._scalar("step/lr", record.lr, record.step)
            self._scalar("step/grad_norm", record.grad_norm, record.step)
            self._metrics("step", record.metrics, record.step)
        else:
            self._metrics("fit", record.train, record.epoch)
            if record.validation is not None:
                self._metrics("validation", record.validation, record.epoch)

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()

    def _metrics(self, where: str, metrics: Metrics, step: int) -> None:
        self._scalar(f"{where}/loss", metrics.loss, step)
        for attribute in metrics.task_losses:
            for kind, value in metrics.of(attribute):
                if kind != "total_loss":
                    self._scalar(f"{where}/{attribute} {kind}", value, step)

    def _scalar(self, name: str, value: float, step: int) -> None:
        if self._writer is not None:
            self._writer.add_scalar(name, value, step)
