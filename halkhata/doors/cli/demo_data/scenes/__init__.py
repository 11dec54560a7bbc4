"""What goes wrong in the demo's shops, in the customers' own words. One file for each trade."""

from halkhata.doors.cli.demo_data.scenes.appliances import APPLIANCES
from halkhata.doors.cli.demo_data.scenes.machines import MACHINES
from halkhata.doors.cli.demo_data.scenes.motorcycles import MOTORCYCLES
from halkhata.doors.cli.demo_data.scenes.phones import PHONES
from halkhata.doors.cli.demo_data.scenes.scene import Scene
from halkhata.doors.cli.demo_data.scenes.solar import SOLAR

SCENES: tuple[Scene, ...] = (*MOTORCYCLES, *APPLIANCES, *PHONES, *SOLAR, *MACHINES)

__all__ = ["SCENES", "Scene"]
