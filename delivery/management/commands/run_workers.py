"""Delivers what stands in the lanes of all channels, in one process."""

from delivery.pipeline.process import WorkerCommand


class Command(WorkerCommand):
    help = __doc__
