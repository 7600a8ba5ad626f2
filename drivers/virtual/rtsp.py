"""The picture of one virtual camera over RTSP: a still panorama, cropped by where the head looks.

One line on standard input, `left top width height`, moves the crop (pixels of the panorama); the line `keyframe` makes
a key frame. Ends when standard input ends, so that it never outlives the program that started it. Prints the port when
it listens.
"""

import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import GLib, Gst, GstRtspServer, GstVideo  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("--scene", required=True, help="PNG of the panorama")
options.add_argument("--size", required=True, help="its size, WIDTHxHEIGHT")
options.add_argument("--title", required=True)
options = options.parse_args()
scene_width, scene_height = (int(side) for side in options.size.split("x"))

Gst.init(None)
loop = GLib.MainLoop()

# The panorama is decoded once (imagefreeze repeats it). Cropping copies nothing; only the crop is scaled.
# Live, because a source that can seek is sent back to its beginning, for all viewers, whenever another one comes.
# Constrained baseline without B-frames and a key frame each second: what browsers play without waiting.
PIPELINE = (
    "( filesrc location={scene} ! pngdec ! videoconvert ! video/x-raw,format=I420 ! imagefreeze is-live=true ! "
    "video/x-raw,framerate=15/1 ! videocrop name=crop ! videoscale method=bilinear ! video/x-raw,width=640,height=360 ! "
    'clockoverlay text="{title}" time-format="%H:%M:%S" valignment=top halignment=right font-desc="Sans Bold 18" shaded-background=true ! '
    "x264enc tune=zerolatency speed-preset=ultrafast bitrate=900 key-int-max=15 bframes=0 threads=1 ! "
    "video/x-h264,profile=constrained-baseline ! rtph264pay name=pay0 pt=96 config-interval=1 )"
).format(scene=options.scene, title=options.title.replace('"', ""))


class Camera:
    """Where the crop is now, and the elements that crop and send while somebody watches."""

    def __init__(self):
        self.crop = None
        self.pay = None
        self.box = None

    def configure(self, _factory, media):
        self.crop = media.get_element().get_by_name("crop")
        self.pay = media.get_element().get_by_name("pay0")
        self.apply()

    def force_key_frame(self):
        if self.pay is not None:
            event = GstVideo.video_event_new_upstream_force_key_unit(Gst.CLOCK_TIME_NONE, True, 0)
            self.pay.get_static_pad("sink").push_event(event)
        return False

    def look(self, box):
        self.box = box
        self.apply()
        return False

    def apply(self):
        if self.crop is None or self.box is None:
            return
        left, top, width, height = self.box
        self.crop.set_property("left", left)
        self.crop.set_property("top", top)
        self.crop.set_property("right", max(0, scene_width - left - width))
        self.crop.set_property("bottom", max(0, scene_height - top - height))


camera = Camera()
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(PIPELINE)
factory.set_shared(True)
factory.connect("media-configure", camera.configure)

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)


def listen():
    for line in sys.stdin:
        if line.strip() == "keyframe":
            GLib.idle_add(camera.force_key_frame)
            continue
        try:
            box = tuple(int(number) for number in line.split())
        except ValueError:
            continue
        if len(box) == 4:
            GLib.idle_add(camera.look, box)
    # In the loop: one that does not run yet forgets that it was told to end.
    GLib.idle_add(loop.quit)


threading.Thread(target=listen, daemon=True).start()
loop.run()
