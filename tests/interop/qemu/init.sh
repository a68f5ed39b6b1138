#!/bin/busybox sh
# The first and only process of the guest: brings the network up, then obeys lines from the first serial port.
# It answers each with what it printed, the byte 04 and its exit code. Lines share this shell: what one starts, another ends.
/bin/busybox --install -s /bin
mkdir -p /dev /etc /proc /sys /run/pcscd /tmp /var/run/vhci_hcd
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
mount -t debugfs none /sys/kernel/debug
for module in /modules/*; do insmod "$module"; done
ldconfig # the cache in which Python looks for libusb
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip link set lo up
exec </dev/ttyS0 >/dev/ttyS0 2>&1
stty raw -echo
printf '\004up\n'
while read -r line; do
    eval "$line" </dev/null
    printf '\004%d\n' $?
done
