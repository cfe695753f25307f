"""In which order the lanes are asked for work. Pure."""

from collections.abc import Sequence
from itertools import cycle, islice

from signalbus.bus.streams import Lane

# Out of ten turns: who is asked first may fill all free places, so bulk moves in the worst of
# times at a tenth of the pace, and is not starved for ever.
FIRST = (
    Lane.HIGH,
    Lane.HIGH,
    Lane.NORMAL,
    Lane.HIGH,
    Lane.HIGH,
    Lane.BULK,
    Lane.HIGH,
    Lane.HIGH,
    Lane.NORMAL,
    Lane.HIGH,
)


class Rota:
    """Gives, turn by turn, the lanes in the order they are to be asked."""

    def __init__(self, lanes: Sequence[str]) -> None:
        self._lanes = tuple(lane for lane in Lane if lane in lanes)
        self._first = cycle([lane for lane in FIRST if lane in lanes])

    def next(self) -> list[str]:
        """The lane whose turn it is, then the others, the most urgent in front."""
        first = next(islice(self._first, 1))
        return [first, *(lane for lane in self._lanes if lane != first)]
