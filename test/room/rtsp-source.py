"""Streams over RTSP for tests. The first argument is the port, each other `/path=pipeline`, whose last element is pay0.
With `login=USER:PASSWORD` before the first path only who answers a digest challenge sees them.

Prints the port when it listens. A line `keyframe` on standard input makes a key frame in every stream that runs, `flash`
has an element named `lamp` (videobalance) let its pictures through for a moment; the end of standard input ends it.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer, GstVideo  # noqa: E402

Gst.init(None)
loop = GLib.MainLoop()
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
running = []
login = None


def keep(login):
    user, password = login.split(":", 1)
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, user)
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    return user


def role_of(user):
    allowed, _ = Gst.Structure.from_string(
        f"{user}, {GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS}=true, {GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT}=true"
    )
    return allowed


def no_seeking(_, media):
    """No stream can be sought in, as with a camera.

    The server seeks at each PLAY where it can. The flush takes a picture away that its sender waits for with the stream's lock
    in its hand (gst-rtsp-server 1.22, `send_tcp_message`), and from then on nobody gets anything of any stream.
    """
    pad = media.get_element().get_by_name("pay0").get_static_pad("src")
    pad.add_probe(Gst.PadProbeType.QUERY_UPSTREAM, unless_seeking)


def unless_seeking(_, info):
    seeking = info.get_query().type == Gst.QueryType.SEEKING
    return Gst.PadProbeReturn.DROP if seeking else Gst.PadProbeReturn.OK


def add(path, pipeline):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {pipeline} )")
    factory.set_shared(True)
    if login is not None:
        factory.add_role_from_structure(role_of(login))
    factory.connect("media-constructed", no_seeking)
    factory.connect("media-configure", lambda _, media: running.append(media))
    server.get_mount_points().add_factory(path, factory)


for argument in sys.argv[2:]:
    name, value = argument.split("=", 1)
    if name == "login":
        login = keep(value)
    else:
        add(name, value)
server.attach(None)
print(server.get_bound_port(), flush=True)


def force():
    for media in running:
        pay = media.get_element().get_by_name("pay0")
        event = GstVideo.video_event_new_upstream_force_key_unit(Gst.CLOCK_TIME_NONE, True, 0)
        if pay is not None:
            pay.get_static_pad("sink").push_event(event)
    return False


def lamps():
    found = [media.get_element().get_by_name("lamp") for media in running]
    return [lamp for lamp in found if lamp is not None]


def shine(brightness):
    for lamp in lamps():
        lamp.set_property("brightness", brightness)
    return False


def flash():
    shine(0.0)
    GLib.timeout_add(300, shine, -1.0)
    return False


def listen():
    for line in sys.stdin:
        if line.strip() == "keyframe":
            GLib.idle_add(force)
        elif line.strip() == "flash":
            GLib.idle_add(flash)
    loop.quit()


threading.Thread(target=listen, daemon=True).start()
loop.run()
