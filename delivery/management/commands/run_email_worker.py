"""Delivers what stands in the lanes of the channel email."""

from delivery.pipeline.process import WorkerCommand
from signalbus.bus.streams import Channel


class Command(WorkerCommand):
    help = __doc__
    channels = (Channel.EMAIL,)
