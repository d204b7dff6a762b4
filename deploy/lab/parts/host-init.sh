#!/bin/bash
# First process of a lab host, inside its new namespaces: gives the host its own files, then reaps orphans until TERM.
# The kernel ends every process of the host when this one ends: that is the host's power switch.
set -eu
folder=$1 name=$2 short=$3 lab=$4

hostname "$name"
ip link set lo up
mount -t proc proc /proc
while read -r source target; do
  mount --bind "$folder/$source" "$target"
done < "$folder/binds"
ln -sfn "$lab" "$short"
# A host sees its own network interfaces below /sys: those of the namespace in which it was mounted.
mount -t sysfs sysfs "$folder/sys"
mount --rbind /sys/fs/cgroup "$folder/sys/fs/cgroup"
mount --move "$folder/sys" /sys
touch "$folder/run/lab-host"

trap 'exit 0' TERM
while :; do
  sleep infinity &
  wait $! || true
done
