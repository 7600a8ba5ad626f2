"""Makes `out`, by which all of this network namespace that is not its own would leave, and writes a line for each packet that does.

Neighbour discovery and group membership of the kernel itself (ICMPv6 131 to 143) are left out: no program asked for them.
"""

import fcntl
import ipaddress
import os
import struct
import subprocess

device = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22s", b"out", 0x1001, b""))  # TUNSETIFF: IFF_TUN | IFF_NO_PI
for words in (
    "link set lo up",
    "address add 10.77.0.2/24 dev out",
    "-6 address add 2001:db8:77::2/64 dev out nodad",
    "link set out up",
    "route add default via 10.77.0.1 dev out",
    "-6 route add default dev out",
):
    subprocess.run(["ip", *words.split()], check=True)
print("ready", flush=True)

while True:
    packet = os.read(device, 65_535)
    if packet[0] >> 4 == 4:
        protocol, at = packet[9], 4 * (packet[0] & 15)
        to = ipaddress.ip_address(packet[16:20])
    else:
        protocol, at = packet[6], 40
        to = ipaddress.ip_address(packet[24:40])
        if protocol == 0:  # a hop-by-hop header, as of group membership
            protocol, at = packet[40], 40 + 8 * (packet[41] + 1)
        if protocol == 58 and 131 <= packet[at] <= 143:
            continue
    port = struct.unpack("!H", packet[at + 2 : at + 4])[0] if protocol in (6, 17) else 0
    said = packet[at + 8 :] if protocol == 17 else b""
    words = "".join(chr(byte) if 32 < byte < 127 else "." for byte in said[:80])
    print(f"{ {6: 'tcp', 17: 'udp'}.get(protocol, protocol) } {to} {port} {words}", flush=True)
