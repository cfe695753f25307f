"""Delivers what stands in the lanes of the channel sms."""

from delivery.pipeline.process import WorkerCommand
from signalbus.bus.streams import Channel


class Command(WorkerCommand):
    help = __doc__
    channels = (Channel.SMS,)
