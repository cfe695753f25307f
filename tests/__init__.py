"""The tests go through the doors that users use, against real servers."""
